"""Check the catalogue and the databases that it names."""

from __future__ import annotations

from collections.abc import Iterator

from export_jobs import settings
from export_jobs.core.base.issue import errors
from export_jobs.core.catalogue.catalogue import Catalogue
from export_jobs.core.catalogue.dialect_names import POSTGRES
from export_jobs.core.validation.catalogue import validate_catalogue
from export_jobs.orchestration.airflow.connections import open_source, open_warehouse
from export_jobs.orchestration.catalogue import load_configured_catalogue
from export_jobs.orchestration.doctor.result import CheckResult, Outcome, Surroundings


def catalogue_is_valid(_: Surroundings) -> Iterator[CheckResult]:
    """Check that the catalogue's folder exists and that its files follow the rules."""
    folder = settings.catalogue_folder()
    catalogue = load_configured_catalogue()
    wrong = errors(validate_catalogue(catalogue))
    if wrong:
        what = f"{len(wrong)} errors in {folder}, the first: {wrong[0].path}: {wrong[0].what}"
        yield CheckResult("catalogue", Outcome.FAILED, what, "Run `export-jobs catalogue check` to see all errors")
        return
    size = f"{len(catalogue.facts)} facts, {len(catalogue.kpis)} KPIs, {len(catalogue.dimensions)} dimensions"
    if not catalogue.facts and not catalogue.dimensions:
        remedy = "Write facts/, kpis/ and dimensions/ there, or set EXPORT_JOBS_CATALOGUE to the folder that has them"
        yield CheckResult("catalogue", Outcome.WARNING, f"{folder} contains nothing to export", remedy)
        return
    yield CheckResult.ok("catalogue", f"{size} in {folder}")


def warehouses_answer(_: Surroundings) -> Iterator[CheckResult]:
    """Open a session with the database of every connection that the catalogue names."""
    catalogue = load_configured_catalogue()
    for name, dialect in sorted(_databases(catalogue)):
        subject = f"warehouse {name}"
        try:
            with open_source(name, dialect):
                pass
            yield from _postgres_role(subject, name) if dialect == POSTGRES else [_opened(subject, dialect)]
        except Exception as error:
            yield CheckResult.of_error(subject, error)


def _databases(catalogue: Catalogue) -> set[tuple[str, str]]:
    return {(table.connection, table.dialect) for table in catalogue.tables}


def _opened(subject: str, dialect: str) -> CheckResult:
    return CheckResult.ok(subject, f"reachable, dialect {dialect}")


def _postgres_role(subject: str, name: str) -> Iterator[CheckResult]:
    session = open_warehouse(name)
    try:
        row = session.execute("SELECT rolname, rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    finally:
        session.close()
    role, is_superuser = row or ("", False)
    if is_superuser:
        what = f"reachable, but its role {role!r} is a superuser and may read and write everything"
        yield CheckResult(
            subject, Outcome.WARNING, what, "Give the connection a role that may only read the tables it needs"
        )
    else:
        yield CheckResult.ok(subject, f"reachable as the role {role!r}")
