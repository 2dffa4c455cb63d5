"""The task that builds a template's file from its staged rows."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from export_jobs.core.definitions.job import EmptyResult, FileSplit
from export_jobs.core.files.export_file import ExportFile, FileContent, StagedRows, files_json
from export_jobs.core.files.job_files import delivered_stem, has_numbered_files
from export_jobs.core.files.name_pattern import FileNumbers
from export_jobs.core.files.names import content_name, file_stem, part_text, target_path
from export_jobs.orchestration.machines import require_same_machine
from export_jobs.orchestration.run.earlier_release import staged_rows
from export_jobs.orchestration.run.encrypted_file import open_file
from export_jobs.orchestration.run.staging import open_staged, write_staged
from export_jobs.orchestration.run.step import ExportStep
from export_jobs.streaming.deliverable import DeliverableResult, make_file
from export_jobs.streaming.formats.format_writer import library_version
from export_jobs.streaming.openpgp.encrypt import EncryptingSink
from export_jobs.streaming.parts import split_rows

if TYPE_CHECKING:
    from airflow.sdk import Context, ObjectStoragePath

    from export_jobs.orchestration.run.job_run import JobRun

log = logging.getLogger(__name__)


class Compress(ExportStep):
    """Build the file that will be delivered, or its parts, from the staged rows."""

    step = "compress"

    def run_step(self, run: JobRun, context: Context) -> dict[str, Any]:
        """Return the files as JSON."""
        name = cast("str", self.template)
        require_same_machine(run, context)
        run.ledger.claim(run.execution_id, name, self.step, run.attempt)
        rows = staged_rows(run, context, self.step, name)
        if not rows.rows and run.job.file.empty_result is EmptyResult.SKIP:
            log.info("No rows, and this job skips empty files: nothing will be sent for template %s", name)
            return files_json([_export_file(run, rows, FileNumbers()).model_copy(update={"is_sent": False})])
        with open_staged(rows.uri) as source:
            files = list(_split_files(run, rows, source) if run.job.file.split else _whole_file(run, rows, source))
        bytes_made = sum(file.bytes for file in files)
        log.info("%d bytes of rows are %d in %d files", rows.packed.bytes, bytes_made, len(files))
        return files_json(files)


def _whole_file(run: JobRun, rows: StagedRows, source: BinaryIO) -> Iterator[ExportFile]:
    file = _export_file(run, rows, _file_numbers(run, rows))
    with _ready_file(run, file) as opened:
        done = make_file(
            source, opened, rows=rows, options=run.job.file, member=file.content.name, modified=run.window.end
        )
    yield _finished(run, file, opened, done)


def _split_files(run: JobRun, rows: StagedRows, source: BinaryIO) -> Iterator[ExportFile]:
    options, numbers = run.job.file, _file_numbers(run, rows)
    for part in split_rows(source, rows=rows, options=options, split=cast("FileSplit", options.split)):
        file = _export_file(run, rows, numbers, part.number)
        with _ready_file(run, file) as opened:
            done = part.write(opened, rows=rows, options=options, member=file.content.name, modified=run.window.end)
        yield _finished(run, file.model_copy(update={"rows": done.rows}), opened, done.file)


@contextmanager
def _ready_file(run: JobRun, file: ExportFile) -> Iterator[BinaryIO | EncryptingSink]:
    with (
        write_staged(_ready_path(run, file), run, file.template, Compress.step) as sink,
        open_file(sink, run, file.content.name) as opened,
    ):
        yield opened


def _ready_path(run: JobRun, file: ExportFile) -> ObjectStoragePath:
    """Return the path of a finished file; its suffix distinguishes it from the staged rows."""
    stem = file_stem(run.job.name, file.template, run.window, run.job.schedule.time_zone)
    part = "" if file.part is None else f".part-{part_text(file.part)}"
    return run.staging / f"{stem}{part}.ready"


def _finished(run: JobRun, file: ExportFile, opened: BinaryIO | EncryptingSink, done: DeliverableResult) -> ExportFile:
    delivered = opened if isinstance(opened, EncryptingSink) else done
    content = file.content.model_copy(update={"bytes": done.content_bytes, "sha256": done.content_sha256})
    made = {"uri": str(_ready_path(run, file)), "bytes": delivered.bytes, "sha256": delivered.sha256}
    return file.model_copy(update={**made, "content": content, "column_numbers": done.column_numbers})


def _export_file(run: JobRun, rows: StagedRows, numbers: FileNumbers, part: int | None = None) -> ExportFile:
    number = "" if part is None else part_text(part)
    began = run.ledger.opened_at(run.execution_id)
    stem = delivered_stem(run.job, rows.template, run.window, began, part=number, numbers=numbers)
    return ExportFile(
        template=rows.template,
        path=target_path(run.job.use(rows.template), stem, run.job.file),
        rows=rows.rows,
        columns=rows.columns,
        stage=rows.stage,
        content=FileContent(name=content_name(stem, run.job.file), bytes=rows.packed.bytes, sha256=rows.packed.sha256),
        part=part,
        revision=numbers.revision,
    )


def _file_numbers(run: JobRun, rows: StagedRows) -> FileNumbers:
    """Return the numbers for the file's name, if it has any; they are the same for every try of this extraction.

    How a job's files are written never changes, so rows, types and the format's library determine whether the content
    is that of the newest revision. An encrypted file differs each time.
    """
    if not has_numbered_files(run.job):
        return FileNumbers()
    types = [cell.model_dump(mode="json") for cell in rows.types]
    made_of = [rows.packed.packed_sha256, rows.columns, types, library_version(run.job.file.format)]
    if run.job.file.encryption is not None:
        made_of.append(rows.stage)
    digest = hashlib.sha256(json.dumps(made_of).encode()).hexdigest()
    return run.ledger.number_file(run.execution_id, rows.template, rows.stage, digest)
