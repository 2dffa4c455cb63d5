"""The tasks of an export Dag up to the last file, in the order in which they run; each calls and records."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, cast

from airflow.sdk.exceptions import AirflowSkipException

from export_jobs import settings
from export_jobs.core.base.issue import bullet_list, errors
from export_jobs.core.definitions.job import DateBasis, EmptyResult
from export_jobs.core.files.export_file import CsvContent, CsvFile, ExportFile
from export_jobs.core.files.job_files import delivered_stem
from export_jobs.core.files.names import file_stem, target_path
from export_jobs.core.sql.compiler import compile_export
from export_jobs.core.validation.definitions import validate_job
from export_jobs.errors import TerminalError, UserError
from export_jobs.orchestration.airflow.connections import open_source
from export_jobs.orchestration.run.publish import publish
from export_jobs.orchestration.run.shape_watch import ShapeWatch
from export_jobs.orchestration.run.staging import open_staged, write_staged
from export_jobs.orchestration.run.step import ExportStep
from export_jobs.orchestration.run.xcom import task_result
from export_jobs.store.ledger import DeliveryRecord
from export_jobs.streaming.base.read_options import ReadOptions
from export_jobs.streaming.compress import compress

if TYPE_CHECKING:
    from airflow.sdk import Context

    from export_jobs.orchestration.run.job_run import JobRun

log = logging.getLogger(__name__)


class ValidateDestination(ExportStep):
    """Check the definition once more, then login, host key, folder and write permission, before any SQL runs."""

    step = "validate_destination"

    def run_step(self, run: JobRun, context: Context) -> None:
        """Raises ``UserError`` with every issue of the definition, or what the destination refuses."""
        _skip_if_delivered(run)
        issues = errors(validate_job(run.job, catalogue=run.catalogue))
        if issues:
            raise UserError("The definition is invalid", f"Correct it:\n{bullet_list(issues)}")
        run.destination.check()


class Extract(ExportStep):
    """Stream the rows of one template's window into a staged CSV."""

    step = "extract"

    def run_step(self, run: JobRun, context: Context) -> dict[str, Any]:
        """The staged CSV as JSON; its ``stage`` names this extraction from here to the ledger."""
        name = cast("str", self.template)
        zone = run.job.schedule.time_zone
        export = compile_export(run.job, name, run.catalogue, run.window)
        run.ledger.claim(run.execution_id, name, self.step, run.attempt)
        watch = ShapeWatch(run, self.step, name)
        path = run.staging / f"{file_stem(run.job.name, name, run.window, zone)}.csv"
        with (
            open_source(export.connection, export.dialect) as source,
            write_staged(path, run, name, self.step) as sink,
        ):
            if export.date_basis is DateBasis.UPDATED:
                source.settle(run.window.end)
            read_options = ReadOptions(
                zone, f"export-jobs {run.job.name}", settings.statement_timeout_s(), check_shape=watch
            )
            found = source.extract(export, run.job.file, sink, read_options)
            if not found.rows and run.job.file.empty_result is EmptyResult.FAIL:
                raise UserError(
                    f"Template {name!r} has no rows from {run.window.start.isoformat()} to "
                    f"{run.window.end.isoformat()}, and this job asks to fail then",
                    "If no rows are right, make a job with the empty-result policy `send` or `skip`; else correct the "
                    "data, then clear this run",
                )
        watch.record()
        log.info("Extracted %d rows, %d bytes", found.rows, found.bytes)
        return CsvFile(
            template=name,
            uri=str(path),
            rows=found.rows,
            bytes=found.bytes,
            sha256=found.sha256,
            columns=tuple(column.name for column in export.columns),
            stage=run.attempt,
        ).model_dump(mode="json")


class Compress(ExportStep):
    """Compress the staged CSV into the file that will be delivered."""

    step = "compress"

    def run_step(self, run: JobRun, context: Context) -> dict[str, Any]:
        """The staged archive as JSON."""
        name = cast("str", self.template)
        csv = CsvFile.model_validate(task_result(context, f"{name}.extract"))
        file = _export_file(run, csv)
        if not file.is_sent:
            log.info("No rows, and this job skips empty files: nothing will be sent for template %s", name)
            return file.model_dump(mode="json")
        run.ledger.claim(run.execution_id, name, self.step, run.attempt)
        # Its own suffix keeps an uncompressed file apart from the CSV it is copied from.
        path = run.staging / f"{file_stem(run.job.name, name, run.window, run.job.schedule.time_zone)}.ready"
        with open_staged(csv.uri) as source, write_staged(path, run, name, self.step) as sink:
            done = compress(
                source,
                sink,
                compression=run.job.file.compression,
                member=file.content.name,
                modified=run.window.end,
                size=csv.bytes,
            )
            if done.source_sha256 != csv.sha256:
                raise TerminalError(
                    f"The staged rows of template {name!r} are not those that were extracted",
                    "Clear the extract task of this run to read them again",
                )
        log.info("Compressed %d bytes to %d", csv.bytes, done.bytes)
        ready = file.model_copy(update={"uri": str(path), "bytes": done.bytes, "sha256": done.sha256})
        return ready.model_dump(mode="json")


class Upload(ExportStep):
    """Deliver one file: whole under its final name, recorded in the same transaction, by the current attempt alone."""

    step = "upload"

    def run_step(self, run: JobRun, context: Context) -> None:
        """Raises ``SupersededError`` when a newer attempt has taken over."""
        name = cast("str", self.template)
        file = ExportFile.model_validate(task_result(context, f"{name}.compress"))
        if not file.is_sent:
            run.record_event("nothing to send", self.step, name, message="no rows, and this job skips empty files")
        elif run.ledger.delivery(run.execution_id, name, file.stage):
            log.info("According to the ledger this file is at the destination already")
        else:
            self._publish(run, file)
        self.discard_staged(run)

    def _publish(self, run: JobRun, file: ExportFile) -> None:
        with open_staged(file.uri) as source:
            publish(
                source,
                _delivery_record(run, file),
                destination=run.destination,
                ledger=run.ledger,
                step=self.step,
                attempt=run.attempt,
            )


def _skip_if_delivered(run: JobRun) -> None:
    """A scheduled run of a delivered window, made anew because Airflow lost its history, sends nothing twice.

    Whoever wants the window again says so: by clearing the run, or by triggering one with its interval.
    """
    wanted = run.run_type != "scheduled" or run.clear_number > 0
    if not wanted and run.ledger.is_delivered(run.job.job_id, run.window.start, run.window.end):
        raise AirflowSkipException(
            f"The ledger says that {run.window.start.isoformat()} to {run.window.end.isoformat()} has been delivered. "
            "Nothing is sent again by itself; clear this run to send it once more."
        )


def _export_file(run: JobRun, csv: CsvFile) -> ExportFile:
    stem = delivered_stem(run.job, csv.template, run.window, run.ledger.opened_at(run.execution_id))
    return ExportFile(
        template=csv.template,
        path=target_path(run.job.use(csv.template), stem, run.job.file.compression),
        rows=csv.rows,
        columns=csv.columns,
        stage=csv.stage,
        content=CsvContent(name=f"{stem}.csv", bytes=csv.bytes, sha256=csv.sha256),
        is_sent=csv.rows > 0 or run.job.file.empty_result is not EmptyResult.SKIP,
    )


def _delivery_record(run: JobRun, file: ExportFile) -> DeliveryRecord:
    return DeliveryRecord(
        execution_id=run.execution_id,
        template=file.template,
        stage=file.stage,
        path=file.path,
        url=run.destination.url(file.path),
        rows=file.rows,
        bytes=file.bytes,
        sha256=file.sha256,
        columns=file.columns,
        version=run.job.version,
        definition_hash=run.definition_hash,
        attempt=run.attempt,
    )
