"""What the Dag processor's own process writes to Airflow's database for us. Tasks and parses have no access to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError


def has_database() -> bool:
    """Return whether this process can use Airflow's database; Airflow removes that access from tasks and parses."""
    from airflow import settings  # noqa: PLC0415  of the Dag processor alone

    return getattr(settings, "NonScopedSession", None) is not None


def reset_dag_ages(bundle_name: str) -> None:
    """Count the age of the bundle's Dags from now.

    Airflow removes a Dag when its file was parsed a minute after the Dag was last seen, and also counts the time in
    which no Dag processor ran. One parse that is killed after a restart would then remove all Dags of its file.
    """
    from airflow.models.dag import DagModel  # noqa: PLC0415  of the Dag processor alone
    from airflow.utils.session import create_session  # noqa: PLC0415

    live = update(DagModel).where(DagModel.bundle_name == bundle_name, ~DagModel.is_stale)
    with create_session(scoped=False) as session:
        session.execute(live.values(last_parsed_time=func.now()), execution_options={"synchronize_session": False})


def create_missing_pools(slots: Mapping[str, int]) -> list[str]:
    """Create each missing pool with the given slots and return the created ones; existing pools stay unchanged.

    Airflow never starts a task in a pool that does not exist, and only logs this in the scheduler.
    """
    from airflow.models.pool import Pool  # noqa: PLC0415
    from airflow.utils.session import create_session  # noqa: PLC0415

    made = []
    with create_session(scoped=False) as session:
        there = set(session.scalars(select(Pool.pool).where(Pool.pool.in_(slots))))
        for name in sorted(slots.keys() - there):
            description = "Tasks of export jobs"
            session.add(Pool(pool=name, slots=slots[name], description=description, include_deferred=False))
            made.append(name)
    return made


def request_parses(bundle_name: str, files: Iterable[str]) -> None:
    """Ask for files to be parsed first, as the button on Airflow's page does."""
    from airflow.models.dagbag import DagPriorityParsingRequest  # noqa: PLC0415
    from airflow.utils.session import create_session  # noqa: PLC0415

    for file in files:
        # An equal request that is already waiting is enough.
        with suppress(IntegrityError), create_session(scoped=False) as session:
            session.add(DagPriorityParsingRequest(bundle_name, file))
