"""What the auditor repairs by itself: only what loses no data, and it reports each repair."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

from export_jobs.core.windows.discrepancy import Finding, JobFacts, runs_to_delete
from export_jobs.core.windows.rerun import DagRunSummary
from export_jobs.errors import ExportError
from export_jobs.orchestration.airflow.api import AirflowApi

log = logging.getLogger(__name__)


def delete_blocking_runs(
    api: AirflowApi, facts: Sequence[JobFacts], dag_ids: Mapping[str, str]
) -> dict[str, list[DagRunSummary]]:
    """Delete runs that wait for a future date and have started nothing; return the deleted runs by job."""
    gone: dict[str, list[DagRunSummary]] = {}
    for job in facts:
        for run in runs_to_delete(job):
            try:
                if run.state != "queued":  # Airflow does not delete a run in state running
                    api.stop_run(dag_ids[job.job], run.run_id)
                api.delete_run(dag_ids[job.job], run.run_id)
            except ExportError as error:
                log.warning("Run %r of job %r cannot be deleted: %s", run.run_id, job.job, error)
            else:
                gone.setdefault(job.job, []).append(run)
    return gone


def repair_finding(job: str, runs: Sequence[DagRunSummary]) -> Finding:
    """Build the finding that reports the deleted runs once."""
    named = ", ".join(repr(run.run_id) for run in runs)
    return Finding(
        f"{job} mended: {named}",
        job,
        f"Job {job!r}: the auditor has deleted run {named}. It waited for a date in the future, had started nothing, "
        "and blocked the windows before that date. Trigger a run at the time when it should start.",
    )
