"""Rules for headings and words in a text file: its encoding has their characters, and they fit their columns.

Otherwise a run would fail at its first row, or deliver question marks.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from export_jobs.core.base.issue import Issue, Level
from export_jobs.core.base.text import quote_value
from export_jobs.core.catalogue.catalogue import ColumnType
from export_jobs.core.catalogue.selection import chosen_columns, resolve_column, tables_of
from export_jobs.core.definitions.cell_format import TEXT_FORMATS, CellFormat, column_format
from export_jobs.core.definitions.column_use import MAX_WIDTH, WIDTHS, ColumnUse, formatted_width
from export_jobs.core.definitions.job import Encoding, JobSpec, Template
from export_jobs.core.definitions.time_format import TIME_DIRECTIVES, time_format_issues
from export_jobs.core.files.charset import Charset, is_in
from export_jobs.core.validation.rule import RuleContext, Rules
from export_jobs.core.validation.rules.template_use import readable_uses
from export_jobs.core.validation.rules.text_file import SINGLE_BYTE_ENCODINGS, WORDS

TEXT_FITS_RULES: Rules[JobSpec] = Rules()


class _Cell(NamedTuple):
    """How the cells of a column are written. ``kind`` is the type in the catalogue."""

    kind: ColumnType
    cell_format: CellFormat


@TEXT_FITS_RULES.reads("file.encoding", "file.null_text", "file.true_text", "file.false_text")
def words_are_in_the_encoding(job: JobSpec) -> Iterator[Issue]:
    """The job's words must not fail the first run, or become question marks."""
    for key in ("null_text", *WORDS):
        yield from _missing_issues(f"file.{key}", getattr(job.file, key) or "", job.file.encoding)


@TEXT_FITS_RULES.looks_up("templates", "file")
def words_of_columns_are_in_the_encoding(job: JobSpec, context: RuleContext) -> Iterator[Issue]:
    """The same for the words of a column."""
    for path, use, _ in readable_uses(job, context):
        for index, column in enumerate(use.columns):
            for key in WORDS:
                place = f"{path}.columns[{index}].{key}"
                yield from _missing_issues(place, getattr(column, key) or "", job.file.encoding)


@TEXT_FITS_RULES.looks_up("templates", "file")
def headings_are_in_the_encoding(job: JobSpec, context: RuleContext) -> Iterator[Issue]:
    """The encoding has the headings, or replacing characters does not make two of them the same."""
    file = job.file
    if file.format not in TEXT_FORMATS or not file.header or file.encoding not in SINGLE_BYTE_ENCODINGS:
        return
    for path, use, template in readable_uses(job, context):
        seen: dict[str, str] = {}
        charset = Charset(file)
        for index, column in enumerate(chosen_columns(template, use, context.catalogue)):
            heading = column.heading or column.column
            place = f"{path}.columns[{index}]"
            if file.unencodable == "fail":
                yield from _missing_issues(place, heading, file.encoding)
                continue
            shown = charset.fit(heading)
            other = seen.setdefault(shown.casefold(), heading)
            is_changed = shown != heading or not charset.has(other)
            if other != heading and is_changed:
                what = f"the headings {quote_value(other)} and {quote_value(heading)} would both be {shown!r}"
                yield Issue(place, what, f"Use `as` to give one of them a heading that {file.encoding} can encode")


@TEXT_FITS_RULES.looks_up("templates", "file")
def headings_fit_their_columns(job: JobSpec, context: RuleContext) -> Iterator[Issue]:
    """In a file with a header, no heading is wider than its column."""
    if job.file.format != "fixed" or not job.file.header:
        return
    charset = Charset(job.file)
    for path, use, template in readable_uses(job, context):
        for index, column in enumerate(chosen_columns(template, use, context.catalogue)):
            heading = charset.as_written(column.heading or column.column)
            if len(heading) > (column.width or MAX_WIDTH):
                what = (
                    f"the heading {quote_value(heading)} is wider than its column, which has {column.width} characters"
                )
                yield Issue(
                    f"{path}.columns[{index}].width",
                    what,
                    "Make the column wider, shorten the heading, or set `header: false`",
                )


@TEXT_FITS_RULES.looks_up("templates", "file")
def values_fit_their_columns(job: JobSpec, context: RuleContext) -> Iterator[Issue]:
    """The widths of times, of words and of NULL are known before the first run."""
    if job.file.format != "fixed":
        return
    for path, use, template in readable_uses(job, context):
        for index, column in enumerate(chosen_columns(template, use, context.catalogue)):
            cell = _cell(job, template, column, context)
            if cell is not None and (column.width is None or 1 <= column.width <= MAX_WIDTH):
                yield from _narrow_issues(f"{path}.columns[{index}]", column, cell, job.file.null_text)


def _narrow_issues(place: str, column: ColumnUse, cell: _Cell, null_text: str) -> Iterator[Issue]:
    needed = formatted_width(cell.kind, cell.cell_format)
    if column.width is not None and needed is not None and needed > column.width:
        what = f"{quote_value(column.column)} has values of {needed} characters, but a width of {column.width}"
        yield Issue(f"{place}.width", what, f"Write {needed} or more")
    width = column.width or needed or WIDTHS[cell.kind]
    if len(null_text) > width:
        what = f"the null_text {quote_value(null_text)} does not fit {quote_value(column.column)}, which has {width} "
        yield Issue(
            f"{place}.width",
            f"{what}characters: a NULL would stop the run",
            "Make the column wider, or shorten null_text",
            Level.WARNING,
        )


def _cell(job: JobSpec, template: Template, column: ColumnUse, context: RuleContext) -> _Cell | None:
    """Return None for a column that is unknown or whose format is invalid: other rules report those."""
    table = tables_of(template, context.catalogue)[0]
    kpi = context.catalogue.kpis.get(column.column) if column.column in template.kpis else None
    resolved = None if kpi else resolve_column(column.column, table, context.catalogue)
    found = kpi or (resolved and resolved.column)
    if not found:
        return None
    cell_format = column_format(found.type, found.decimals, job.file, column)
    for key in TIME_DIRECTIVES:
        pattern = getattr(cell_format, key)
        if pattern is not None and next(time_format_issues("", key, pattern), None):
            return None
    return _Cell(found.type, cell_format)


def _missing_issues(place: str, text: str, encoding: Encoding) -> Iterator[Issue]:
    odd = (
        next((char for char in text if not is_in(char, encoding)), None) if encoding in SINGLE_BYTE_ENCODINGS else None
    )
    if odd is not None:
        what = f"{quote_value(text)} contains {quote_value(odd)}, which is not in {encoding}"
        yield Issue(place, what, "Write it differently, or choose the encoding utf-8")
