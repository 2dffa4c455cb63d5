"""What commands work on: the store, the catalogue, Airflow. Opened when asked for; nothing is opened at import."""

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
    """The store's engine; raises ``NoStoreError`` that says how to configure one."""
    from export_jobs.orchestration.airflow.connections import store_engine  # noqa: PLC0415  loads Airflow, which takes a second

    return _opened(store_engine)


def owner_engine() -> Engine:
    """The store's engine for migrations: as the owner of its schema where that has a connection of its own."""
    from export_jobs.orchestration.airflow.connections import owner_store_engine  # noqa: PLC0415  as above

    return _opened(owner_store_engine)


def _opened(make: Callable[[], Engine]) -> Engine:
    try:
        return make()
    except UserError as error:
        if os.environ.get(_STORE_VARIABLE):
            raise
        hint = f". A demo is here: run `source {_DEMO_ENVIRONMENT}` first" if _DEMO_ENVIRONMENT.is_file() else ""
        raise NoStoreError(
            "No store is configured",
            f"Set {_STORE_VARIABLE}=postgresql://user:password@host/database, or create the connection "
            f"{settings.STORE_CONNECTION!r} in Airflow; then run `export-jobs db upgrade` once{hint}",
        ) from error


def has_store() -> bool:
    """Whether a store is configured; whether it answers shows only on first use."""
    try:
        engine()
    except NoStoreError:
        return False
    return True


def definitions() -> Definitions:
    """The definitions in the store."""
    return Definitions(engine())


def ledger() -> Ledger:
    """The ledger in the store."""
    return Ledger(engine())


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """The catalogue; raises ``UserError`` when its folder is missing."""
    return load_configured_catalogue()


def stored_job(name: str) -> StoredJob:
    """The job ``name``; raises ``UserError`` that names the near ones."""
    found = definitions().job(name)
    if found is None:
        remedy = suggest(name, [job.name for job in definitions().jobs()], none="The store holds no job yet")
        raise UserError(f"There is no job {name!r}", remedy)
    return found


def destination(tag: str) -> DestinationSpec:
    """The destination ``tag``; raises ``UserError`` that names the near ones."""
    found = definitions().destination(tag)
    if found is None:
        known = [spec.tag for spec in definitions().destinations()]
        raise UserError(f"There is no destination {tag!r}", suggest(tag, known, none="The store holds none yet"))
    return found


def last_window_ends() -> dict[int, datetime]:
    """By job id, the end of the last scheduled window that was begun: the next one starts there."""
    return JobOverview(engine()).last_scheduled_ends()


def actor() -> str:
    """Who makes a change, for the record."""
    return f"{getpass.getuser()} (export-jobs)"


def airflow_pools(output: Output) -> dict[str, int] | None:
    """Slots of Airflow's pools by name; None, with a remark, where Airflow cannot be asked."""
    from export_jobs.orchestration.airflow.api import AirflowApi  # noqa: PLC0415  loads httpx and Airflow
    from export_jobs.orchestration.airflow.pools import slots_over_api  # noqa: PLC0415  as above

    try:
        return slots_over_api(AirflowApi.from_connection())
    except ExportError as error:
        output.line(f"Whether Airflow has the pools of these jobs is not known. {error}")
        return None


def announce_change(output: Output, *, deleted: str | None = None) -> None:
    """Let Airflow see a change at once. What is saved is saved, so Airflow being away is only worth a remark.

    ``deleted`` is the Dag of a deleted job: Airflow takes a minute or two to forget one, so it is paused meanwhile.
    """
    from export_jobs.orchestration.airflow.api import AirflowApi  # noqa: PLC0415  loads httpx and Airflow

    try:
        api = AirflowApi.from_connection()
        if deleted:
            api.pause(deleted)
        api.parse_now()
    except ExportError as error:
        output.line(f"Airflow was not asked to parse now; it finds the change at its next turn. {error}")
    else:
        output.line("Airflow was asked to parse now.")
