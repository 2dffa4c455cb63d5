"""The auditor's Dag: every ten minutes, what should have been delivered against what was, and a sweep of left-overs."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from airflow.sdk import DAG, BaseOperator, CronTriggerTimetable, ObjectStoragePath
from airflow.sdk.exceptions import AirflowFailException

from export_jobs import settings
from export_jobs.core.windows.discrepancy import Finding, JobFacts, find_discrepancies
from export_jobs.errors import ExportError, UserError
from export_jobs.orchestration.airflow.api import AUDITOR_DAG_ID, AirflowApi
from export_jobs.orchestration.airflow.connections import task_store_engine
from export_jobs.orchestration.audit.airflow_view import AirflowView, ask_airflow
from export_jobs.orchestration.audit.downloads import remove_old_downloads
from export_jobs.orchestration.audit.facts import GatheredFacts, gather
from export_jobs.orchestration.audit.key_expiry import expiring_keys
from export_jobs.orchestration.audit.late_rows import count_late_rows
from export_jobs.orchestration.audit.mending import mend, mended_finding
from export_jobs.orchestration.audit.telling import record, tell
from export_jobs.orchestration.generator.definitions import snapshot_path, vanished_jobs
from export_jobs.orchestration.run.staging import sweep
from export_jobs.store.definitions import Definitions
from export_jobs.store.findings.alarms import Alarms

if TYPE_CHECKING:
    from airflow.sdk import Context
    from sqlalchemy import Engine

    from export_jobs.store.stored_job import StoredJob

log = logging.getLogger(__name__)

GRACE = timedelta(minutes=15)


def auditor_dag() -> DAG:
    """The Dag ``export_jobs_auditor``; it exists with no job and with no store, so that somebody always looks."""
    with DAG(
        dag_id=AUDITOR_DAG_ID,
        description="Compares what should have been delivered with what was, and sweeps left-over staged files",
        schedule=CronTriggerTimetable("*/10 * * * *", timezone="UTC"),
        start_date=datetime(2020, 1, 1, tzinfo=UTC),
        catchup=False,
        max_active_runs=1,
        is_paused_upon_creation=False,
        tags=["export"],
        default_args={"retries": 1, "retry_delay": timedelta(minutes=1), "execution_timeout": timedelta(minutes=9)},
    ) as dag:
        CompareWithLedger(task_id="compare_with_ledger")
        SweepStaging(task_id="sweep_staging")
        CountLateRows(task_id="count_late_rows", retries=0)
    return dag


class CompareWithLedger(BaseOperator):
    """Raise what no run reports: windows that never ran, green without a delivery, rows lost in bulk, ending keys."""

    template_fields: ClassVar[tuple[str, ...]] = ()

    def execute(self, context: Context) -> None:
        """Fails while there is any finding; the owners (and the operators) are mailed a finding once."""
        engine = task_store_engine()
        troubles: list[str] = []
        api = _api()
        now = datetime.now(UTC)

        def ask(late: Collection[str], alarmed: Collection[str]) -> AirflowView | None:
            return _ask_airflow(api, engine, troubles, late, alarmed) if api else None

        gathered = gather(engine, ask, now, GRACE + timedelta(minutes=settings.spread_minutes()))
        gone = mend(api, gathered.facts, gathered.dag_ids) if api else {}
        lost = _lost_rows(troubles)
        owners = {**gathered.owners, **{job.name: job.owner for job in lost}}
        findings = [_lost_row_finding(job) for job in lost]
        findings += _expiring_keys(engine, troubles)
        findings += map(_unreadable_finding, gathered.unreadable)
        for facts in gathered.facts:
            deleted = {run.run_id for run in gone.get(facts.job, ())}
            findings += _findings(facts, deleted, gathered)
        record(engine, [*findings, *map(_unaudited_finding, gathered.broken)])
        if gathered.asked_at:  # not before what was found is kept: Airflow tells of a run once
            Alarms(engine).mark_looked(gathered.asked_at)
        mended = [mended_finding(job, runs) for job, runs in gone.items()]
        # What could not be looked at may be as wrong as it was: an alarm about it is not over.
        troubles += tell(engine, [*findings, *mended], owners, unseen=gathered.broken, is_blind=bool(troubles))
        troubles += _skipped(gathered)
        for note in (*mended, *(finding for finding in findings if finding.is_warning)):
            log.warning(note.message)
        alarms = [finding.message for finding in findings if not finding.is_warning]
        if alarms or troubles:
            raise AirflowFailException("\n".join([*alarms, *troubles]))


class SweepStaging(BaseOperator):
    """Remove staged files that no run has touched for a day, and files for download whose days are over."""

    template_fields: ClassVar[tuple[str, ...]] = ()

    def execute(self, context: Context) -> None:
        """Sweeps the staging root of the machine on which this task runs, and the buckets of all downloads."""
        try:
            sweep(ObjectStoragePath(settings.staging_root()), datetime.now(UTC))
        finally:  # a staging root that cannot be read keeps no file for download
            remove_old_downloads(task_store_engine(), datetime.now(UTC))


class CountLateRows(BaseOperator):
    """Ask the warehouse, once a day for each job, whether windows that were delivered have got other rows since."""

    template_fields: ClassVar[tuple[str, ...]] = ()

    def execute(self, context: Context) -> None:
        """Counts for as many jobs as there is time for; the next comparison with the ledger tells what was found."""
        count_late_rows(task_store_engine(), datetime.now(UTC))


def _api() -> AirflowApi | None:
    """Airflow's API, if a login for it is configured: without, only windows that never ran can be found."""
    try:
        return AirflowApi.from_connection()
    except UserError as error:
        log.warning("Runs cannot be compared with the ledger: %s", error)
        return None


def _ask_airflow(
    api: AirflowApi, engine: Engine, troubles: list[str], late: Collection[str], alarmed: Collection[str]
) -> AirflowView | None:
    try:
        return ask_airflow(api, late=late, alarmed=alarmed, looked_at=Alarms(engine).looked_at())
    except ExportError as error:
        troubles.append(f"Runs cannot be compared with the ledger: {error}")
        return None


def _findings(facts: JobFacts, deleted: set[str], gathered: GatheredFacts) -> list[Finding]:
    """What is wrong with one job, whatever that of another one provokes."""
    if deleted:  # what they kept waiting is on its way now
        left = [audited for audited in facts.runs if audited.run.run_id not in deleted]
        facts = replace(facts, runs=left, last_activity=facts.now)
    try:
        return find_discrepancies(facts)
    except Exception:
        log.exception("Job %r cannot be audited", facts.job)
        gathered.broken.append(facts.job)
        return []


def _skipped(gathered: GatheredFacts) -> list[str]:
    """What nobody has foreseen."""
    if gathered.broken:
        return [f"{_named(gathered.broken)} could not be audited; the log above has each error."]
    return []


def _named(jobs: Sequence[str]) -> str:
    more = f" and {len(jobs) - 10} more" if len(jobs) > 10 else ""
    return f"{len(jobs)} jobs ({', '.join(jobs[:10])}{more})"


def _lost_rows(troubles: list[str]) -> list[StoredJob]:
    try:
        return vanished_jobs()
    except Exception as error:
        log.exception("The snapshot cannot be compared with the store")
        troubles.append(f"The snapshot cannot be compared with the store ({type(error).__name__}).")
        return []


def _unaudited_finding(job: str) -> Finding:
    """Kept and not mailed: of a job with an alarm all runs are looked at next time, so none is passed over."""
    what = f"Job {job!r}: it could not be audited. See the error in the log of {AUDITOR_DAG_ID}, and report it."
    return Finding(f"{job} not audited", job, what)


def _unreadable_finding(job: str) -> Finding:
    """It makes no run, and which windows it is late with cannot be told."""
    what = f"Job {job!r}: none of its windows is exported, since its definition is invalid. Correct it; the page of "
    return Finding(f"{job} unreadable", job, f"{what}the job says what is wrong.")


def _expiring_keys(engine: Engine, troubles: list[str]) -> list[Finding]:
    """A key that cannot be read hides nothing else that is wrong."""
    try:
        return expiring_keys(Definitions(engine), datetime.now(UTC))
    except Exception as error:
        log.exception("The keys cannot be looked at")
        troubles.append(f"Whether a key expires cannot be told ({type(error).__name__}).")
        return []


def _lost_row_finding(job: StoredJob) -> Finding:
    return Finding(
        f"{job.name} vanished",
        job.name,
        f"Job {job.name!r}: its row is gone from the store and was never deleted. Its Dag goes on from the last "
        f"good snapshot. Restore the row from a backup; if it is meant to be gone, remove {snapshot_path()} "
        "on every machine that parses Dags: it is written again from the store.",
    )
