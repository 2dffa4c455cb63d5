"""Check the store: whether it answers, and whether each login has the rights that it needs and no others."""

from __future__ import annotations

from collections.abc import Iterator

from export_jobs import settings
from export_jobs.orchestration.airflow.connections import (
    airflow_connection,
    has_connection,
    store_engine,
    task_store_engine,
)
from export_jobs.orchestration.doctor.result import CheckResult, Outcome, Surroundings
from export_jobs.store.database.rights import StoreLogin, store_login
from export_jobs.store.database.roles import PAGE, TASKS
from export_jobs.store.schema import current_revision, is_read_only, newest_revision

_POSTGRES_TYPES = {"postgres", "postgresql"}
_HOW_TO = "see docs/howto/database-roles.md"


def store_is_current(_: Surroundings) -> Iterator[CheckResult]:
    """Check that the store answers, has the tables of this version, and gives each login the rights that it needs."""
    found = airflow_connection(settings.STORE_CONNECTION, "the store of the export jobs")
    if found.conn_type not in _POSTGRES_TYPES:
        what = f"the connection {settings.STORE_CONNECTION!r} is of type {found.conn_type!r}, not Postgres"
        yield CheckResult("store", Outcome.FAILED, what, "Set the type to Postgres under Admin > Connections")
        return
    current, newest = current_revision(store_engine()), newest_revision()
    if current != newest:
        at = f"at revision {current}" if current else "empty"
        what = f"the store is {at}, but this version needs revision {newest}"
        yield CheckResult("store", Outcome.FAILED, what, "Run `export-jobs db upgrade` as the owner of its schema")
        return
    if is_read_only(store_engine()):
        what = "the store can only be read, so nothing can be saved and no run can be recorded"
        remedy = (
            "Point the connection at the primary server, or reset default_transaction_read_only of login and database"
        )
        yield CheckResult("store", Outcome.FAILED, what, remedy)
        return
    logins = _logins()
    incomplete = [(login, roles) for login, roles in logins if login.missing]
    for login, roles in incomplete:
        what = f"the role {login.role!r} does not have {', '.join(login.missing)}"
        yield CheckResult("store", Outcome.FAILED, what, f"Ask the store's owner to grant it {' and '.join(roles)}")
    if not incomplete:
        names = " and ".join(dict.fromkeys(repr(login.role) for login, _ in logins))
        yield CheckResult.ok("store", f"reachable, at revision {current}, as the role {names}")
    yield from _needless_rights([login for login, _ in logins])


def _logins() -> list[tuple[StoreLogin, tuple[str, ...]]]:
    """Return each login with the roles that it needs: one login for both, or one for the page and one for tasks."""
    if not has_connection(settings.STORE_TASKS_CONNECTION):
        return [(store_login(store_engine(), PAGE, TASKS), (PAGE, TASKS))]
    return [(store_login(store_engine(), PAGE), (PAGE,)), (store_login(task_store_engine(), TASKS), (TASKS,))]


def _needless_rights(logins: list[StoreLogin]) -> Iterator[CheckResult]:
    owners = dict.fromkeys(login.role for login in logins if login.is_owner)
    if owners:
        what = (
            f"the role {' and '.join(map(repr, owners))} owns the store's tables, so anyone with that login can "
            "disable the guards and rewrite the ledger"
        )
        remedy = f"Give the page and the tasks separate logins, with the roles {PAGE} and {TASKS}; {_HOW_TO}"
        yield CheckResult("store rights", Outcome.WARNING, what, remedy)
    public_rights = logins[0].public_rights
    if public_rights:
        what = f"every login of the database may {', '.join(public_rights)}"
        remedy = f"Run `export-jobs db upgrade`, or ask the database's owner to revoke it from PUBLIC; {_HOW_TO}"
        yield CheckResult("store rights", Outcome.WARNING, what, remedy)
    if not owners and not public_rights:
        yield CheckResult.ok("store rights", "no login of Airflow owns the store's tables")
