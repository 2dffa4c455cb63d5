"""Decide which runs a rerun clears, "from the last successful schedule". Pure: runs and ledger are passed in.

The ledger decides what is done, not the state of a run: a successful run that delivered nothing is cleared. Of a failed
run that delivered everything, only the failed tasks are cleared.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from export_jobs.core.definitions.job import Schedule
from export_jobs.core.windows.window import Window, closed_at
from export_jobs.errors import UserError

_IN_PROGRESS = {"queued", "running", "restarting"}


@dataclass(frozen=True)
class DagRunSummary:
    """One run as Airflow reports it. A run without a data interval has no window and exported nothing.

    ``queued_at``: when it was created or last cleared, whatever days it exports. ``start``: None until it has started.
    """

    run_id: str
    run_type: str
    state: str
    data_interval_start: datetime | None
    data_interval_end: datetime | None
    start: datetime | None = None
    end: datetime | None = None
    dag_id: str = ""
    logical_date: datetime | None = None
    run_after: datetime | None = None
    queued_at: datetime | None = None

    @property
    def window(self) -> Window | None:
        """The window that this run exports, or None."""
        first, last = self.data_interval_start, self.data_interval_end
        return Window(first, last) if first and last and first < last else None


@dataclass(frozen=True)
class RerunSelection:
    """What to do; each list is oldest first. ``gaps`` are undelivered windows before the last success; they stay as is.

    ``clear``: runs of which every task runs again. ``heal``: runs that delivered, of which only failed tasks run again.
    """

    clear: tuple[DagRunSummary, ...] = ()
    heal: tuple[DagRunSummary, ...] = ()
    gaps: tuple[DagRunSummary, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.clear or self.heal)


def plan_rerun(
    job: str,
    runs: Iterable[DagRunSummary],
    delivered: Collection[str],
    *,
    include_gaps: bool = False,
    now: datetime | None = None,
    schedule: Schedule | None = None,
) -> RerunSelection:
    """Decide what a rerun of ``job`` clears. ``delivered`` has the ids of the runs whose files are all delivered.

    Windows that are not over at ``now``, or not closed by ``schedule``, are left out: their runs would only be refused
    again.
    A window that any run delivered is done, even if other runs of it failed. Raises ``UserError`` while a run is in
    progress: clearing it would interrupt an upload.
    """
    runs = list(runs)
    busy = next((run for run in runs if run.state in _IN_PROGRESS), None)
    if busy is not None:
        raise UserError(
            f"Job {job!r} has an execution in progress: run {busy.run_id!r} is {busy.state}",
            "Wait until it has ended, or stop it in Airflow, then rerun",
        )
    by_window: dict[Window, list[DagRunSummary]] = {}
    for run in runs:
        if run.window is not None and (now is None or _end(run.window, schedule) <= now):
            by_window.setdefault(run.window, []).append(run)
    done = {window for window, own in by_window.items() if any(run.run_id in delivered for run in own)}
    last_success = max(done, key=lambda window: window.end, default=None)
    missing = [_run_to_clear(by_window[window]) for window in sorted(by_window.keys() - done)]
    gaps = [run for run in missing if last_success and run.window and run.window.end <= last_success.end]
    return RerunSelection(
        clear=tuple(run for run in missing if include_gaps or run not in gaps),
        heal=tuple(
            sorted((run for run in runs if run.run_id in delivered and run.state == "failed"), key=_window_order)
        ),
        gaps=() if include_gaps else tuple(gaps),
    )


def _end(window: Window, schedule: Schedule | None) -> datetime:
    return closed_at(schedule, window) if schedule else window.end


def _run_to_clear(runs: list[DagRunSummary]) -> DagRunSummary:
    """Return the scheduled run of a window, so that Airflow's grid turns green; otherwise its last run."""
    scheduled = [run for run in runs if run.run_type == "scheduled"]
    return max(scheduled or runs, key=lambda run: (run.start.timestamp() if run.start else 0.0, run.run_id))


def _window_order(run: DagRunSummary) -> tuple[datetime, str]:
    window = run.window
    assert window is not None, "only runs with a window deliver"  # noqa: S101
    return window.start, run.run_id
