"""Build the statement of a custom template: KPIs of any number of facts by the dimensions that all of them reach.

Each fact is aggregated separately at the grain of the file, and the groups are joined afterwards, so no row of one fact
is counted for a row of another. GROUP BY treats NULL as a value, so a group without a dimension row stays one group.
Where a fact has no rows for a group, its KPIs have their value over no rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from export_jobs.core.catalogue.catalogue import Fact, Kpi, TableColumn
from export_jobs.core.catalogue.dialect_names import POSTGRES
from export_jobs.core.catalogue.selection import ResolvedColumn
from export_jobs.core.definitions.cell_format import AS_STORED
from export_jobs.core.sql.cell import value_sql
from export_jobs.core.sql.compiled import Column
from export_jobs.core.sql.dialect import order_term, quote_identifier
from export_jobs.core.sql.draft import StatementDraft
from export_jobs.core.sql.rows import TableRows, column_sql, table_rows
from export_jobs.core.sql.text import escape_percent

_Cells = dict[str, tuple[str, Column]]


@dataclass(frozen=True)
class Group:
    """A dimension by which rows are grouped. ``names`` are its columns in the statement; the last one is shown."""

    reference: str
    column: TableColumn
    names: tuple[str, ...]


@dataclass(frozen=True)
class NamedSql:
    """An expression and its quoted name; ``inner`` is both, as an entry of a SELECT."""

    sql: str
    name: str

    @property
    def inner(self) -> str:
        """``expression AS name``."""
        return f"{self.sql} AS {self.name}"


@dataclass(frozen=True)
class FactGroups:
    """One fact of the statement, aggregated separately; the names are those of its parts."""

    rows: TableRows
    groups: tuple[NamedSql, ...]
    kpis: tuple[NamedSql, ...]
    rows_name: str
    kpis_name: str
    none_name: str


def groups_context(draft: StatementDraft) -> tuple[dict[str, Any], tuple[Column, ...]]:
    """Return the values for the statement template, and the columns of the file."""
    chosen = [use.column for use in draft.columns]
    kpis = [draft.catalogue.kpis[key] for key in chosen if key in draft.template.kpis]
    facts = [draft.catalogue.facts[key] for key in dict.fromkeys(kpi.fact for kpi in kpis)]
    groups = _groups(draft, facts[0], [name for name in draft.template.dimensions if name in chosen])
    parts = [_fact_groups(draft, fact, groups, kpis, number) for number, fact in enumerate(facts, start=1)]
    cells = _cells(draft, groups, kpis, facts)
    names = [quote_identifier(name, draft.dialect) for name in chosen]
    values = {
        "facts": parts,
        "group_names": [name for group in groups for name in group.names],
        "columns": [{"sql": cells[ref][0], "name": name} for ref, name in zip(chosen, names, strict=True)],
        "order_by": _group_order_terms(draft, groups, chosen, {kpi.key: _kpi_order(draft, kpi, facts) for kpi in kpis}),
    }
    return values, tuple(cells[use.column][1] for use in draft.columns)


def _groups(draft: StatementDraft, fact: Fact, references: Sequence[str]) -> list[Group]:
    groups = []
    for number, reference in enumerate(references, start=1):
        resolved = draft.resolve_dimension(reference, fact)
        names = [f"group {number}"] if not _is_label(reference, resolved) else [f"group {number}", f"label {number}"]
        groups.append(Group(reference, resolved.column, tuple(quote_identifier(name, draft.dialect) for name in names)))
    return groups


def _is_label(reference: str, resolved: ResolvedColumn) -> bool:
    """Whether the reference means the dimension itself: two of its rows with one label are two groups."""
    return resolved.dimension is not None and "." not in reference


def _fact_groups(draft: StatementDraft, fact: Fact, groups: list[Group], kpis: list[Kpi], number: int) -> FactGroups:
    resolved_columns = {group.reference: draft.resolve_dimension(group.reference, fact) for group in groups}
    prefix = "" if number == 1 else f"f{number}_"
    columns = []
    for group in groups:
        resolved = resolved_columns[group.reference]
        texts = [column_sql(draft, fact, resolved)]
        if _is_label(group.reference, resolved):
            key = ResolvedColumn(
                resolved.column, draft.catalogue.dimensions[resolved.dimension or ""].id, resolved.dimension
            )
            texts.insert(0, column_sql(draft, fact, key))
        columns += [NamedSql(sql, name) for sql, name in zip(texts, group.names, strict=True)]
    for kpi in kpis:
        if kpi.fact == fact.key:
            draft.dependencies.add_kpi(fact, kpi)
    return FactGroups(
        rows=table_rows(draft, fact, resolved_columns.values(), prefix),
        groups=tuple(columns),
        kpis=tuple(
            NamedSql(escape_percent(k.sql), quote_identifier(k.key, draft.dialect)) for k in kpis if k.fact == fact.key
        ),
        rows_name=quote_identifier(f"{fact.key} rows", draft.dialect),
        kpis_name=quote_identifier(f"{fact.key} KPIs", draft.dialect),
        none_name=quote_identifier(f"{fact.key} without rows", draft.dialect),
    )


def _cells(draft: StatementDraft, groups: list[Group], kpis: list[Kpi], facts: list[Fact]) -> _Cells:
    """Return, by reference, the finished cell and the column of everything that can be shown."""
    cells = {}
    for group in groups:
        kind, decimals = group.column.type, group.column.decimals
        column = draft.column(group.reference, kind, decimals)
        cells[group.reference] = (draft.cell(group.names[-1], column), column)
    for kpi in kpis:
        column = draft.column(kpi.key, kpi.type, kpi.decimals)
        cells[kpi.key] = (draft.cell(_kpi_sql(draft, kpi, facts), column), column)
    return cells


def _kpi_sql(draft: StatementDraft, kpi: Kpi, facts: list[Fact]) -> str:
    if len(facts) == 1:
        return escape_percent(kpi.sql)
    number = next(number for number, fact in enumerate(facts, start=1) if fact.key == kpi.fact)
    return _kpi_of_fact(quote_identifier(kpi.key, draft.dialect), number)


def _kpi_of_fact(name: str, number: int) -> str:
    """Return a KPI of one of several facts: a group has one row for each fact, and its own fact's row has the value."""
    own = f"CASE WHEN fact_number = {number} THEN"
    return f"CASE WHEN count({own} 1 END) > 0 THEN max({own} {name} END) ELSE max({name}) END"


def _kpi_order(draft: StatementDraft, kpi: Kpi, facts: list[Fact]) -> str:
    """Return by what rows are ordered where the formatted cell would sort as text; empty where it would not."""
    if draft.dialect != POSTGRES or draft.column(kpi.key, kpi.type, kpi.decimals).cell_format == AS_STORED:
        return ""
    return value_sql(_kpi_sql(draft, kpi, facts), kpi.decimals, draft.dialect)


def _group_order_terms(
    draft: StatementDraft, groups: list[Group], chosen: list[str], kpi_orders: dict[str, str]
) -> list[str]:
    """Return the job's order, then every group, so that the order of rows is always the same."""
    by_reference = {group.reference: group for group in groups}
    terms = []
    for ordered_by in draft.use.order_by:
        reference = ordered_by.removeprefix("-")
        if reference in by_reference:
            group = by_reference[reference]
            terms.append((group.names[-1], group.column.type, ordered_by != reference))
        else:  # its place in the SELECT, since a column of the fact may have the KPI's name
            place = kpi_orders.get(reference) or str(chosen.index(reference) + 1)
            terms.append((place, "number", ordered_by != reference))
    for group in groups:
        terms += [(name, _group_type(draft, group, name), False) for name in reversed(group.names)]
    texts = [order_term(sql, kind, draft.dialect, is_descending=down) for sql, kind, down in terms]
    return list(dict.fromkeys(texts))


def _group_type(draft: StatementDraft, group: Group, name: str) -> Any:
    if name == group.names[-1]:
        return group.column.type
    dimension = draft.catalogue.dimensions[group.reference]
    return dimension.fields[dimension.id].type
