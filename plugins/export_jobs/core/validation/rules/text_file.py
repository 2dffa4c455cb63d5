"""Rules for how text is written, in CSV and in fixed width: encoding, formats of values, widths."""

from __future__ import annotations

from collections.abc import Iterator

from export_jobs.core.base.issue import Issue, Level
from export_jobs.core.base.text import quote_value, text_issues
from export_jobs.core.catalogue.catalogue import ColumnType
from export_jobs.core.catalogue.selection import resolve_column, tables_of
from export_jobs.core.definitions.cell_format import (
    CELL_FORMAT_KEYS,
    KEYS_BY_TYPE,
    TEXT_FORMATS,
    CellFormat,
    column_format,
)
from export_jobs.core.definitions.column_use import MAX_WIDTH, ColumnUse
from export_jobs.core.definitions.job import JobSpec
from export_jobs.core.definitions.time_format import TIME_DIRECTIVES, time_format_issues
from export_jobs.core.sql.cell import is_formula
from export_jobs.core.validation.rule import RuleContext, Rules
from export_jobs.core.validation.rules.template_use import readable_uses

TEXT_FILE_RULES: Rules[JobSpec] = Rules()
MAX_WORD = 20
SINGLE_BYTE_ENCODINGS = {"iso-8859-1", "windows-1252"}
WORDS = ("true_text", "false_text")
_OF_COLUMNS = (*CELL_FORMAT_KEYS, "width", "align")


@TEXT_FILE_RULES.reads("file.encoding", "file.bom", "file.unencodable")
def encoding_makes_sense(job: JobSpec) -> Iterator[Issue]:
    """Only Unicode encodings have a byte order mark, and they have every character."""
    file = job.file
    if file.encoding in SINGLE_BYTE_ENCODINGS:
        if file.bom:
            what = f"{file.encoding} has no byte order mark"
            yield Issue("file.bom", what, "Leave bom out, or choose the encoding utf-8")
    elif file.unencodable != "fail":
        what = f"{file.encoding} has every character, so there is nothing to {file.unencodable}"
        yield Issue("file.unencodable", what, "Leave unencodable out, or choose the encoding of the receiver")


@TEXT_FILE_RULES.reads("file.format", "file.line_breaks")
def line_breaks_do_not_end_rows(job: JobSpec) -> Iterator[Issue]:
    """A fixed-width file has no quotes, so a line break in a cell would start another row."""
    if job.file.format == "fixed" and job.file.line_breaks == "keep":
        what = "a line break in a cell would end the row of a fixed-width file"
        yield Issue("file.line_breaks", what, "Leave line_breaks out, or write blank")


@TEXT_FILE_RULES.reads("file.format", "file.escape_formulas", "file.null_text", *(f"file.{key}" for key in WORDS))
def words_are_not_formulas(job: JobSpec) -> Iterator[Issue]:
    """Cells and headings are escaped. These words are not: the receiver would not recognise an escaped one."""
    # Only a warning for null_text: jobs that already deliver such a text must continue after an upgrade.
    yield from _formula_issues("file.null_text", job.file.null_text, job, Level.WARNING)
    for key in WORDS:
        yield from _formula_issues(f"file.{key}", getattr(job.file, key) or "", job)


@TEXT_FILE_RULES.reads("file.delimiter", *(f"file.{key}" for key in CELL_FORMAT_KEYS))
def cell_formats_are_valid(job: JobSpec) -> Iterator[Issue]:
    """Check what the job sets for all of its columns."""
    yield from _cell_format_issues("file", job.file)
    if (job.file.decimal_mark or ".") == job.file.thousands_mark:
        yield _same_marks("file.thousands_mark", job.file.thousands_mark)


@TEXT_FILE_RULES.looks_up("templates", "file")
def column_formats_fit_their_types(job: JobSpec, context: RuleContext) -> Iterator[Issue]:
    """Check that what a column sets for itself fits its type and the format of the file."""
    for path, use, template in readable_uses(job, context):
        table = tables_of(template, context.catalogue)[0]
        for index, column in enumerate(use.columns):
            if not any(getattr(column, key) is not None for key in _OF_COLUMNS):
                continue
            place = f"{path}.columns[{index}]"
            yield from _cell_format_issues(place, column)
            for key in WORDS:
                yield from _formula_issues(f"{place}.{key}", getattr(column, key) or "", job)
            yield from _format_issues(place, column, job)
            yield from _width_issues(place, column, job)
            kpi = context.catalogue.kpis.get(column.column) if column.column in template.kpis else None
            resolved = None if kpi else resolve_column(column.column, table, context.catalogue)
            if found := kpi or (resolved and resolved.column):
                yield from _type_issues(place, column, found.type)
                merged = column_format(found.type, found.decimals, job.file, column)
                if (merged.decimal_mark or ".") == merged.thousands_mark and column.thousands_mark is not None:
                    yield _same_marks(f"{place}.thousands_mark", merged.thousands_mark)


def _cell_format_issues(path: str, cell_format: CellFormat) -> Iterator[Issue]:
    for key in TIME_DIRECTIVES:
        pattern = getattr(cell_format, key)
        if pattern is not None:
            yield from time_format_issues(f"{path}.{key}", key, pattern)
    yes, no = cell_format.true_text, cell_format.false_text
    for key, text in zip(WORDS, (yes, no), strict=True):
        yield from text_issues(f"{path}.{key}", text or "", limit=MAX_WORD)
    if (yes is None) != (no is None):
        missing, there = ("false_text", "true_text") if no is None else ("true_text", "false_text")
        what = f"{there} is given, but {missing} is not"
        yield Issue(f"{path}.{missing}", what, "Give both or neither")
    elif yes is not None and yes == no:
        yield Issue(
            f"{path}.false_text", f"true and false would both be {quote_value(yes)}", "Write two different texts"
        )


def _formula_issues(place: str, text: str, job: JobSpec, level: Level = Level.ERROR) -> Iterator[Issue]:
    """Report a text that a spreadsheet runs. A sign alone, or before a number, is not one."""
    if job.file.format == "csv" and job.file.escape_formulas and is_formula(text):
        what = f"a spreadsheet would run {quote_value(text)} as a formula, and escape_formulas does not escape it"
        yield Issue(place, what, "Write it differently, such as in parentheses", level)


def _format_issues(place: str, column: ColumnUse, job: JobSpec) -> Iterator[Issue]:
    if job.file.format in TEXT_FORMATS:
        return
    for key in CELL_FORMAT_KEYS:
        if getattr(column, key) is not None:
            what = f"{quote_value(key)} applies only to csv and fixed, but the format is {job.file.format}"
            yield Issue(f"{place}.{key}", what, f"Leave {key} out, or choose the format csv or fixed")


def _width_issues(place: str, column: ColumnUse, job: JobSpec) -> Iterator[Issue]:
    for key in ("width", "align"):
        if getattr(column, key) is not None and job.file.format != "fixed":
            what = f"{quote_value(key)} applies only to fixed, but the format is {job.file.format}"
            yield Issue(f"{place}.{key}", what, f"Leave {key} out, or choose the format fixed")
    if column.width is not None and not 1 <= column.width <= MAX_WIDTH:
        what = f"{column.width} is not a width from 1 to {MAX_WIDTH} characters"
        yield Issue(f"{place}.width", what, "Write a number of characters")


def _type_issues(place: str, column: ColumnUse, kind: ColumnType) -> Iterator[Issue]:
    for key in CELL_FORMAT_KEYS:
        if getattr(column, key) is not None and key not in KEYS_BY_TYPE[kind]:
            of = " or ".join(other for other, keys in KEYS_BY_TYPE.items() if key in keys)
            what = f"{quote_value(column.column)} has the type {kind}, but {key} is for the type {of}"
            yield Issue(f"{place}.{key}", what, f"Leave {key} out")


def _same_marks(path: str, mark: str | None) -> Issue:
    what = f"{quote_value(mark)} would be both the thousands mark and the decimal mark"
    return Issue(path, what, "Choose two different marks")
