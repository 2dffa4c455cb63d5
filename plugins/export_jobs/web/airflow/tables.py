"""Access to Airflow's own tables. Only the API server, where this runs, has access to them."""

from __future__ import annotations

import json
from collections.abc import Collection
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from airflow.configuration import conf
from airflow.models.connection import Connection
from airflow.models.dag import DagModel
from airflow.models.dagbag import DagPriorityParsingRequest
from airflow.models.dagrun import DagRun
from airflow.models.log import Log
from airflow.models.pool import Pool
from airflow.utils.session import create_session
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from export_jobs.core.windows.rerun import DagRunSummary
from export_jobs.orchestration.airflow.api import AUDITOR_DAG_ID
from export_jobs.orchestration.generator.shard import Shard
from export_jobs.store.executions.state import AirflowRuns

_QUEUED = "queued"
_IN_PROGRESS = (_QUEUED, "running")
MAX_EVENT_LENGTH = 60


class AuditRow(NamedTuple):
    """A row of the audit log: when, who, and the details."""

    at: datetime
    owner: str
    extra: dict[str, Any]


def is_multi_team() -> bool:
    """Whether this Airflow keeps the Dags and connections of several teams apart."""
    return bool(conf.getboolean("core", "multi_team", fallback=False))


def team_of_installation() -> str | None:
    """Return the team of the bundle of all our Dags, and so of every job, template, destination and preview.

    None if Airflow does not run in multi-team mode, if the bundle has no team, or before Airflow has parsed it.
    """
    return DagModel.get_team_name(AUDITOR_DAG_ID) if is_multi_team() else None


def teams_of(dag_ids: Collection[str]) -> dict[str, str | None]:
    """Return the team of each Dag, in one query. An unparsed Dag belongs to the installation's team."""
    if not dag_ids or not is_multi_team():
        return {}
    found = DagModel.get_dag_id_to_team_name_mapping([*dag_ids, AUDITOR_DAG_ID])
    return {dag_id: found.get(dag_id, found.get(AUDITOR_DAG_ID)) for dag_id in dag_ids}


def team_of_connection(connection_id: str) -> str | None:
    """Return the team of a connection in Airflow's database; None if it has no team or does not exist."""
    return Connection.get_team_name(connection_id) if is_multi_team() else None


def our_team_may_use(connection_id: str) -> bool:
    """Whether tasks of our team may use a connection, so that nobody can use another team's connection through us."""
    return team_of_connection(connection_id) in {None, team_of_installation()}


def paused_dags() -> set[str]:
    """Return the Dags that are paused in Airflow."""
    with create_session(scoped=False) as session:
        return set(session.scalars(select(DagModel.dag_id).where(DagModel.is_paused)))


def is_paused(dag_id: str) -> bool:
    """Whether one Dag is paused in Airflow; False for an unparsed Dag."""
    with create_session(scoped=False) as session:
        return bool(session.scalar(select(DagModel.is_paused).where(DagModel.dag_id == dag_id)))


def parsed_dags() -> set[str]:
    """Return the Dags that Airflow has parsed."""
    with create_session(scoped=False) as session:
        return set(session.scalars(select(DagModel.dag_id)))


def dags_in_progress(dag_id: str | None = None) -> set[str]:
    """Return the Dags with a queued or running run; only ``dag_id`` if given."""
    query = select(DagRun.dag_id).where(DagRun.state.in_(_IN_PROGRESS)).distinct()
    with create_session(scoped=False) as session:
        return set(session.scalars(query.where(DagRun.dag_id == dag_id) if dag_id else query))


def runs_in_progress(dag_id: str) -> list[str]:
    """Return the ids of a Dag's queued or running runs, oldest first."""
    query = select(DagRun.run_id).where(DagRun.dag_id == dag_id, DagRun.state.in_(_IN_PROGRESS)).order_by(DagRun.id)
    with create_session(scoped=False) as session:
        return list(session.scalars(query))


def runs_of(dag_id: str) -> list[DagRunSummary]:
    """Return every run of a Dag, in the order in which Airflow created them."""
    span = (DagRun.data_interval_start, DagRun.data_interval_end, DagRun.start_date, DagRun.end_date)
    query = select(DagRun.run_id, DagRun.run_type, DagRun.state, *span).where(DagRun.dag_id == dag_id)
    with create_session(scoped=False) as session:
        rows = session.execute(query.order_by(DagRun.id)).all()
    return [DagRunSummary(run_id, str(run_type), str(state), *times) for run_id, run_type, state, *times in rows]


def work_in_progress(dag_id: str) -> AirflowRuns:
    """Return a Dag's queued and running runs, and when each was created or last cleared."""
    columns = (DagRun.run_id, DagRun.state, DagRun.queued_at)
    query = select(*columns).where(DagRun.dag_id == dag_id, DagRun.state.in_(_IN_PROGRESS)).order_by(DagRun.id)
    with create_session(scoped=False) as session:
        rows = session.execute(query).all()
    return AirflowRuns(
        in_progress=[run_id for run_id, _, _ in rows],
        now=datetime.now(UTC),
        queued={run_id for run_id, state, _ in rows if state == _QUEUED},
        asked_at={run_id: asked for run_id, _, asked in rows if asked is not None},
    )


def parse_now(job_id: int | None = None) -> None:
    """Request that Airflow parses the file of our Dags now, as the button on Airflow's page does.

    ``job_id``: the changed job; it selects the file if the jobs are split over several.
    """
    place = select(DagModel.bundle_name, DagModel.relative_fileloc).where(DagModel.dag_id == AUDITOR_DAG_ID)
    # An equal request that is already waiting is enough.
    with suppress(IntegrityError), create_session(scoped=False) as session:
        found = session.execute(place).one_or_none()
        if found is None:
            return  # Airflow has just started and will parse the file for the first time anyway
        session.add(DagPriorityParsingRequest(found.bundle_name, _file_of(job_id, str(found.relative_fileloc))))


def _file_of(job_id: int | None, auditors_file: str) -> str:
    """Return the file of a job's Dag, which is in the folder of the auditor's file."""
    shard = Shard.of_file(auditors_file)
    if job_id is None or shard.count == 1:
        return auditors_file
    return str(Path(auditors_file).with_name(shard.beside(job_id).file_name))


def pool_slots() -> dict[str, int]:
    """Return the slots of every pool by name; -1 means unlimited."""
    with create_session(scoped=False) as session:
        return {str(name): int(slots) for name, slots in session.execute(select(Pool.pool, Pool.slots))}


def set_paused(dag_id: str, *, is_paused: bool) -> None:
    """Set Airflow's own pause of a Dag. Does nothing for an unparsed Dag."""
    with create_session(scoped=False) as session:
        session.execute(update(DagModel).where(DagModel.dag_id == dag_id).values(is_paused=is_paused))


def newest_audit_rows(event: str, limit: int) -> list[AuditRow]:
    """Return the newest audit log rows of one event, newest first, without rows that are not JSON."""
    query = select(Log.dttm, Log.owner, Log.extra).where(Log.event == event).order_by(Log.id.desc()).limit(limit)
    with create_session(scoped=False) as session:
        rows = session.execute(query).all()
    return [AuditRow(at, owner or "", extra) for at, owner, text in rows if at and (extra := _json_object(text))]


def add_to_audit_log(event: str, user: str, dag_id: str | None, extra: dict[str, Any]) -> None:
    """Add a row to Airflow's audit log. ``event``: at most 60 characters. ``extra`` must not contain secrets."""
    row = Log(
        event=event[:MAX_EVENT_LENGTH], owner=user, owner_display_name=user, extra=json.dumps(extra), dag_id=dag_id
    )
    with create_session(scoped=False) as session:
        session.add(row)


def _json_object(text: str | None) -> dict[str, Any]:
    try:
        found = json.loads(text or "")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
