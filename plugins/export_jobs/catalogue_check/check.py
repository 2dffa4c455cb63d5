"""Check a catalogue against the live databases that it describes: read-only, and no row is shown."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass

from export_jobs.catalogue_check.probe import Probe
from export_jobs.catalogue_check.session import CatalogueSession
from export_jobs.catalogue_check.statements import probe_dimension, probe_groups, probe_kpis, probe_rows
from export_jobs.catalogue_check.tables import probe_order, probe_table, probe_unique_id
from export_jobs.core.base.issue import Issue, Level, errors
from export_jobs.core.base.text import suggest
from export_jobs.core.catalogue.catalogue import Catalogue, Dimension, Fact, Table
from export_jobs.core.catalogue.dialect_names import DUCKDB, POSTGRES
from export_jobs.core.validation.catalogue import split_location
from export_jobs.core.validation.catalogue_rules.place import locate_issue
from export_jobs.errors import ExportError, TransientError, UserError

_TYPED_DIALECTS = (POSTGRES, DUCKDB)


@dataclass(frozen=True)
class ConnectionCheck:
    """The result for one connection. ``questions``: number of queries; ``types_checked``: it reports column types."""

    connection: str
    dialect: str
    issues: tuple[Issue, ...]
    questions: int = 0
    types_checked: bool = False


def catalogue_connections(catalogue: Catalogue, wanted: str | None = None) -> list[str]:
    """Return the connections that facts and dimensions name. Raises ``UserError`` when ``wanted`` is not among them."""
    names = sorted({table.connection for table in catalogue.tables})
    if wanted is not None and wanted not in names:
        remedy = suggest(wanted, names, none="The catalogue names none yet")
        raise UserError(f"No fact or dimension of the catalogue names the connection {wanted!r}", remedy)
    return [wanted] if wanted is not None else names


def check_connection(
    name: str, catalogue: Catalogue, found: Iterable[Issue], open_session: Callable[[str, str], CatalogueSession]
) -> list[ConnectionCheck]:
    """Check everything that the catalogue has on the connection ``name``, with one session for each dialect.

    ``found`` is what the rules have already found: entries with an error are not checked again. ``open_session``
    opens a connection by its id and dialect, and raises ``ExportError`` when something is missing.
    """
    tables = [table for table in catalogue.tables if table.connection == name]
    broken = {split_location(issue)[0] for issue in errors(found)}
    checked = []
    for dialect in sorted({table.dialect for table in tables}):
        own = [table for table in tables if table.dialect == dialect]
        try:
            session = open_session(name, dialect)
        except ExportError as error:
            checked.append(ConnectionCheck(name, dialect, (_connection_issue(own[0], error),)))
            continue
        with closing(session):
            checked.append(check_tables(session, own, catalogue, broken=broken))
    return checked


def check_tables(
    session: CatalogueSession,
    tables: Sequence[Table],
    catalogue: Catalogue,
    *,
    broken: Collection[str] = (),
) -> ConnectionCheck:
    """Check ``tables``, all of one connection and dialect, with an open ``session``; ``broken`` files are left out."""
    name, dialect = tables[0].connection, tables[0].dialect
    probe = Probe(session, catalogue, set(broken))
    if dialect not in _TYPED_DIALECTS:
        what = f"types are NOT checked: a database of the dialect {dialect} does not report types of columns"
        remedy = "Compare the types in the headers with the tables yourself"
        probe.add_issue(tables[0], Issue("connection", what, remedy, Level.WARNING))
    _run_probes(probe, tables)
    return ConnectionCheck(name, dialect, tuple(probe.issues), probe.questions, dialect in _TYPED_DIALECTS)


def _run_probes(probe: Probe, tables: Sequence[Table]) -> None:
    for table in tables:
        if table.file not in probe.broken:
            probe_table(probe, table)
    for table in tables:
        if isinstance(table, Fact) and table.file not in probe.broken:
            _probe_fact(probe, table)
    for table in tables:
        if isinstance(table, Dimension) and table.file not in probe.broken:
            probe_dimension(probe, table)
            probe_unique_id(probe, table)


def _probe_fact(probe: Probe, fact: Fact) -> None:
    kpis = [kpi for kpi in probe.catalogue.kpis.values() if kpi.fact == fact.key and kpi.file not in probe.broken]
    probe_kpis(probe, fact, kpis)
    probe_rows(probe, fact)
    if fact.file not in probe.broken:
        probe_groups(probe, fact, [kpi for kpi in kpis if kpi.file not in probe.broken])
        probe_order(probe, fact)


def _connection_issue(table: Table, error: ExportError) -> Issue:
    remedy = error.remedy
    if isinstance(error, TransientError):  # its remedy is for a task that is retried
        remedy = "Check its host, path and password under Admin > Connections"
    return locate_issue(table, Issue("connection", error.what, remedy))
