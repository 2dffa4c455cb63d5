"""What should have happened against what has: windows that never ran, green runs without a delivery, red ones with one.

Airflow reports the runs it makes. It cannot report the run it never made, nor the success that moved no file; so the
windows are computed anew here and held against the ledger. Pure: what the ledger and Airflow say is passed in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from export_jobs.core.window import Delivery, Window


@dataclass(frozen=True)
class WindowState:
    """What is known of one window: its Airflow run's state (None: no run, or not asked) and the ledger's word."""

    run_id: str
    run_state: str | None
    delivered: bool


@dataclass(frozen=True)
class Finding:
    """An alarm about one job. ``key`` is the same as long as the cause is, so that nobody is told twice."""

    key: str
    job: str
    message: str


def audit(
    job: str,
    due: Iterable[Delivery],
    states: Mapping[Window, WindowState],
    *,
    now: datetime,
    last_activity: datetime | None,
    grace: timedelta,
) -> Iterator[Finding]:
    """Findings about one job.

    ``due`` are the deliveries that the schedule asks for, ``last_activity`` the newest ledger event of the job: while
    it catches up, the windows behind are on their way and no finding.
    """
    is_moving = last_activity is not None and now - last_activity < grace
    for delivery in due:
        if delivery.due + grace > now:
            return
        window, state = delivery.window, states.get(delivery.window)
        span = f"{window.start.isoformat()} to {window.end.isoformat()}"
        if state is None and not is_moving:
            message = (
                f"Job {job!r}: the window {span} was due on {delivery.due.isoformat()} and has no run. "
                "See whether its Dag is paused or stale and whether a run before it is stuck; "
                "`export-jobs coverage` lists every such window."
            )
            yield Finding(f"{job} {window.start.isoformat()} never ran", job, message)
        elif state is not None and state.run_state == "success" and not state.delivered:
            message = (
                f"Job {job!r}: run {state.run_id!r} for {span} is green in Airflow and delivered nothing. "
                "Clear that run to deliver the window."
            )
            yield Finding(f"{job} {window.start.isoformat()} green without delivery", job, message)
        elif state is not None and state.run_state == "failed" and state.delivered:
            message = (
                f"Job {job!r}: run {state.run_id!r} for {span} is marked failed although its files are delivered. "
                "Clear its failed tasks; they find the delivery in the ledger and send nothing twice."
            )
            yield Finding(f"{job} {window.start.isoformat()} delivered but failed", job, message)
