"""Compare the pools of a job's tasks with Airflow's pools: a task never starts in a missing pool."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from shlex import quote

from export_jobs import settings
from export_jobs.core.base.issue import Issue, Level
from export_jobs.orchestration.airflow.api import AirflowApi


def needed_pools(tags: Iterable[str]) -> list[str]:
    """Return the pools of jobs with these destinations, the pool of all tasks first."""
    return list(dict.fromkeys((settings.pool(), *(settings.destination_pool(tag) for tag in tags))))


def pool_issues(tags: Iterable[str], slots: Mapping[str, int] | None) -> Iterator[Issue]:
    """Yield the pool issues of a job with these destinations. ``slots``: by pool; None if Airflow cannot be asked.

    A missing pool is an error. A destination's missing pool is a warning: it can only be created once the destination
    exists, and the Dag bundle does so. A pool without a slot is also a warning: somebody has closed it for a while.
    """
    if slots is None:
        return
    for name in needed_pools(tags):
        create = f"run `airflow pools set {quote(name)} 8 'export jobs'`"
        if slots.get(name):
            continue
        if name in slots:
            what, remedy = (
                f"Airflow's pool {name!r} has no slot, so no task of this job starts",
                f"To open it, {create}",
            )
            yield Issue("job", what, remedy, Level.WARNING)
        elif name == settings.pool():
            what = f"Airflow has no pool {name!r}, so no task of this job would ever start"
            remedy = f"Ask an administrator of Airflow to {create}, or to correct EXPORT_JOBS_POOL"
            yield Issue("job", what, remedy)
        else:
            what = f"Airflow has no pool {name!r} yet, and no task for that destination can start without it"
            yield Issue(
                "job", what, f"The Dag bundle creates it within seconds; without the bundle, {create}", Level.WARNING
            )


def slots_over_api(api: AirflowApi) -> dict[str, int]:
    """Return the slots of every pool by name; raise ``ExportError`` if they may not be seen or Airflow is away."""
    entries = api.pages("/pools", "pools", "listing the pools", {"order_by": "id"})
    return {entry["name"]: int(entry["slots"]) for entry in entries}
