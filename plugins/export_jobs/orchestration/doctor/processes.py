"""The processes that have worked with the store lately: one version of this package, one place to stage rows."""

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
    """All processes of the last hour run this version, a scheduler is among them, and tasks share what they stage."""
    seen = Processes(store_engine()).seen(WITHIN)
    other = [found for found in seen if found.version != export_jobs.__version__]
    if other:
        what = f"this process runs {export_jobs.__version__}; within the last hour there were also {_named(other)}"
        remedy = "Bring all to one version and restart them; a task cannot read the definitions of a later one"
        yield CheckResult("processes", Outcome.WARNING, what, remedy)
    elif seen:
        kinds = ", ".join(f"{_number(seen, kind)} {kind}" for kind in sorted({found.kind for found in seen}))
        yield CheckResult.ok("processes", f"within the last hour: {kinds} processes, all {export_jobs.__version__}")
    else:
        yield CheckResult.ok("processes", "none has said anything within the last hour; a run or a parse will")
    parsing = [found for found in seen if found.kind == "Dag processor"]
    if any(found.last_seen - found.first_seen > WITHIN for found in parsing) and not _number(seen, SCHEDULER):
        what = "no scheduler has said within the last hour that it has this package, and without it none makes a run"
        remedy = (
            "Install it where each scheduler runs, with the connection of the store, and see that the Dag of the "
            "auditor is on"
        )
        yield CheckResult("scheduler", Outcome.WARNING, what, remedy)
    disks = {found.staging_token: found for found in seen if found.staging_token}
    if len(disks) > 1:
        hosts = ", ".join(sorted(found.host for found in disks.values())[:_MOST_NAMED])
        what = f"tasks have run on machines with a disk each to stage rows on ({hosts})"
        remedy = "Unless one machine took the place of another, point EXPORT_JOBS_STAGING at an object store they share"
        yield CheckResult("processes", Outcome.WARNING, what, remedy)


def _number(seen: list[SeenProcess], kind: str) -> int:
    return sum(found.kind == kind for found in seen)


def _named(seen: list[SeenProcess]) -> str:
    named = [f"{found.kind} on {found.host!r} ({found.version})" for found in seen[:_MOST_NAMED]]
    more = f" and {len(seen) - _MOST_NAMED} more" if len(seen) > _MOST_NAMED else ""
    return ", ".join(named) + more
