"""Write a small test file of a job's template, as a run would write it. Nothing is delivered or recorded."""

from __future__ import annotations

import io
from collections.abc import Set
from dataclasses import dataclass
from datetime import UTC, datetime
from tempfile import TemporaryFile
from typing import BinaryIO

from export_jobs.core.catalogue.catalogue import Catalogue
from export_jobs.core.catalogue.selection import chosen_columns
from export_jobs.core.definitions.job import ExportJob
from export_jobs.core.files.export_file import StagedRows
from export_jobs.core.files.job_files import delivered_stem
from export_jobs.core.files.name_pattern import FIRST_NUMBERS
from export_jobs.core.files.names import content_name, part_text, target_path
from export_jobs.core.sql.compiled import CompiledExport
from export_jobs.core.sql.compiler import compile_export
from export_jobs.core.windows.window import Window
from export_jobs.errors import TerminalError
from export_jobs.streaming.base.limits import QueryTimeoutError
from export_jobs.streaming.base.read_options import ReadOptions
from export_jobs.streaming.base.sink import TooLargeError
from export_jobs.streaming.deliverable import make_file, staged_types
from export_jobs.streaming.formats.format_writer import require_library
from export_jobs.streaming.formats.staged_table import staged_dialect
from export_jobs.streaming.source import Source, mask_columns
from export_jobs.streaming.staged.deflate_sink import DeflateSink

MAX_TRIAL_BYTES = 16 << 20
TRIAL_TIMEOUT_S = 10
MARK = "TEST-"


@dataclass(frozen=True)
class TrialFile:
    """A test file. ``name`` begins with TEST. ``rows``: number of rows in it. ``truncated``: there may be more."""

    name: str
    content: bytes
    rows: int
    truncated: bool


def trial_file(
    job: ExportJob, window: Window, source: Source, catalogue: Catalogue, *, hidden: Set[int], rows: int, user: str
) -> TrialFile:
    """Return the first ``rows`` rows of the job's only template, with the statement, writer and file name of a run.

    Columns at the places ``hidden`` are empty. Raises what a run would raise, and ``TerminalError`` if these rows take
    more than ten seconds or 16 MiB.
    """
    # In one part and not encrypted, so that the caller can read it: they do not have the receivers' keys.
    limits = {"encryption": None, "split": None, "max_bytes": min(job.file.max_bytes, MAX_TRIAL_BYTES)}
    plain = job.model_copy(update={"file": job.file.model_copy(update=limits)})
    require_library(plain.file.format)
    template = plain.template_definitions[0]
    names = [column.column for column in chosen_columns(template, plain.templates[0], catalogue)]
    export = compile_export(plain, template.name, catalogue, window)
    masked = mask_columns(export, {names[place] for place in hidden}, names)
    stem = _stem(job, window)
    options = ReadOptions(plain.schedule.time_zone, f"export-jobs test file for {user}", TRIAL_TIMEOUT_S, rows)
    try:
        with TemporaryFile(prefix="export-jobs-") as staged:
            found = _stage(masked, plain, source, staged, options)
            staged.seek(0)
            content = _write(plain, stem, window, found, staged)
    except QueryTimeoutError:
        what = f"Template {template.name!r}: no test file within {TRIAL_TIMEOUT_S} s"
        raise TerminalError(what, "Run the job: a run has more time") from None
    except TooLargeError:
        what = f"Template {template.name!r}: the first {rows} rows are more than {plain.file.max_bytes >> 20} MiB"
        raise TerminalError(what, "Ask for fewer rows") from None
    name = MARK + target_path(plain.templates[0], stem, plain.file).rpartition("/")[2]
    return TrialFile(name, content, found.rows, truncated=found.rows >= rows)


def _stage(
    export: CompiledExport, job: ExportJob, source: Source, staged: BinaryIO, options: ReadOptions
) -> StagedRows:
    dialect = staged_dialect(job.file)
    with DeflateSink(staged, f"template {export.template!r}") as sink:
        extracted = source.extract(export, dialect, sink, options)
        packed = sink.finish()
    return StagedRows(
        template=export.template,
        uri="",
        rows=extracted.rows,
        packed=packed,
        columns=tuple(column.name for column in export.columns),
        types=staged_types(export.columns),
        delimiter=dialect.delimiter,
        stage="",
    )


def _write(job: ExportJob, stem: str, window: Window, rows: StagedRows, source: BinaryIO) -> bytes:
    output = io.BytesIO()
    member = MARK + content_name(stem, job.file)
    make_file(source, output, rows=rows, options=job.file, member=member, modified=window.end)
    return output.getvalue()


def _stem(job: ExportJob, window: Window) -> str:
    part = part_text(1) if job.file.split else ""
    template = job.templates[0].template
    return delivered_stem(job, template, window, datetime.now(UTC), part=part, numbers=FIRST_NUMBERS)
