"""Entries of the catalogue as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from export_jobs.core.base.text import suggest
from export_jobs.core.catalogue.catalogue import DATE_PARTS, Catalogue, Dimension, Fact, Kpi, TableColumn
from export_jobs.core.catalogue.page import sorted_by_title
from export_jobs.errors import UserError

CatalogueEntry = Fact | Kpi | Dimension
_KINDS = {Fact: "fact", Kpi: "KPI", Dimension: "dimension"}


def find_entries(key: str, catalogue: Catalogue) -> list[CatalogueEntry]:
    """Return the entries with that key: a fact and a KPI can share one. Raise ``UserError`` when there is none."""
    folders = (catalogue.facts, catalogue.kpis, catalogue.dimensions)
    found: list[CatalogueEntry] = [folder[key] for folder in folders if key in folder]
    if not found:
        known = [key for folder in folders for key in folder]
        unread = next((issue for issue in catalogue.issues if f"/{key}.sql" in issue.path), None)
        remedy = f"{unread.path}: {unread.what}" if unread else suggest(key, known, none="The catalogue is empty")
        raise UserError(f"There is no fact, KPI or dimension {key!r}", remedy)
    return found


def list_rows(catalogue: Catalogue) -> Iterator[tuple[str, ...]]:
    """Yield a row for each entry: kind, key, title, its fact or connection, what it reaches."""
    for fact in sorted_by_title(catalogue.facts):
        yield "fact", fact.key, fact.title, fact.connection, _words(catalogue.dimensions_of(fact.key))
    for kpi in sorted_by_title(catalogue.kpis):
        additive = "additive" if kpi.additive else "not additive"
        yield "KPI", kpi.key, f"{kpi.title}{f' ({kpi.unit})' if kpi.unit else ''}", kpi.fact, additive
    for dimension in sorted_by_title(catalogue.dimensions):
        whole = "whole, " if dimension.exportable else ""
        yield (
            "dimension",
            dimension.key,
            dimension.title,
            dimension.connection,
            f"{whole}from {_words(dimension.facts)}",
        )


def list_document(catalogue: Catalogue) -> dict[str, Any]:
    """Return the whole catalogue as JSON."""
    return {
        "facts": [entry_document(entry, catalogue) for entry in catalogue.facts.values()],
        "kpis": [entry_document(entry, catalogue) for entry in catalogue.kpis.values()],
        "dimensions": [entry_document(entry, catalogue) for entry in catalogue.dimensions.values()],
    }


def entry_document(entry: CatalogueEntry, catalogue: Catalogue) -> dict[str, Any]:
    """Return one entry as JSON, with what it reaches."""
    document = {"kind": _KINDS[type(entry)], **entry.model_dump(mode="json")}
    if isinstance(entry, Fact):
        kpis = [kpi.key for kpi in catalogue.kpis.values() if kpi.fact == entry.key]
        return {**document, "kpis": kpis, "dimensions": _reached_dimensions(entry.key, catalogue)}
    if isinstance(entry, Kpi):
        return {**document, "dimensions": _reached_dimensions(entry.fact, catalogue)}
    return document


def entry_text(entry: CatalogueEntry, catalogue: Catalogue) -> str:
    """Return one entry in full: its header, what it reaches, its columns, its SQL."""
    lines = [f"{_KINDS[type(entry)]} {entry.key}: {entry.title}", f"  {entry.description}", ""]
    lines += [f"  {name:<12} {value}" for name, value in _entry_details(entry, catalogue) if value]
    if not isinstance(entry, Kpi):
        lines += ["", "  columns", *(f"    {name:<24} {_column(column)}" for name, column in entry.fields.items())]
    lines += ["", *(f"    {line}".rstrip() for line in entry.sql.splitlines())]
    return "\n".join(line for number, line in enumerate(lines) if line.strip() or number > 1) + "\n"


def _entry_details(entry: CatalogueEntry, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    yield "file", f"{entry.file}, SQL from line {entry.line}"
    if isinstance(entry, Kpi):
        yield "of the fact", entry.fact
        yield "additive", "yes" if entry.additive else "no, recomputed at every grain"
        yield "type", _column(TableColumn(type=entry.type, unit=entry.unit, decimals=entry.decimals))
        yield "by", _words([*_reached_dimensions(entry.fact, catalogue), *DATE_PARTS])
        return
    yield "connection", f"{entry.connection} ({entry.dialect})"
    yield "customer", entry.customer or ""
    if isinstance(entry, Fact):
        yield "grain", entry.grain
        yield "event date", f"{entry.event_date.column} ({entry.event_date.type})"
        yield "updated", f"{entry.updated_at.column} ({entry.updated_at.type})" if entry.updated_at else "never"
        yield "order", _words(entry.order_by)
        yield "KPIs", _words(kpi.key for kpi in catalogue.kpis.values() if kpi.fact == entry.key)
        yield "reaches", _words(f"{key} by {way}" for key, way in _reached_dimensions(entry.key, catalogue).items())
    else:
        yield "id, label", f"{entry.id}, {entry.label}"
        yield "whole", "may be exported whole" if entry.exportable else "is not exported whole"
        yield "reached from", _words(f"{fact} by {by}" for fact, by in entry.facts.items())


def _reached_dimensions(fact: str, catalogue: Catalogue) -> dict[str, str]:
    """Return, by dimension, the column by which the fact reaches it."""
    return {key: catalogue.dimensions[key].facts[fact] for key in catalogue.dimensions_of(fact)}


def _column(column: TableColumn) -> str:
    rounded = f"{column.decimals} decimals" if column.decimals is not None else ""
    hidden = "" if column.filterable else "not filterable"
    return ", ".join(filter(None, (column.type, column.unit, rounded, hidden, column.title, column.description)))


def _words(words: Any) -> str:
    return ", ".join(words) or "nothing"
