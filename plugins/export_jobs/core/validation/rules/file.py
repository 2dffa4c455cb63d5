"""Rules for how the file is written. The database's COPY would refuse some of these only at the first run."""

from __future__ import annotations

from collections.abc import Iterator

from export_jobs.core.base.issue import Issue, Level
from export_jobs.core.base.text import quote_value, text_issues
from export_jobs.core.definitions.cell_format import CSV_KEYS, PACKED_FORMATS, TEXT_FORMATS, TEXT_KEYS
from export_jobs.core.definitions.job import EmptyResult, FileOptions, JobSpec
from export_jobs.core.definitions.presets import PRESETS
from export_jobs.core.files.names import SHEET_ROWS
from export_jobs.core.validation.rule import Rules

FILE_RULES: Rules[JobSpec] = Rules()
MAX_NULL_TEXT = 20
LARGEST_FILE_BYTES = 5 * 1000**4
"""5 TB, the largest object that S3 takes."""
LARGEST_ROWS = 10**12


@FILE_RULES.reads("file.format", *(f"file.{key}" for key in (*CSV_KEYS, *TEXT_KEYS)))
def keys_fit_the_format(job: JobSpec) -> Iterator[Issue]:
    """Refuse keys that have no effect on the chosen format."""
    for key in CSV_KEYS if job.file.format != "csv" else ():
        if getattr(job.file, key) != FileOptions.model_fields[key].default:
            what = f"{quote_value(key)} applies only to CSV, but the format is {job.file.format}"
            yield Issue(f"file.{key}", what, f"Leave {key} out, or choose the format csv")
    for key in TEXT_KEYS if job.file.format not in TEXT_FORMATS else ():
        if getattr(job.file, key) != FileOptions.model_fields[key].default:
            what = f"{quote_value(key)} applies only to csv and fixed, but the format is {job.file.format}"
            yield Issue(f"file.{key}", what, f"Leave {key} out, or choose the format csv or fixed")


@FILE_RULES.reads("file.format", "file.preset")
def preset_is_of_the_format(job: JobSpec) -> Iterator[Issue]:
    """Refuse the preset itself. Otherwise each key that it sets would be refused, and nobody has typed those."""
    if job.file.preset is not None:
        title = PRESETS[job.file.preset].title
        what = f"the preset {title!r} is for text files, but the format is {job.file.format}"
        if job.file.format in TEXT_FORMATS:
            what = f"the preset {title!r} is for CSV files, but the format is {job.file.format}"
        yield Issue("file.preset", what, "Leave preset out, or leave format out")


@FILE_RULES.reads("file.format", "file.compression")
def file_is_packed_once(job: JobSpec) -> Iterator[Issue]:
    """Refuse to compress Parquet and Excel files: they are compressed inside, and programs open them as they are."""
    if job.file.format in PACKED_FORMATS and job.file.compression != "none":
        what = (
            f"a {job.file.format} file is already compressed, and programs cannot open it inside {job.file.compression}"
        )
        yield Issue("file.compression", what, "Leave compression out, or write none")


@FILE_RULES.reads("file.delimiter")
def delimiter_separates(job: JobSpec) -> Iterator[Issue]:
    """The delimiter is one plain character that is never part of how a number, date or word is written."""
    mark = job.file.delimiter
    if len(mark) != 1:
        what = f"{quote_value(mark)} has {len(mark)} characters, but a delimiter is a single one"
        yield Issue("file.delimiter", what, "Write one character, such as ',' or ';' or '|' or a tab, \"\\t\"")
    elif mark in '"\r\n' or mark.isalnum() or not mark.isascii() or not (mark.isprintable() or mark == "\t"):
        what = (
            f"{quote_value(mark)} cannot separate cells: it is a quote, a line break, a letter, a digit or unprintable"
        )
        yield Issue("file.delimiter", what, "Write one character, such as ',' or ';' or '|' or a tab, \"\\t\"")


@FILE_RULES.reads("file.format", "file.null_text", "file.delimiter")
def null_text_is_one_cell(job: JobSpec) -> Iterator[Issue]:
    """The text for NULL is written without quotes, so it must not end a cell. In fixed width nothing ends one."""
    text = job.file.null_text
    marks = () if job.file.format == "fixed" else (("the delimiter", job.file.delimiter), ("a quote", '"'))
    contained = [name for name, mark in marks if mark and mark in text]
    if contained:
        yield Issue(
            "file.null_text",
            f"{quote_value(text)} contains {' and '.join(contained)}",
            "Write plain text, such as NULL",
        )
    yield from text_issues("file.null_text", text, limit=MAX_NULL_TEXT)


@FILE_RULES.reads("file.max_bytes")
def limit_is_sensible(job: JobSpec) -> Iterator[Issue]:
    """A limit of 0 would fail every run, and no destination accepts a file above 5 TB."""
    if not 1 <= job.file.max_bytes <= LARGEST_FILE_BYTES:
        what = f"{quote_value(job.file.max_bytes)} is not a size from 1 to {LARGEST_FILE_BYTES} bytes (5 TB)"
        yield Issue("file.max_bytes", what, "Write a number of bytes, such as 20000000000")


@FILE_RULES.reads("file.format", "file.header", "file.empty_result")
def empty_file_is_intended(job: JobSpec) -> Iterator[Issue]:
    """Without a header an empty result gives an empty file, which a receiver may take for a broken one."""
    if job.file.empty_result is not EmptyResult.SEND:
        return
    what = "a window without rows sends an empty file, because there is no header"
    if job.file.format in TEXT_FORMATS and not job.file.header:
        yield Issue("file.empty_result", what, "Write skip or fail, or write header true", Level.WARNING)
    elif job.file.format == "jsonl":
        what = "a window without rows sends an empty file, because JSON lines have no header"
        yield Issue("file.empty_result", what, "Write skip or fail, unless the receiver expects it", Level.WARNING)


@FILE_RULES.reads("file.split", "file.split.rows", "file.split.bytes")
def split_has_one_measure(job: JobSpec) -> Iterator[Issue]:
    """A split has exactly one limit: rows or bytes."""
    if job.file.split is None:
        return
    rows, size = job.file.split.rows, job.file.split.bytes
    if (rows is None) == (size is None):
        what = "a file can be split by rows or by bytes, but not by both"
        if rows is None:
            what = "neither rows nor bytes is given"
        yield Issue("file.split", what, "Write one of them, such as `split: {rows: 1000000}`")
    for key, value, largest in (("rows", rows, LARGEST_ROWS), ("bytes", size, LARGEST_FILE_BYTES)):
        if value is not None and not 1 <= value <= largest:
            what = f"{quote_value(value)} is not a number of {key} from 1 to {largest}"
            yield Issue(f"file.split.{key}", what, "Write a number, such as 1000000")


@FILE_RULES.reads("file.split", "file.split.bytes", "file.max_bytes")
def parts_stay_within_the_limit(job: JobSpec) -> Iterator[Issue]:
    """``max_bytes`` limits each part, so a larger part would fail the run before it is complete."""
    size = job.file.split.bytes if job.file.split else None
    if size is not None and 1 <= job.file.max_bytes < size <= LARGEST_FILE_BYTES:
        what = f"a part may have {size} bytes, but max_bytes stops the run at {job.file.max_bytes}"
        yield Issue("file.split.bytes", what, "Write at most max_bytes", Level.WARNING)


@FILE_RULES.reads("file.split", "file.split.rows", "file.split.bytes", "file.format", "file.encoding")
def split_fits_the_format(job: JobSpec) -> Iterator[Issue]:
    """The size of a file that is compressed inside is known only after it is written. A sheet has a limit of rows."""
    split, file_format = job.file.split, job.file.format
    if split is None:
        return
    if split.bytes is not None and file_format not in {"csv", "jsonl"}:
        what = f"the size of a {file_format} file is known only after it is written, so it cannot be split by bytes"
        yield Issue("file.split.bytes", what, "Split it by rows")
    elif split.bytes is not None and job.file.encoding != "utf-8":
        what = (
            f"the size of text in {job.file.encoding} is known only after it is written, so it cannot be split by bytes"
        )
        yield Issue("file.split.bytes", what, "Split it by rows")
    if file_format == "xlsx" and split.rows is not None and split.rows > SHEET_ROWS:
        what = f"an Excel sheet can have {SHEET_ROWS} rows below its header, but a part would have {split.rows}"
        yield Issue("file.split.rows", what, f"Write at most {SHEET_ROWS}")
