"""What the API reads from and adds to Airflow's own tables. Only the API server, where this runs, has access."""

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
    """Who did something when, and what was said of it."""

    at: datetime
    owner: str
    extra: dict[str, Any]


def is_multi_team() -> bool:
    """Whether this Airflow keeps the Dags and connections of several teams apart."""
    return bool(conf.getboolean("core", "multi_team", fallback=False))


def team_of_installation() -> str | None:
    """The team of the bundle that all our Dags come from, and so of every job, template, destination and preview.

    None where Airflow does not run in multi-team mode, where that bundle has no team and before Airflow has parsed it.
    """
    return DagModel.get_team_name(AUDITOR_DAG_ID) if is_multi_team() else None


def teams_of(dag_ids: Collection[str]) -> dict[str, str | None]:
    """By Dag, the team that it belongs to, in one query; one that is not parsed yet is the installation's."""
    if not dag_ids or not is_multi_team():
        return {}
    found = DagModel.get_dag_id_to_team_name_mapping([*dag_ids, AUDITOR_DAG_ID])
    return {dag_id: found.get(dag_id, found.get(AUDITOR_DAG_ID)) for dag_id in dag_ids}


def team_of_connection(connection_id: str) -> str | None:
    """The team that a connection in Airflow's database belongs to; None for everybody's, and where there is none."""
    return Connection.get_team_name(connection_id) if is_multi_team() else None


def is_open_to_us(connection_id: str) -> bool:
    """Whether tasks of our team may use a connection: nobody who asks here gets at another team's through us."""
    return team_of_connection(connection_id) in {None, team_of_installation()}


def paused_dags() -> set[str]:
    """The Dags that are paused in Airflow."""
    with create_session(scoped=False) as session:
        return set(session.scalars(select(DagModel.dag_id).where(DagModel.is_paused)))


def is_paused(dag_id: str) -> bool:
    """Whether one Dag is paused in Airflow; one that is not parsed yet is not."""
    with create_session(scoped=False) as session:
        return bool(session.scalar(select(DagModel.is_paused).where(DagModel.dag_id == dag_id)))


def parsed_dags() -> set[str]:
    """The Dags that Airflow knows."""
    with create_session(scoped=False) as session:
        return set(session.scalars(select(DagModel.dag_id)))


def dags_in_progress(dag_id: str | None = None) -> set[str]:
    """The Dags of which a run is queued or running; only ``dag_id`` when it is given."""
    query = select(DagRun.dag_id).where(DagRun.state.in_(_IN_PROGRESS)).distinct()
    with create_session(scoped=False) as session:
        return set(session.scalars(query.where(DagRun.dag_id == dag_id) if dag_id else query))


def runs_in_progress(dag_id: str) -> list[str]:
    """The ids of a Dag's runs that are queued or running, oldest first."""
    query = select(DagRun.run_id).where(DagRun.dag_id == dag_id, DagRun.state.in_(_IN_PROGRESS)).order_by(DagRun.id)
    with create_session(scoped=False) as session:
        return list(session.scalars(query))


def runs_of(dag_id: str) -> list[DagRunSummary]:
    """Every run of a Dag, in the order in which Airflow made them."""
    span = (DagRun.data_interval_start, DagRun.data_interval_end, DagRun.start_date, DagRun.end_date)
    query = select(DagRun.run_id, DagRun.run_type, DagRun.state, *span).where(DagRun.dag_id == dag_id)
    with create_session(scoped=False) as session:
        rows = session.execute(query.order_by(DagRun.id)).all()
    return [DagRunSummary(run_id, str(run_type), str(state), *times) for run_id, run_type, state, *times in rows]


def work_in_progress(dag_id: str) -> AirflowRuns:
    """What Airflow is about to do of a Dag: its queued and running runs, and when each was made or last cleared."""
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
    """Have the file of our Dags parsed ahead of its turn, as the button of Airflow's page does.

    ``job_id``: the job that has changed, whose file it is where the jobs stand in several.
    """
    place = select(DagModel.bundle_name, DagModel.relative_fileloc).where(DagModel.dag_id == AUDITOR_DAG_ID)
    # An equal request that waits already is all that is wanted.
    with suppress(IntegrityError), create_session(scoped=False) as session:
        found = session.execute(place).one_or_none()
        if found is None:
            return  # Airflow has only just started and is about to parse the file for the first time
        session.add(DagPriorityParsingRequest(found.bundle_name, _file_of(job_id, str(found.relative_fileloc))))


def _file_of(job_id: int | None, auditors_file: str) -> str:
    """The file of a job's Dag, which stands beside the auditor's."""
    shard = Shard.of_file(auditors_file)
    if job_id is None or shard.count == 1:
        return auditors_file
    return str(Path(auditors_file).with_name(shard.beside(job_id).file_name))


def pool_slots() -> dict[str, int]:
    """Slots of every pool by name; -1: as many as there are tasks."""
    with create_session(scoped=False) as session:
        return {str(name): int(slots) for name, slots in session.execute(select(Pool.pool, Pool.slots))}


def set_paused(dag_id: str, *, is_paused: bool) -> None:
    """Airflow's own pause of a Dag; one that is not parsed yet has none."""
    with create_session(scoped=False) as session:
        session.execute(update(DagModel).where(DagModel.dag_id == dag_id).values(is_paused=is_paused))


def newest_audit_rows(event: str, limit: int) -> list[AuditRow]:
    """The newest rows of the audit log of one event, newest first; those that no longer are JSON are left out."""
    query = select(Log.dttm, Log.owner, Log.extra).where(Log.event == event).order_by(Log.id.desc()).limit(limit)
    with create_session(scoped=False) as session:
        rows = session.execute(query).all()
    return [AuditRow(at, owner or "", extra) for at, owner, text in rows if at and (extra := _json_object(text))]


def add_to_audit_log(event: str, user: str, dag_id: str | None, extra: dict[str, Any]) -> None:
    """One row of Airflow's audit log; ``event`` has at most 60 characters, ``extra`` holds no secret."""
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
