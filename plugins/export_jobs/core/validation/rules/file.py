"""Rules of how the file is written: the database's COPY refuses some of these only when the first window runs."""

from __future__ import annotations

from collections.abc import Iterator

from export_jobs.core.base.issue import Issue, Level
from export_jobs.core.base.text import quote_value, text_issues
from export_jobs.core.definitions.cell_format import OF_CSV, OF_TEXT, PACKED_FORMATS, TEXT_FORMATS
from export_jobs.core.definitions.job import EmptyResult, FileOptions, JobSpec
from export_jobs.core.definitions.presets import PRESETS
from export_jobs.core.files.names import SHEET_ROWS
from export_jobs.core.validation.rule import Rules

FILE_RULES: Rules[JobSpec] = Rules()
MAX_NULL_TEXT = 20
LARGEST_FILE_BYTES = 5 * 1000**4
"""5 TB, the largest object that S3 takes."""
LARGEST_ROWS = 10**12


@FILE_RULES.reads("file.format", *(f"file.{key}" for key in (*OF_CSV, *OF_TEXT)))
def keys_fit_the_format(job: JobSpec) -> Iterator[Issue]:
    """A key that changes nothing would be a promise that the file does not keep."""
    for key in OF_CSV if job.file.format != "csv" else ():
        if getattr(job.file, key) != FileOptions.model_fields[key].default:
            what = f"{quote_value(key)} says how CSV is written, and the format is {job.file.format}"
            yield Issue(f"file.{key}", what, f"Leave {key} out, or choose the format csv")
    for key in OF_TEXT if job.file.format not in TEXT_FORMATS else ():
        if getattr(job.file, key) != FileOptions.model_fields[key].default:
            what = f"{quote_value(key)} says how text is written, and the format is {job.file.format}"
            yield Issue(f"file.{key}", what, f"Leave {key} out, or choose the format csv or fixed")


@FILE_RULES.reads("file.format", "file.preset")
def preset_is_of_the_format(job: JobSpec) -> Iterator[Issue]:
    """Else each key that it sets would be refused by itself, and nobody has typed those."""
    if job.file.preset is not None:
        title = PRESETS[job.file.preset].title
        what = f"the preset {title!r} says how text is written, and the format is {job.file.format}"
        if job.file.format in TEXT_FORMATS:
            what = f"the preset {title!r} says how CSV is written, and the format is {job.file.format}"
        yield Issue("file.preset", what, "Leave preset out, or leave format out")


@FILE_RULES.reads("file.format", "file.compression")
def file_is_packed_once(job: JobSpec) -> Iterator[Issue]:
    """Parquet and Excel files are compressed inside; programs open them as they are."""
    if job.file.format in PACKED_FORMATS and job.file.compression != "none":
        what = f"a {job.file.format} file is compressed inside, and {job.file.compression} would only hide it"
        yield Issue("file.compression", what, "Leave compression out, or write none")


@FILE_RULES.reads("file.delimiter")
def delimiter_separates(job: JobSpec) -> Iterator[Issue]:
    """One plain character that cannot be part of a value's own spelling."""
    mark = job.file.delimiter
    if len(mark) != 1:
        what = f"{quote_value(mark)} has {len(mark)} characters, and a delimiter is one"
        yield Issue("file.delimiter", what, "Write one character, such as ',' or ';' or '|' or a tab, \"\\t\"")
    elif mark in '"\r\n' or mark.isalnum() or not mark.isascii() or not (mark.isprintable() or mark == "\t"):
        what = (
            f"{quote_value(mark)} cannot separate cells: it is a quote, a line break, a letter, a digit or unprintable"
        )
        yield Issue("file.delimiter", what, "Write one character, such as ',' or ';' or '|' or a tab, \"\\t\"")


@FILE_RULES.reads("file.format", "file.null_text", "file.delimiter")
def null_text_is_one_cell(job: JobSpec) -> Iterator[Issue]:
    """The text for NULL is written bare, so it must not be able to end a cell, which in fixed width nothing does."""
    text = job.file.null_text
    marks = () if job.file.format == "fixed" else (("the delimiter", job.file.delimiter), ("a quote", '"'))
    contained = [name for name, mark in marks if mark and mark in text]
    if contained:
        yield Issue(
            "file.null_text", f"{quote_value(text)} holds {' and '.join(contained)}", "Write plain text, such as NULL"
        )
    yield from text_issues("file.null_text", text, limit=MAX_NULL_TEXT)


@FILE_RULES.reads("file.max_bytes")
def limit_is_sensible(job: JobSpec) -> Iterator[Issue]:
    """A limit of nothing would fail every run; beyond 5 TB no destination takes the file."""
    if not 1 <= job.file.max_bytes <= LARGEST_FILE_BYTES:
        what = f"{quote_value(job.file.max_bytes)} is not a size from 1 to {LARGEST_FILE_BYTES} bytes (5 TB)"
        yield Issue("file.max_bytes", what, "Write a number of bytes, such as 20000000000")


@FILE_RULES.reads("file.format", "file.header", "file.empty_result")
def empty_file_is_meant(job: JobSpec) -> Iterator[Issue]:
    """Without a header an empty result is a file of nothing, which a receiver may take for a broken one."""
    if job.file.empty_result is not EmptyResult.SEND:
        return
    what = "a window without rows sends a file with nothing in it, since there is no header"
    if job.file.format in TEXT_FORMATS and not job.file.header:
        yield Issue("file.empty_result", what, "Write skip or fail, or write header true", Level.WARNING)
    elif job.file.format == "jsonl":
        what = "a window without rows sends a file with nothing in it, since JSON lines have no header"
        yield Issue("file.empty_result", what, "Write skip or fail, unless the receiver expects it", Level.WARNING)


@FILE_RULES.reads("file.split", "file.split.rows", "file.split.bytes")
def split_has_one_measure(job: JobSpec) -> Iterator[Issue]:
    """Two limits would need a rule of which counts, and none is no split."""
    if job.file.split is None:
        return
    rows, size = job.file.split.rows, job.file.split.bytes
    if (rows is None) == (size is None):
        what = "parts are cut by rows or by bytes, not by both"
        if rows is None:
            what = "neither rows nor bytes of a part are given"
        yield Issue("file.split", what, "Write one of them, such as `split: {rows: 1000000}`")
    for key, value, largest in (("rows", rows, LARGEST_ROWS), ("bytes", size, LARGEST_FILE_BYTES)):
        if value is not None and not 1 <= value <= largest:
            what = f"{quote_value(value)} is not a number of {key} from 1 to {largest}"
            yield Issue(f"file.split.{key}", what, "Write a number, such as 1000000")


@FILE_RULES.reads("file.split", "file.split.bytes", "file.max_bytes")
def parts_stay_within_the_limit(job: JobSpec) -> Iterator[Issue]:
    """The limit is of each part: a part that may be larger is never cut in time."""
    size = job.file.split.bytes if job.file.split else None
    if size is not None and 1 <= job.file.max_bytes < size <= LARGEST_FILE_BYTES:
        what = f"a part may have {size} bytes, and max_bytes stops the run at {job.file.max_bytes}"
        yield Issue("file.split.bytes", what, "Write at most max_bytes", Level.WARNING)


@FILE_RULES.reads("file.split", "file.split.rows", "file.split.bytes", "file.format", "file.encoding")
def split_fits_the_format(job: JobSpec) -> Iterator[Issue]:
    """How large a file becomes that is compressed inside shows when it is written; a sheet has its own limit."""
    split, file_format = job.file.split, job.file.format
    if split is None:
        return
    if split.bytes is not None and file_format not in {"csv", "jsonl"}:
        what = f"how large a {file_format} file becomes is known once it is written, so it cannot be cut by bytes"
        yield Issue("file.split.bytes", what, "Split it by rows")
    elif split.bytes is not None and job.file.encoding != "utf-8":
        what = f"how large a text becomes in {job.file.encoding} is known once it is written, so it is not cut by bytes"
        yield Issue("file.split.bytes", what, "Split it by rows")
    if file_format == "xlsx" and split.rows is not None and split.rows > SHEET_ROWS:
        what = f"an Excel sheet holds {SHEET_ROWS} rows below its header, and a part would have {split.rows}"
        yield Issue("file.split.rows", what, f"Write at most {SHEET_ROWS}")
