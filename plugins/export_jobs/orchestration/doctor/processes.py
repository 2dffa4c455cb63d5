"""Check the processes that used the store lately: one version of this package, one place to stage rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import export_jobs
from export_jobs.orchestration.airflow.connections import store_engine
from export_jobs.orchestration.airflow.scheduler_listener import SCHEDULER
from export_jobs.orchestration.doctor.result import CheckResult, Outcome, Surroundings
from export_jobs.store.findings.processes import Processes, SeenProcess

WITHIN = timedelta(hours=1)
_MOST_NAMED = 5


def processes_agree(_: Surroundings) -> Iterator[CheckResult]:
    """Check that all processes of the last hour run this version, include a scheduler and share their staging."""
    seen = Processes(store_engine()).seen(WITHIN)
    other = [found for found in seen if found.version != export_jobs.__version__]
    if other:
        what = f"this process runs {export_jobs.__version__}; within the last hour there were also {_named(other)}"
        remedy = "Install one version everywhere and restart all; a task cannot read the definitions of a later version"
        yield CheckResult("processes", Outcome.WARNING, what, remedy)
    elif seen:
        kinds = ", ".join(f"{_number(seen, kind)} {kind}" for kind in sorted({found.kind for found in seen}))
        yield CheckResult.ok("processes", f"within the last hour: {kinds} processes, all {export_jobs.__version__}")
    else:
        yield CheckResult.ok("processes", "none has reported within the last hour; the next run or parse will")
    parsing = [found for found in seen if found.kind == "Dag processor"]
    if any(found.last_seen - found.first_seen > WITHIN for found in parsing) and not _number(seen, SCHEDULER):
        what = (
            "no scheduler has reported within the last hour that it has this package, and a scheduler without it "
            "creates no runs"
        )
        remedy = (
            "Install this package and configure the store's connection where each scheduler runs, and check that the "
            "auditor's Dag is not paused"
        )
        yield CheckResult("scheduler", Outcome.WARNING, what, remedy)
    disks = {found.staging_token: found for found in seen if found.staging_token}
    if len(disks) > 1:
        hosts = ", ".join(sorted(found.host for found in disks.values())[:_MOST_NAMED])
        what = f"tasks have run on several machines, and each stages rows on its own disk ({hosts})"
        remedy = (
            "Unless one machine replaced another, set EXPORT_JOBS_STAGING to an object store that all machines share"
        )
        yield CheckResult("processes", Outcome.WARNING, what, remedy)


def _number(seen: list[SeenProcess], kind: str) -> int:
    return sum(found.kind == kind for found in seen)


def _named(seen: list[SeenProcess]) -> str:
    named = [f"{found.kind} on {found.host!r} ({found.version})" for found in seen[:_MOST_NAMED]]
    more = f" and {len(seen) - _MOST_NAMED} more" if len(seen) > _MOST_NAMED else ""
    return ", ".join(named) + more
