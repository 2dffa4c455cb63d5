"""What the Dag processor's own process writes to Airflow's database for us. No task and no parse has access to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError


def has_database() -> bool:
    """Whether this process may ask Airflow's database; Airflow takes that away from each task and each parse."""
    from airflow import settings  # noqa: PLC0415  of the Dag processor alone

    return getattr(settings, "NonScopedSession", None) is not None


def begin_anew(bundle_name: str) -> None:
    """Count the age of the bundle's Dags from now.

    Airflow takes a Dag away when its file was read a minute after the Dag was last seen, and counts the time for which
    no Dag processor ran, too. One parse that is killed after a restart would then take all Dags of its file away.
    """
    from airflow.models.dag import DagModel  # noqa: PLC0415  of the Dag processor alone
    from airflow.utils.session import create_session  # noqa: PLC0415

    live = update(DagModel).where(DagModel.bundle_name == bundle_name, ~DagModel.is_stale)
    with create_session(scoped=False) as session:
        session.execute(live.values(last_parsed_time=func.now()), execution_options={"synchronize_session": False})


def make_missing_pools(slots: Mapping[str, int]) -> list[str]:
    """Make each pool that is not there, with so many slots, and return those made; one that is there is left as it is.

    Airflow never starts a task of a pool that it does not know, and says so in the scheduler's log alone.
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
    """Have files parsed ahead of their turn, as the button of Airflow's page does."""
    from airflow.models.dagbag import DagPriorityParsingRequest  # noqa: PLC0415
    from airflow.utils.session import create_session  # noqa: PLC0415

    for file in files:
        # An equal request that waits already is all that is wanted.
        with suppress(IntegrityError), create_session(scoped=False) as session:
            session.add(DagPriorityParsingRequest(bundle_name, file))
