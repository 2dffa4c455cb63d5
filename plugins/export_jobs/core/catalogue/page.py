"""Render the catalogue as a page: KPIs, dimensions and facts, and which ones can be combined."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from export_jobs.core.base.document import Block, Code, Grid, Heading, Paragraph
from export_jobs.core.catalogue.catalogue import DATE_PARTS, Catalogue, Entry, Fact, Table, TableColumn

TITLE = "What can be exported"
YES, NO, NOTHING = "yes", "no", "-"


def catalogue_page(catalogue: Catalogue) -> list[Block]:
    """Return the whole page; entries in alphabetical order of their titles."""
    return [
        Heading(1, [TITLE]),
        *_kpi_blocks(catalogue),
        *_matrix_blocks(catalogue),
        *_dimension_blocks(catalogue),
        *_fact_blocks(catalogue),
    ]


def sorted_by_title(entries: Mapping[str, Entry]) -> list[Entry]:
    """Return entries sorted by title, ignoring capitals."""
    return sorted(entries.values(), key=lambda entry: (entry.title.casefold(), entry.key))


def _kpi_blocks(catalogue: Catalogue) -> Iterator[Block]:
    yield Heading(2, ["KPIs"])
    yield Paragraph(
        [
            "An additive KPI may be summed over the groups of a file. One that is not, such as a ratio, is computed "
            "separately for every grouping; its groups must not be summed."
        ]
    )
    rows = [
        (
            kpi.title,
            Code(kpi.key),
            kpi.description or NOTHING,
            kpi.unit or NOTHING,
            _yes_or_no(kpi.additive),
            Code(kpi.fact),
        )
        for kpi in sorted_by_title(catalogue.kpis)
    ]
    yield Grid(("KPI", "key", "what it is", "unit", "additive", "fact"), rows)


def _matrix_blocks(catalogue: Catalogue) -> Iterator[Block]:
    yield Heading(2, ["Dimensions of each KPI"])
    yield Paragraph(
        [
            f"Every KPI is also available by {', '.join(DATE_PARTS)} of its fact's date. KPIs of several facts can be "
            "in one file, by the dimensions that all of these facts reach."
        ]
    )
    dimensions = [dimension for dimension in sorted_by_title(catalogue.dimensions) if dimension.facts]
    reached = {key: set(catalogue.dimensions_of(key)) for key in catalogue.facts}
    rows = [
        (kpi.title, *(YES if dimension.key in reached.get(kpi.fact, ()) else NOTHING for dimension in dimensions))
        for kpi in sorted_by_title(catalogue.kpis)
    ]
    yield Grid(("KPI", *(dimension.title for dimension in dimensions)), rows)


def _dimension_blocks(catalogue: Catalogue) -> Iterator[Block]:
    yield Heading(2, ["Dimensions"])
    for dimension in sorted_by_title(catalogue.dimensions):
        yield from _table_heading(dimension)
        ways = [(Code(fact), " by ", Code(by)) for fact, by in dimension.facts.items()]
        yield Paragraph(
            [
                "Shown as ",
                Code(dimension.label),
                ", one row for each ",
                Code(dimension.id),
                ". Reached from ",
                *_comma_separated(ways),
                ". It may be exported whole." if dimension.exportable else ". It is not exported whole.",
            ]
        )
        yield _column_grid(dimension)


def _fact_blocks(catalogue: Catalogue) -> Iterator[Block]:
    yield Heading(2, ["Facts"])
    for fact in sorted_by_title(catalogue.facts):
        yield from _table_heading(fact)
        updated = [", last changed at ", Code(fact.updated_at.column)] if fact.updated_at else []
        reached = [(Code(key),) for key in catalogue.dimensions_of(fact.key)]
        grain = f"Grain: {fact.grain}. " if fact.grain else ""
        yield Paragraph(
            [
                grain,
                "Dated by ",
                Code(fact.event_date.column),
                *updated,
                ". It reaches ",
                *_comma_separated(reached),
                ".",
            ]
        )
        yield _column_grid(fact)


def _table_heading(table: Table) -> Iterator[Block]:
    yield Heading(3, [table.title, " (", Code(table.key), ")"])
    if table.description:
        yield Paragraph([table.description])


def _column_grid(table: Table) -> Block:
    rows = [
        (
            Code(name),
            column.type,
            column.unit or NOTHING,
            _column_kind(name, table),
            _yes_or_no(column.filterable),
            _column_note(column),
        )
        for name, column in table.fields.items()
    ]
    return Grid(("column", "type", "unit", "kind", "filter by it", "what it is"), rows)


def _column_kind(name: str, table: Table) -> str:
    if not isinstance(table, Fact):
        return "attribute"
    return "computed" if name in table.custom_fields else "measure" if name in table.measures else "column"


def _column_note(column: TableColumn) -> str:
    rounded = f"rounded to {column.decimals} decimals" if column.decimals is not None else ""
    return ". ".join(filter(None, (column.title, column.description.rstrip("."), rounded))) or NOTHING


def _comma_separated(entries: Iterable[tuple[str, ...]]) -> list[str]:
    words = [word for entry in entries for word in (", ", *entry)][1:]
    return words or ["nothing"]


def _yes_or_no(is_so: bool) -> str:
    return YES if is_so else NO
