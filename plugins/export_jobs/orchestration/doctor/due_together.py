"""Jobs that are due together: Airflow's scheduler looks at every run under way before it comes back to one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from export_jobs.core.definitions.job import Frequency
from export_jobs.orchestration.airflow.connections import store_engine
from export_jobs.orchestration.doctor.result import CheckResult, Outcome, Surroundings
from export_jobs.store.definitions import Definitions
from export_jobs.store.stored_job import StoredJob

MOST_TOGETHER = 100
"""With so many runs under way the next step of each starts some seconds after the one before has ended."""
ASKED = 3
"""How many of them Airflow is asked about: that these have the same second by chance is one in millions."""


def jobs_are_spread(surroundings: Surroundings) -> Iterator[CheckResult]:
    """Where many recurring jobs have the same time, they start over some minutes: silent when they do, or are few."""
    together = _largest(Definitions(store_engine()).jobs())
    if len(together) <= MOST_TOGETHER:
        return
    api = surroundings.api()
    starts = {api.dag(job.dag_id).get("next_dagrun_run_after") for job in together[:ASKED]} - {None}
    if len(starts) != 1:
        return
    yield CheckResult(
        "schedule",
        Outcome.WARNING,
        f"{len(together)} jobs start at the same second, and each then waits for Airflow's scheduler to look at all",
        "Set EXPORT_JOBS_SPREAD_MINUTES for the Dag processor and the workers; docs/howto/scale.md says how many",
    )


def _largest(jobs: Sequence[StoredJob]) -> list[StoredJob]:
    """The jobs of the local time that most have; those that run once were given a time of their own."""
    found: defaultdict[tuple[object, ...], list[StoredJob]] = defaultdict(list)
    for job in jobs:
        schedule = job.schedule()
        if job.is_enabled and schedule and schedule.frequency is not Frequency.ONCE:
            # Of jobs of one time of day, one a week and one a month rarely meet, so only equal ones are counted.
            when = (schedule.frequency, schedule.execute_on, schedule.deliver_after_days)
            found[(schedule.time_zone, schedule.deliver_at, *when)].append(job)
    return max(found.values(), key=len, default=[])
