"""What should have happened against what has: windows that never ran, green runs without a delivery, red ones with one.

Airflow reports the runs it makes. It cannot report the run it never made, nor the success that moved no file; so the
windows are computed again here and compared with the ledger. Pure: the ledger's and Airflow's data are passed in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile

from export_jobs.core.windows.window import ScheduledWindow, Window


@dataclass(frozen=True)
class WindowRun:
    """What is known of one window: its Airflow run's state (None: no run, or not asked) and the ledger's word."""

    run_id: str
    run_state: str | None
    delivered: bool


@dataclass(frozen=True)
class Finding:
    """An alarm about one job. ``key`` is the same as long as the cause is, so that nobody is alerted twice."""

    key: str
    job: str
    message: str


def find_discrepancies(
    job: str,
    *,
    upcoming: Iterable[ScheduledWindow],
    runs: Mapping[Window, WindowRun],
    now: datetime,
    last_activity: datetime | None,
    grace: timedelta,
) -> list[Finding]:
    """Findings about one job.

    ``runs`` holds the windows that have had a run, ``upcoming`` the deliveries that follow them in order.
    ``last_activity`` is the newest ledger event of the job: while it catches up, what is overdue is on its way.
    """
    findings = [finding for window, state in runs.items() if (finding := _contradiction(job, window, state))]
    is_moving = last_activity is not None and now - last_activity < grace
    overdue = takewhile(lambda scheduled: scheduled.due + grace < now, upcoming)
    return findings if is_moving else findings + [_missed_window(job, scheduled) for scheduled in overdue]


def _contradiction(job: str, window: Window, state: WindowRun) -> Finding | None:
    if state.run_state == "success" and not state.delivered:
        span = _window_range(window)
        message = f"run {state.run_id!r} for {span} is green in Airflow and delivered nothing. Clear that run"
        return Finding(f"{job} {window.start.isoformat()} green without delivery", job, f"Job {job!r}: {message}.")
    if state.run_state == "failed" and state.delivered:
        message = (
            f"run {state.run_id!r} for {_window_range(window)} is marked failed although its files are delivered. "
            "`export-jobs rerun` clears its failed tasks; they find the delivery in the ledger and send nothing twice"
        )
        return Finding(f"{job} {window.start.isoformat()} delivered but failed", job, f"Job {job!r}: {message}.")
    return None


def _missed_window(job: str, scheduled: ScheduledWindow) -> Finding:
    message = (
        f"the window {_window_range(scheduled.window)} was due on {scheduled.due.isoformat()} and has no run. "
        "Check whether its Dag is paused or stale, or a run before it is stuck; `export-jobs coverage` lists every "
        "such window"
    )
    return Finding(f"{job} {scheduled.window.start.isoformat()} never ran", job, f"Job {job!r}: {message}.")


def _window_range(window: Window) -> str:
    return f"{window.start.isoformat()} to {window.end.isoformat()}"
