"""The auditor's Dag: every ten minutes it compares due deliveries with the ledger and removes left-over files."""

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
from export_jobs.orchestration.audit.alarm_mails import record_findings, send_alarms
from export_jobs.orchestration.audit.downloads import remove_old_downloads
from export_jobs.orchestration.audit.facts import GatheredFacts, gather
from export_jobs.orchestration.audit.key_expiry import expiring_keys
from export_jobs.orchestration.audit.late_rows import count_late_rows
from export_jobs.orchestration.audit.repairs import delete_blocking_runs, repair_finding
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
    """Build the Dag ``export_jobs_auditor``. It exists even without a job or a store, so that audits never stop."""
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
    """Report what no run reports: windows without a run, success without a delivery, lost rows, expiring keys."""

    template_fields: ClassVar[tuple[str, ...]] = ()

    def execute(self, context: Context) -> None:
        """Fail while there is any finding. Owners and operators get one mail for each finding."""
        engine = task_store_engine()
        troubles: list[str] = []
        api = _api()
        now = datetime.now(UTC)

        def ask(late: Collection[str], alarmed: Collection[str]) -> AirflowView | None:
            return _ask_airflow(api, engine, troubles, late, alarmed) if api else None

        gathered = gather(engine, ask, now, GRACE + timedelta(minutes=settings.spread_minutes()))
        gone = delete_blocking_runs(api, gathered.facts, gathered.dag_ids) if api else {}
        lost = _lost_rows(troubles)
        owners = {**gathered.owners, **{job.name: job.owner for job in lost}}
        findings = [_lost_row_finding(job) for job in lost]
        findings += _expiring_keys(engine, troubles)
        findings += map(_unreadable_finding, gathered.unreadable)
        for facts in gathered.facts:
            deleted = {run.run_id for run in gone.get(facts.job, ())}
            findings += _findings(facts, deleted, gathered)
        record_findings(engine, [*findings, *map(_unaudited_finding, gathered.broken)])
        if gathered.asked_at:  # only after the findings are stored: Airflow reports each changed run once
            Alarms(engine).mark_checked(gathered.asked_at)
        repaired = [repair_finding(job, runs) for job, runs in gone.items()]
        # What could not be checked may still be wrong, so an alarm about it stays open.
        troubles += send_alarms(engine, [*findings, *repaired], owners, unseen=gathered.broken, is_blind=bool(troubles))
        troubles += _skipped(gathered)
        for note in (*repaired, *(finding for finding in findings if finding.is_warning)):
            log.warning(note.message)
        alarms = [finding.message for finding in findings if not finding.is_warning]
        if alarms or troubles:
            raise AirflowFailException("\n".join([*alarms, *troubles]))


class SweepStaging(BaseOperator):
    """Remove staged files that no run has touched for a day, and files for download that have been kept long enough."""

    template_fields: ClassVar[tuple[str, ...]] = ()

    def execute(self, context: Context) -> None:
        """Sweep the staging root of the machine that runs this task, and the buckets of all downloads."""
        try:
            sweep(ObjectStoragePath(settings.staging_root()), datetime.now(UTC))
        finally:  # also when the staging root cannot be read
            remove_old_downloads(task_store_engine(), datetime.now(UTC))


class CountLateRows(BaseOperator):
    """Ask the warehouse, once a day for each job, whether rows of delivered windows were added or changed later."""

    template_fields: ClassVar[tuple[str, ...]] = ()

    def execute(self, context: Context) -> None:
        """Count for as many jobs as time allows; the next comparison with the ledger reports the results."""
        count_late_rows(task_store_engine(), datetime.now(UTC))


def _api() -> AirflowApi | None:
    """Return Airflow's API if a login is configured; without it only windows without a run can be found."""
    try:
        return AirflowApi.from_connection()
    except UserError as error:
        log.warning("Runs cannot be compared with the ledger: %s", error)
        return None


def _ask_airflow(
    api: AirflowApi, engine: Engine, troubles: list[str], late: Collection[str], alarmed: Collection[str]
) -> AirflowView | None:
    try:
        return ask_airflow(api, late=late, alarmed=alarmed, checked_at=Alarms(engine).checked_at())
    except ExportError as error:
        troubles.append(f"Runs cannot be compared with the ledger: {error}")
        return None


def _findings(facts: JobFacts, deleted: set[str], gathered: GatheredFacts) -> list[Finding]:
    """Return the findings about one job; an unexpected error affects only this job."""
    if deleted:  # the windows that they blocked are starting now
        left = [audited for audited in facts.runs if audited.run.run_id not in deleted]
        facts = replace(facts, runs=left, last_activity=facts.now)
    try:
        return find_discrepancies(facts)
    except Exception:
        log.exception("Job %r cannot be audited", facts.job)
        gathered.broken.append(facts.job)
        return []


def _skipped(gathered: GatheredFacts) -> list[str]:
    """Report the jobs that an unexpected error stopped."""
    if gathered.broken:
        return [f"{_named(gathered.broken)} could not be audited; see the errors in the log above."]
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
    """Build a finding that is stored, not mailed: the next audit checks all runs of a job that has an alarm."""
    what = f"Job {job!r}: it could not be audited. See the error in the log of {AUDITOR_DAG_ID} and report it."
    return Finding(f"{job} not audited", job, what)


def _unreadable_finding(job: str) -> Finding:
    """Build the finding about a job without a readable schedule: it has no runs, and its late windows are unknown."""
    what = f"Job {job!r}: none of its windows is exported, because its definition is invalid. Correct it; the page "
    return Finding(f"{job} unreadable", job, f"{what}of the job shows what is wrong.")


def _expiring_keys(engine: Engine, troubles: list[str]) -> list[Finding]:
    """Return the findings about expiring keys; an error here does not hide other findings."""
    try:
        return expiring_keys(Definitions(engine), datetime.now(UTC))
    except Exception as error:
        log.exception("The keys cannot be checked")
        troubles.append(f"Could not check whether a key expires ({type(error).__name__}).")
        return []


def _lost_row_finding(job: StoredJob) -> Finding:
    return Finding(
        f"{job.name} vanished",
        job.name,
        f"Job {job.name!r}: its row is missing from the store, but the job was never deleted. Its Dag continues "
        f"from the last good snapshot. Restore the row from a backup. If it should be gone, remove {snapshot_path()} "
        "on every machine that parses Dags; that file is written again from the store.",
    )
