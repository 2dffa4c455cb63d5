"""Find jobs that start together: Airflow's scheduler visits every active run before it comes back to one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from export_jobs.core.definitions.job import Frequency
from export_jobs.orchestration.airflow.connections import store_engine
from export_jobs.orchestration.doctor.result import CheckResult, Outcome, Surroundings
from export_jobs.store.definitions import Definitions
from export_jobs.store.stored_job import StoredJob

MOST_TOGETHER = 100
"""With so many active runs, the next step of each starts some seconds after the previous step has ended."""
CHECKED_JOBS = 3
"""Ask Airflow about so many of them: the chance that spread jobs share one second is one in millions."""


def jobs_are_spread(surroundings: Surroundings) -> Iterator[CheckResult]:
    """Warn when many recurring jobs start at the same second; yield nothing when they are spread or few."""
    together = _largest(Definitions(store_engine()).jobs())
    if len(together) <= MOST_TOGETHER:
        return
    api = surroundings.api()
    starts = {api.dag(job.dag_id).get("next_dagrun_run_after") for job in together[:CHECKED_JOBS]} - {None}
    if len(starts) != 1:
        return
    yield CheckResult(
        "schedule",
        Outcome.WARNING,
        f"{len(together)} jobs start at the same second, so each waits until Airflow's scheduler has visited the rest",
        "Set EXPORT_JOBS_SPREAD_MINUTES for the Dag processor and the workers; see docs/howto/scale.md for a value",
    )


def _largest(jobs: Sequence[StoredJob]) -> list[StoredJob]:
    """Return the jobs of the most common local start time; jobs that run once have a time of their own."""
    found: defaultdict[tuple[object, ...], list[StoredJob]] = defaultdict(list)
    for job in jobs:
        schedule = job.schedule()
        if job.is_enabled and schedule and schedule.frequency is not Frequency.ONCE:
            # A weekly and a monthly job with the same time of day rarely meet, so only equal schedules are counted.
            when = (schedule.frequency, schedule.execute_on, schedule.deliver_after_days)
            found[(schedule.time_zone, schedule.deliver_at, *when)].append(job)
    return max(found.values(), key=len, default=[])
