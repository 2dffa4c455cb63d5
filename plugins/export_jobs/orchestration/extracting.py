"""The task that reads the rows of all templates of a run, as of one instant."""

from __future__ import annotations

import logging
from itertools import groupby
from typing import TYPE_CHECKING, Any

from export_jobs import settings
from export_jobs.core.definitions.job import DateBasis, EmptyResult
from export_jobs.core.definitions.names import task_group
from export_jobs.core.files.export_file import StagedRows
from export_jobs.core.files.names import staged_name
from export_jobs.core.sql.compiler import compile_export
from export_jobs.errors import UserError
from export_jobs.orchestration.airflow.connections import open_source
from export_jobs.orchestration.machines import require_same_machine
from export_jobs.orchestration.run.publish import WHOLE_RUN
from export_jobs.orchestration.run.shape_watch import ShapeWatch
from export_jobs.orchestration.run.staging import remove_staged, write_staged
from export_jobs.orchestration.run.step import ExportStep
from export_jobs.orchestration.run.task_states import have_succeeded
from export_jobs.streaming.base.read_options import ReadOptions
from export_jobs.streaming.deliverable import staged_types
from export_jobs.streaming.formats.staged_table import staged_dialect
from export_jobs.streaming.staged.deflate_sink import DeflateSink

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow.sdk import Context

    from export_jobs.core.sql.compiled import CompiledExport
    from export_jobs.orchestration.run.job_run import JobRun
    from export_jobs.streaming.source import Snapshot

log = logging.getLogger(__name__)


class Extract(ExportStep):
    """Stream the rows of the window of every template into staged files, in one transaction for each database.

    With ``template`` only that template's rows, for a run that release 0.2.0 has started.
    """

    step = "extract"

    def run_step(self, run: JobRun, context: Context) -> dict[str, Any] | None:
        """Return the staged files, by template, as JSON; ``stage`` identifies this extraction up to the ledger."""
        templates = [self.template] if self.template else [use.template for use in run.job.templates]
        if have_succeeded(context, [f"{task_group(template)}.compress" for template in templates]):
            log.info("Every file of this run was built from rows that were read earlier; none are read again")
            return None
        require_same_machine(run, context)
        run.ledger.claim(run.execution_id, self.template or WHOLE_RUN, self.step, run.attempt)
        watch = ShapeWatch(run, self.step)
        read_options = ReadOptions(
            run.job.schedule.time_zone, f"export-jobs {run.job.name}", settings.statement_timeout_s(), check_shape=watch
        )
        found: list[StagedRows] = []
        for (connection, dialect), exports in _by_database(run, templates):
            with open_source(connection, dialect) as source:
                if any(export.date_basis is DateBasis.UPDATED for export in exports):
                    source.settle(run.window.end)
                with source.snapshot(exports, read_options) as snapshot:
                    for export in exports:
                        found.append(_stage(run, self.template or WHOLE_RUN, snapshot, export))
                        watch.record(export.template)
        return {rows.template: rows.model_dump(mode="json") for rows in found}

    def discard_staged(self, run: JobRun) -> None:
        """Remove the staged files of all templates: without this step's result nobody reads them."""
        super().discard_staged(run) if self.template else remove_staged(run.staging)


def _by_database(run: JobRun, templates: list[str]) -> Iterator[tuple[tuple[str, str], list[CompiledExport]]]:
    exports = [compile_export(run.job, template, run.catalogue, run.window) for template in templates]
    exports.sort(key=_database)
    for database, group in groupby(exports, key=_database):
        yield database, list(group)


def _database(export: CompiledExport) -> tuple[str, str]:
    return export.connection, export.dialect


def _stage(run: JobRun, lease: str, snapshot: Snapshot, export: CompiledExport) -> StagedRows:
    """Stage one template; raise ``UserError`` if there are no rows and the job's policy is to fail then."""
    name = export.template
    path = run.staging / staged_name(run.job.name, name, run.window, run.job.schedule.time_zone)
    dialect = staged_dialect(run.job.file)
    with (
        write_staged(path, run, lease, Extract.step) as file,
        DeflateSink(file, f"template {name!r}", settings.deflate_level()) as sink,
    ):
        extracted = snapshot.extract(export, dialect, sink)
        packed = sink.finish()
        if not extracted.rows and run.job.file.empty_result is EmptyResult.FAIL:
            raise UserError(
                f"Template {name!r} has no rows from {run.window.start.isoformat()} to "
                f"{run.window.end.isoformat()}, and this job is set to fail then",
                "If no rows are correct, create a job with the empty-result policy `send` or `skip`; otherwise "
                "correct the data, then clear this run",
            )
    log.info("Template %s: %d rows, %d bytes, staged as %d", name, extracted.rows, extracted.bytes, packed.packed_bytes)
    return StagedRows(
        template=name,
        uri=str(path),
        rows=extracted.rows,
        packed=packed,
        columns=tuple(column.name for column in export.columns),
        types=staged_types(export.columns),
        delimiter=dialect.delimiter,
        stage=run.attempt,
    )
