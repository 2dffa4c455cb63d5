"""The task that makes a template's file from its staged rows."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, cast

from export_jobs.core.definitions.job import EmptyResult
from export_jobs.core.files.export_file import ExportFile, FileContent, StagedRows
from export_jobs.core.files.job_files import delivered_stem
from export_jobs.core.files.names import content_name, file_stem, target_path
from export_jobs.orchestration.machines import require_same_machine
from export_jobs.orchestration.run.earlier_release import staged_rows
from export_jobs.orchestration.run.encrypted_file import open_file
from export_jobs.orchestration.run.staging import open_staged, write_staged
from export_jobs.orchestration.run.step import ExportStep
from export_jobs.streaming.deliverable import make_file
from export_jobs.streaming.openpgp.encrypt import EncryptingSink

if TYPE_CHECKING:
    from airflow.sdk import Context

    from export_jobs.orchestration.run.job_run import JobRun

log = logging.getLogger(__name__)


class Compress(ExportStep):
    """Make the file that will be delivered from the staged rows."""

    step = "compress"

    def run_step(self, run: JobRun, context: Context) -> dict[str, Any]:
        """The file as JSON."""
        name = cast("str", self.template)
        require_same_machine(run, context)
        run.ledger.claim(run.execution_id, name, self.step, run.attempt)
        rows = staged_rows(run, context, self.step, name)
        file = _export_file(run, rows)
        if not file.is_sent:
            log.info("No rows, and this job skips empty files: nothing will be sent for template %s", name)
            return file.model_dump(mode="json")
        # Its own suffix tells it from what it is made of.
        path = run.staging / f"{file_stem(run.job.name, name, run.window, run.job.schedule.time_zone)}.ready"
        with (
            open_staged(rows.uri) as source,
            write_staged(path, run, name, self.step) as sink,
            open_file(sink, run, file.content.name) as opened,
        ):
            done = make_file(
                source, opened, rows=rows, options=run.job.file, member=file.content.name, modified=run.window.end
            )
        delivered = opened if isinstance(opened, EncryptingSink) else done
        log.info("%d bytes of rows are a file of %d", rows.packed.bytes, delivered.bytes)
        content = file.content.model_copy(update={"bytes": done.content_bytes, "sha256": done.content_sha256})
        ready = file.model_copy(
            update={
                "uri": str(path),
                "bytes": delivered.bytes,
                "sha256": delivered.sha256,
                "content": content,
                "column_numbers": done.column_numbers,
            }
        )
        return ready.model_dump(mode="json")


def _export_file(run: JobRun, rows: StagedRows) -> ExportFile:
    stem = delivered_stem(run.job, rows.template, run.window, run.ledger.opened_at(run.execution_id))
    return ExportFile(
        template=rows.template,
        path=target_path(run.job.use(rows.template), stem, run.job.file),
        rows=rows.rows,
        columns=rows.columns,
        stage=rows.stage,
        content=FileContent(name=content_name(stem, run.job.file), bytes=rows.packed.bytes, sha256=rows.packed.sha256),
        is_sent=rows.rows > 0 or run.job.file.empty_result is not EmptyResult.SKIP,
    )
