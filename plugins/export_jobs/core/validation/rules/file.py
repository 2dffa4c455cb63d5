"""Rules of how the file is written: the database's COPY refuses some of these only when the first window runs."""

from __future__ import annotations

from collections.abc import Iterator

from export_jobs.core.base.issue import Issue, Level
from export_jobs.core.base.text import quote_value, text_issues
from export_jobs.core.definitions.cell_format import CELL_FORMAT_KEYS
from export_jobs.core.definitions.job import PACKED_FORMATS, TEXT_FORMATS, EmptyResult, FileOptions, JobSpec
from export_jobs.core.validation.rule import Rules

FILE_RULES: Rules[JobSpec] = Rules()
MAX_NULL_TEXT = 20
OF_CSV = ("delimiter", "quoting", "escape_formulas")
"""Keys that say how CSV is written; other formats have one way of writing."""
OF_TEXT = (
    "header", "null_text", "bom", "line_ending", "encoding", "unencodable", "line_breaks", *CELL_FORMAT_KEYS
)  # fmt: skip
"""Keys that say how text is written, which is CSV or of fixed width."""
LARGEST_FILE_BYTES = 5 * 1000**4
"""5 TB, the largest object that S3 takes."""


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


@FILE_RULES.reads("file.null_text", "file.delimiter")
def null_text_is_one_cell(job: JobSpec) -> Iterator[Issue]:
    """The text for NULL is written bare, so it must not be able to end a cell."""
    text = job.file.null_text
    contained = [
        name for name, mark in (("the delimiter", job.file.delimiter), ("a quote", '"')) if mark and mark in text
    ]
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
    """Without a header an empty result is a file of no bytes, which a receiver may take for a broken one."""
    if job.file.format == "csv" and not job.file.header and job.file.empty_result is EmptyResult.SEND:
        what = "without a header, a window without rows sends a file of 0 bytes"
        yield Issue("file.empty_result", what, "Write skip or fail, or keep the header", Level.WARNING)
