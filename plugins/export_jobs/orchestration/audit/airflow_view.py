"""What the auditor asks Airflow: runs that changed since the last audit, and Dags that may be wrong; not every job."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from export_jobs.core.windows.discrepancy import DagStatus
from export_jobs.core.windows.rerun import DagRunSummary
from export_jobs.errors import ExportError
from export_jobs.orchestration.airflow.api import AirflowApi, run_summary
from export_jobs.orchestration.airflow.pools import needed_pools, slots_over_api

log = logging.getLogger(__name__)

DAG_ID_PREFIX = "export__"
"""The prefix that the store gives every job's Dag id."""
FIRST_LOOK, LATER_LOOK = 5_000, 20_000
"""How many of the runs that changed last the first and later audits read; one call returns a hundred."""
MAX_DOUBTFUL = 1_000
"""Up to so many Dags are requested by name; if more may be wrong, all Dags are requested."""
_IN_ONE_CALL = 50
_RUNS_OF_THEM = 2_000
"""The newest runs of one such group of Dags: forty for each of fifty Dags, more if there are fewer."""
_OVERLAP = timedelta(minutes=30)
"""Longer than one audit takes: a run that changed during the last audit is read again."""


@dataclass(frozen=True)
class AirflowView:
    """Airflow's Dags that may be late, its runs, and its pools: slots by name, None when they cannot be read."""

    dags: Mapping[str, Mapping[str, Any]]
    runs: Mapping[str, Sequence[DagRunSummary]]
    pools: Mapping[str, int] | None

    def dag_status(self, dag_id: str) -> DagStatus:
        """Return the state of one Dag."""
        dag = self.dags.get(dag_id)
        if dag is None:
            return DagStatus(is_known=False)
        tags = {tag["name"] for tag in dag.get("tags", ())}
        return DagStatus(
            is_paused=bool(dag.get("is_paused")),
            is_stale=bool(dag.get("is_stale")),
            is_invalid="invalid" in tags,
        )

    def missing_pools(self, tags: Iterable[str]) -> list[str]:
        """Return the pools of a job with these destinations that do not exist or have no slots; -1 means unlimited."""
        return [name for name in needed_pools(tags) if self.pools is not None and not self.pools.get(name)]


def ask_airflow(
    api: AirflowApi, *, late: Collection[str], alarmed: Collection[str], checked_at: datetime | None
) -> AirflowView:
    """Return the runs that are active or have changed since ``checked_at``, and all runs of Dags that may be wrong.

    ``late``: ids of Dags with a window for which the ledger has no run. ``alarmed``: ids of Dags with an alarm, which
    must stay open although its run has not changed. The number of calls depends on these Dags, not on all jobs.
    """
    doubtful = {*late, *alarmed}
    by_name = len(doubtful) <= MAX_DOUBTFUL
    since = checked_at - _OVERLAP if checked_at and by_name else None
    at_most = FIRST_LOOK if checked_at is None else LATER_LOOK
    found = [*_newest_runs(api, since, at_most), *_runs_in_progress(api)]
    found += _runs_of(api, doubtful) if by_name else ()
    runs: dict[str, dict[str, DagRunSummary]] = {}
    for run in found:
        runs.setdefault(run.dag_id, {})[run.run_id] = run
    return AirflowView(_dags(api, late), {dag_id: list(of.values()) for dag_id, of in runs.items()}, _pools(api))


def _newest_runs(api: AirflowApi, since: datetime | None, at_most: int) -> list[DagRunSummary]:
    """Return the runs of export jobs that changed last."""
    query = {"order_by": "-updated_at", "dag_id_prefix_pattern": DAG_ID_PREFIX}
    if since is not None:
        query["updated_at_gte"] = since.isoformat()
    return _summaries(api.pages("/dags/~/dagRuns", "dag_runs", "listing runs", query, at_most))


def _runs_in_progress(api: AirflowApi) -> list[DagRunSummary]:
    query = {"order_by": "id", "state": ["queued", "running"], "dag_id_prefix_pattern": DAG_ID_PREFIX}
    return _summaries(api.pages("/dags/~/dagRuns", "dag_runs", "listing runs", query))


def _runs_of(api: AirflowApi, dag_ids: Iterable[str]) -> Iterator[DagRunSummary]:
    for some in _in_parts(dag_ids):
        body = {"dag_ids": some, "order_by": "-run_after"}
        yield from _summaries(api.batches("/dags/~/dagRuns/list", "dag_runs", "listing runs", body, _RUNS_OF_THEM))


def _dags(api: AirflowApi, dag_ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """Return Airflow's Dags by id, including stale ones."""
    query = {"order_by": "dag_id", "tags": ["export"], "exclude_stale": False}
    if len(dag_ids) > MAX_DOUBTFUL:
        return {entry["dag_id"]: entry for entry in api.pages("/dags", "dags", "listing Dags", query)}
    found = {}
    for some in _in_parts(dag_ids):
        named = {**query, "dag_id_pattern": "|".join(some)}
        found.update({entry["dag_id"]: entry for entry in api.pages("/dags", "dags", "listing Dags", named)})
    return found


def _pools(api: AirflowApi) -> dict[str, int] | None:
    """Return the pools; None if the login may not see them, because other findings must still be reported."""
    try:
        return slots_over_api(api)
    except ExportError as error:
        log.warning("Could not check whether every pool exists: %s", error)
        return None


def _in_parts(dag_ids: Iterable[str]) -> Iterator[list[str]]:
    ordered = sorted(dag_ids)
    yield from (ordered[start : start + _IN_ONE_CALL] for start in range(0, len(ordered), _IN_ONE_CALL))


def _summaries(entries: Iterable[Mapping[str, Any]]) -> list[DagRunSummary]:
    return [run_summary(entry) for entry in entries]
