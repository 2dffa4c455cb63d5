"""What the Dag processor's own process writes to Airflow's database for us. No task and no parse has access to it."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from sqlalchemy import func, update
from sqlalchemy.exc import IntegrityError


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


def request_parses(bundle_name: str, files: Iterable[str]) -> None:
    """Have files parsed ahead of their turn, as the button of Airflow's page does."""
    from airflow.models.dagbag import DagPriorityParsingRequest  # noqa: PLC0415
    from airflow.utils.session import create_session  # noqa: PLC0415

    for file in files:
        # An equal request that waits already is all that is wanted.
        with suppress(IntegrityError), create_session(scoped=False) as session:
            session.add(DagPriorityParsingRequest(bundle_name, file))
