"""What commands work on: the store, the catalogue, Airflow. Each is opened on first use, never at import."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from export_jobs import settings
from export_jobs.core.base.text import suggest
from export_jobs.core.catalogue.catalogue import Catalogue
from export_jobs.core.definitions.job import DestinationSpec
from export_jobs.errors import ExportError, UserError
from export_jobs.orchestration.catalogue import load_configured_catalogue
from export_jobs.store.definitions import Definitions
from export_jobs.store.ledger import Ledger
from export_jobs.store.overview import JobOverview
from export_jobs.store.stored_job import StoredJob

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from export_jobs.cli.output import Output

_STORE_VARIABLE = f"AIRFLOW_CONN_{settings.STORE_CONNECTION.upper()}"
_DEMO_ENVIRONMENT = Path(".demo/env")


class NoStoreError(UserError):
    """No store is configured on this machine."""


def engine() -> Engine:
    """Return the store's engine; raise ``NoStoreError``, which says how to configure a store."""
    from export_jobs.orchestration.airflow.connections import store_engine  # noqa: PLC0415  loads Airflow, which takes a second

    return _opened(store_engine)


def owner_engine() -> Engine:
    """Return the store's engine for migrations: as the owner of its schema if the owner has its own connection."""
    from export_jobs.orchestration.airflow.connections import owner_store_engine  # noqa: PLC0415  as above

    return _opened(owner_store_engine)


def _opened(create: Callable[[], Engine]) -> Engine:
    try:
        return create()
    except UserError as error:
        if os.environ.get(_STORE_VARIABLE):
            raise
        hint = (
            f". To use the demo of this folder, run `source {_DEMO_ENVIRONMENT}` first"
            if _DEMO_ENVIRONMENT.is_file()
            else ""
        )
        raise NoStoreError(
            "No store is configured",
            f"Set {_STORE_VARIABLE}=postgresql://user:password@host/database, or create the connection "
            f"{settings.STORE_CONNECTION!r} in Airflow; then run `export-jobs db upgrade` once{hint}",
        ) from error


def has_store() -> bool:
    """Return whether a store is configured; this does not show whether it answers."""
    try:
        engine()
    except NoStoreError:
        return False
    return True


def definitions() -> Definitions:
    """Return the definitions in the store."""
    return Definitions(engine())


def ledger() -> Ledger:
    """Return the ledger in the store."""
    return Ledger(engine())


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """Return the catalogue; raise ``UserError`` when its folder is missing."""
    return load_configured_catalogue()


def stored_job(name: str) -> StoredJob:
    """Return the job ``name``; raise ``UserError`` with similar names if there is none."""
    found = definitions().job(name)
    if found is None:
        remedy = suggest(name, [job.name for job in definitions().jobs()], none="The store has no job yet")
        raise UserError(f"There is no job {name!r}", remedy)
    return found


def destination(tag: str) -> DestinationSpec:
    """Return the destination ``tag``; raise ``UserError`` with similar tags if there is none."""
    found = definitions().destination(tag)
    if found is None:
        known = [spec.tag for spec in definitions().destinations()]
        raise UserError(f"There is no destination {tag!r}", suggest(tag, known, none="The store has none yet"))
    return found


def last_window_ends() -> dict[int, datetime]:
    """Return, by job id, the end of the last scheduled window that was started: the next window starts there."""
    return JobOverview(engine()).last_scheduled_ends()


def actor() -> str:
    """Return who makes a change, for the audit log."""
    return f"{getpass.getuser()} (export-jobs)"


def airflow_pools(output: Output) -> dict[str, int] | None:
    """Return the slots of Airflow's pools by name; None, with a remark, where Airflow cannot be reached."""
    from export_jobs.orchestration.airflow.api import AirflowApi  # noqa: PLC0415  loads httpx and Airflow
    from export_jobs.orchestration.airflow.pools import slots_over_api  # noqa: PLC0415  as above

    try:
        return slots_over_api(AirflowApi.from_connection())
    except ExportError as error:
        output.line(f"Could not check whether Airflow has the pools of these jobs. {error}")
        return None


def announce_change(output: Output, *, deleted: str | None = None) -> None:
    """Ask Airflow to parse now, so that it sees a change at once; the change is saved even if Airflow is away.

    ``deleted`` is the Dag of a deleted job: Airflow takes a minute or two to remove it, so it is paused until then.
    """
    from export_jobs.orchestration.airflow.api import AirflowApi  # noqa: PLC0415  loads httpx and Airflow

    try:
        api = AirflowApi.from_connection()
        if deleted:
            api.pause(deleted)
        api.parse_now()
    except ExportError as error:
        output.line(f"Airflow could not be asked to parse now; it will see the change at its next parse. {error}")
    else:
        output.line("Airflow was asked to parse now.")
