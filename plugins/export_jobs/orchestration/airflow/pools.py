"""The pools that a job's tasks wait in, held against those that Airflow has: a missing one starts no task, ever."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from shlex import quote

from export_jobs import settings
from export_jobs.core.base.issue import Issue, Level
from export_jobs.orchestration.airflow.api import AirflowApi


def needed_pools(tags: Iterable[str]) -> list[str]:
    """The pools of the tasks of jobs with these destinations, that of all tasks first."""
    return list(dict.fromkeys((settings.pool(), *(settings.destination_pool(tag) for tag in tags))))


def pool_issues(tags: Iterable[str], slots: Mapping[str, int] | None) -> Iterator[Issue]:
    """What keeps a job with these destinations from ever starting. ``slots``: by pool; None: Airflow cannot be asked.

    An unknown pool is an error. One of a destination is a warning, since it can only be made once the destination is
    there, and the Dag bundle does that; so is one without a slot, which somebody has closed and will open again.
    """
    if slots is None:
        return
    for name in needed_pools(tags):
        makes = f"run `airflow pools set {quote(name)} 8 'export jobs'`"
        if slots.get(name):
            continue
        if name in slots:
            what, remedy = f"Airflow's pool {name!r} has no slot, so no task of this job starts", f"To open it, {makes}"
            yield Issue("job", what, remedy, Level.WARNING)
        elif name == settings.pool():
            what = f"Airflow has no pool {name!r}, so no task of this job would ever start"
            remedy = f"Ask an administrator of Airflow to {makes}, or to correct EXPORT_JOBS_POOL"
            yield Issue("job", what, remedy)
        else:
            what = f"Airflow has no pool {name!r} yet, and no task at that destination starts without it"
            yield Issue(
                "job", what, f"The Dag bundle makes it within seconds; without the bundle, {makes}", Level.WARNING
            )


def slots_over_api(api: AirflowApi) -> dict[str, int]:
    """Slots of every pool by name; ``ExportError`` where the login may not see them, or Airflow is away."""
    entries = api.pages("/pools", "pools", "listing the pools", {"order_by": "id"})
    return {entry["name"]: int(entry["slots"]) for entry in entries}
