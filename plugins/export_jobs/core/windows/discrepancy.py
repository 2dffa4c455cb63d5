"""Compare what should have happened with what has happened: one finding for each job and cause.

Airflow reports the runs that it creates. It cannot report a run that it never created, or a success that delivered no
file. Therefore the windows are computed here again and compared with the ledger. Pure: the data of ledger and Airflow
are passed in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile

from export_jobs.core.windows.audited_run import ACTIVE, AuditedRun
from export_jobs.core.windows.rerun import DagRunSummary
from export_jobs.core.windows.window import ScheduledWindow, Window

_MAX_NAMED = 3
_STARTS_WITHIN = timedelta(hours=1)
"""A run starts within seconds of its creation; one that waits for this long waits for something that is missing."""

_REASONS = {
    "unknown": (
        "Airflow was not asked, because there is no connection `export_jobs_airflow_api`",
        "Check whether its Dag is paused or stale, or an earlier run is stuck",
    ),
    "invalid": ("its definition is invalid", "Correct it; the page of the job says what is wrong"),
    "no Dag": (
        "Airflow has no current Dag for it",
        "Check that the Dag processor runs, and look at `airflow dags list-import-errors`",
    ),
    "paused": ("its Dag is paused in Airflow", "Unpause it there; its windows then follow in order"),
    "stuck run": (
        "the earlier run {run!r} is {state} and does nothing",
        "Check that the pool has slots and workers run, then clear that run or mark it failed",
    ),
    "taken date": (
        "run {run!r} has taken its logical date",
        "Delete that run in Airflow; the ledger keeps what it delivered",
    ),
    "no scheduler": (
        "Airflow creates no runs",
        "Check that its scheduler runs and that the plugin is installed there",
    ),
}
"""By name of the cause: why an overdue window has no run, and what to do."""


_STANDSTILLS = ("run in the future", "no pool", "silent run")
"""Causes that block a job although Airflow has an active run of it."""


@dataclass(frozen=True)
class Finding:
    """An alarm about one job. ``key`` stays the same as long as the cause does, so that nobody is alerted twice.

    ``is_warning``: it is reported although nothing has failed.
    """

    key: str
    job: str
    message: str
    is_warning: bool = False


@dataclass(frozen=True)
class DagStatus:
    """What Airflow reports about a job's Dag; ``is_known`` is False when it has none."""

    is_known: bool = True
    is_paused: bool = False
    is_stale: bool = False
    is_invalid: bool = False


@dataclass(frozen=True)
class JobFacts:
    """What is known of one job at ``now``.

    ``upcoming``: the deliveries that follow the windows that have had a run, in order. ``last_activity``: its newest
    entry in the ledger. ``changed_at``: when its definition last changed. ``dag``: None when Airflow was not asked.
    ``missing_pools``: pools of its tasks that do not exist in Airflow, or have no slot. ``early``: windows whose newest
    delivery was read before they were over, with the run. ``holes``: spans of the job's days, before the last window
    of the schedule, for which there was no run. ``late``: delivered windows, with the number of their rows that came
    or changed after they were read.
    """

    job: str
    now: datetime
    upcoming: Iterable[ScheduledWindow] = ()
    runs: Sequence[AuditedRun] = ()
    last_activity: datetime | None = None
    changed_at: datetime | None = None
    dag: DagStatus | None = None
    missing_pools: Sequence[str] = ()
    early: Sequence[tuple[Window, str]] = ()
    holes: Sequence[Window] = ()
    late: Sequence[tuple[Window, int]] = ()
    grace: timedelta = timedelta(minutes=15)
    stuck_after: timedelta = timedelta(hours=6)


def is_standstill(key: str) -> bool:
    """Whether the finding with this key is about a run that is active in Airflow and does nothing."""
    return key.endswith(tuple(f" {cause}" for cause in _STANDSTILLS))


def is_overdue(key: str) -> bool:
    """Whether the finding with this key is about windows without a run, for any cause."""
    return " no run: " in key


def job_of(key: str) -> str:
    """Return the job of the finding with this key."""
    return key.partition(" ")[0]


def find_discrepancies(facts: JobFacts) -> list[Finding]:
    """Return the findings about one job, at most one for each cause."""
    found = [
        Finding(f"{facts.job} {cause}", facts.job, f"Job {facts.job!r}: {message}.")
        for cause, message in _causes(facts)
    ]
    return [*found, *_late_rows(facts)]


def runs_to_delete(facts: JobFacts) -> list[DagRunSummary]:
    """Return runs that block the schedule until a future day and have started nothing that could be lost."""
    return [
        audited.run
        for audited in facts.runs
        if audited.waits_for_future(facts.now) and audited.run.run_type == "manual" and audited.last_event is None
    ]


def _late_rows(facts: JobFacts) -> Iterator[Finding]:
    """Report rows that came or changed after a window was delivered, so that its file is out of date."""
    if facts.late:
        counts = [f"{count} in {_window_range(window)}" for window, count in sorted(facts.late)]
        total = sum(count for _, count in facts.late)
        yield Finding(
            f"{facts.job} late rows",
            facts.job,
            f"Job {facts.job!r}: {total} rows of delivered windows came or changed after they were read "
            f"({_some(counts)}). To deliver them, re-export these windows on the job's page.",
            is_warning=True,
        )


def _causes(facts: JobFacts) -> Iterator[tuple[str, str]]:
    green = [audited.run for audited in facts.runs if audited.is_green_without_delivery]
    if green:
        these = "that run" if len(green) == 1 else "them"
        yield "green without delivery", f"{_runs(green)} successful in Airflow but delivered nothing. Clear {these}"
    red = [audited.run for audited in facts.runs if audited.run.state == "failed" and audited.delivered]
    if red:
        yield (
            "delivered but failed",
            f"{_runs(red)} marked failed although its files are delivered. `export-jobs rerun` clears the failed "
            "tasks, which find the delivery in the ledger and send nothing again",
        )
    silent = [audited.run for audited in facts.runs if audited.has_failed_unnoticed]
    if silent:
        yield (
            "failed in silence",
            f"{_runs(silent)} marked failed, but nobody was notified: a person marked it, or its last task never ran. "
            "Clear it, or use `export-jobs rerun`",
        )
    if facts.early:
        spans = _spans([window for window, _ in facts.early])
        yield (
            "read too early",
            f"{spans} delivered from rows that were read before the window was over, so later rows are missing "
            f"(run {facts.early[0][1]!r}). Re-export it on the job's page, or clear the run",
        )
    if facts.holes:
        yield (
            "passed over",
            f"{_spans(facts.holes, 'has', 'have')} had no run, and the schedule has continued, so Airflow "
            "will create none. Re-export what is missing on the job's page",
        )
    yield from _stalled(facts)


def _stalled(facts: JobFacts) -> Iterator[tuple[str, str]]:
    """Report runs that block the schedule, and overdue windows with their cause."""
    future = next((audited for audited in facts.runs if audited.waits_for_future(facts.now)), None)
    if future is not None:
        yield (
            "run in the future",
            f"run {future.run.run_id!r} waits until {future.waits_until} and blocks all windows before it, "
            "because a job has one run at a time. Delete that run in Airflow",
        )
    turned = [audited.run for audited in facts.runs if audited.has_reversed_interval(facts.now)]
    if turned:
        yield (
            "reversed interval",
            f"run {turned[0].run_id!r} has a data interval that ends before it starts, so it exports nothing. "
            "Delete that run in Airflow",
        )
    stuck = next((audited for audited in facts.runs if audited.is_silent(facts.now, facts.grace)), None)
    if stuck is not None and facts.missing_pools:
        pool = facts.missing_pools[0]
        yield (
            "no pool",
            f"no task of run {stuck.run.run_id!r} starts, because Airflow has no pool {pool!r} with a slot. "
            f"Run `airflow pools set {pool!r} 8 'export jobs'`, or correct EXPORT_JOBS_POOL",
        )
        return
    overdue = _overdue(facts)
    patience = facts.stuck_after + facts.grace
    silent = next((audited for audited in facts.runs if audited.is_silent(facts.now, patience)), None)
    if silent is not None and not overdue:
        remedy = "Check that the pool has slots and workers run, then clear that run or mark it failed"
        if facts.dag is not None and facts.dag.is_paused:
            remedy = "Its Dag is paused in Airflow: unpause it there"
        yield (
            "silent run",
            f"run {silent.run.run_id!r} is {silent.run.state} in Airflow and has done nothing since "
            f"{silent.last_sign}. {remedy}",
        )
    if overdue and future is None:
        name, why, remedy = _reason(facts, overdue[0])
        windows = _spans([scheduled.window for scheduled in overdue], "has", "have")
        yield f"no run: {name}", f"{windows} no run, due since {overdue[0].due.isoformat()}: {why}. {remedy}"


def _overdue(facts: JobFacts) -> list[ScheduledWindow]:
    """Return the windows that should have had a run by now; none while the job is working, new or just changed."""
    at_work = facts.last_activity is not None and facts.now - facts.last_activity < facts.grace
    if at_work or any(_is_working(audited, facts) for audited in facts.runs):
        return []
    since = facts.changed_at or datetime.min.replace(tzinfo=facts.now.tzinfo)
    return list(takewhile(lambda one: max(one.due, since) + facts.grace < facts.now, facts.upcoming))


def _reason(facts: JobFacts, first: ScheduledWindow) -> tuple[str, str, str]:
    """Return the name of the cause, why there is no run, and what to do."""
    active = next((audited.run for audited in facts.runs if audited.run.state in ACTIVE), None)
    taken = next((audited.run for audited in facts.runs if audited.has_logical_date_of(first)), None)
    dag = facts.dag
    if dag is None:
        name, run_id = "unknown", ""
    elif dag.is_invalid:
        name, run_id = "invalid", ""
    elif not dag.is_known or dag.is_stale:
        name, run_id = "no Dag", ""
    elif dag.is_paused:
        name, run_id = "paused", ""
    elif active is not None:
        name, run_id = "stuck run", active.run_id
    elif taken is not None:
        name, run_id = "taken date", taken.run_id
    else:
        name, run_id = "no scheduler", ""
    why, remedy = _REASONS[name]
    return name, why.format(run=run_id, state=active.state if active else ""), remedy


def _is_working(audited: AuditedRun, facts: JobFacts) -> bool:
    """Whether an active run may still be working: its tasks have reported something within a task's longest time."""
    if audited.run.state not in ACTIVE or audited.waits_for_future(facts.now):
        return False
    begun, event = audited.last_start, audited.last_event
    if event is None or (begun is not None and event < begun):
        return begun is not None and facts.now - begun < _STARTS_WITHIN
    return facts.now - event < facts.stuck_after + facts.grace


def _runs(runs: Sequence[DagRunSummary]) -> str:
    """``run 'a' for … is``, or ``3 runs ('a' for …, …) are``."""
    named = [f"{run.run_id!r} for {_window_range(run.window)}" for run in _in_order(runs) if run.window]
    if len(named) == 1:
        return f"run {named[0]} is"
    return f"{len(named)} runs ({_some(named)}) are"


def _in_order(runs: Sequence[DagRunSummary]) -> list[DagRunSummary]:
    return sorted(runs, key=lambda run: (run.window.start if run.window else datetime.min, run.run_id))


def _spans(windows: Sequence[Window], one: str = "is", many: str = "are") -> str:
    named = [_window_range(window) for window in sorted(windows)]
    if len(named) == 1:
        return f"the window {named[0]} {one}"
    return f"{len(named)} windows ({_some(named)}) {many}"


def _some(named: Sequence[str]) -> str:
    more = f" and {len(named) - _MAX_NAMED} more" if len(named) > _MAX_NAMED else ""
    return ", ".join(named[:_MAX_NAMED]) + more


def _window_range(window: Window | None) -> str:
    return f"{window.start.isoformat()} to {window.end.isoformat()}" if window else "no window"
