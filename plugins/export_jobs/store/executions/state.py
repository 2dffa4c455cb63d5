"""The state of one execution, from its entries in the ledger, for the command line and the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from export_jobs.core.windows.coverage import CoverageState
from export_jobs.core.windows.timeline import RunOutcome
from export_jobs.core.windows.window import Window
from export_jobs.store.executions.records import DeliveryEntry, ExecutionEvent, ExecutionRecord

SILENCE_LIMIT = timedelta(seconds=60)
"""A run with an event within this time counts as alive, whatever Airflow's table showed a moment ago."""

SILENT_RUN_MESSAGE = (
    "The run ended without delivering and without saying why. See its log in Airflow, then rerun the job from there or "
    "from its page."
)
_ENDS = {"failed", "interrupted", "succeeded"}
_AFTER_DELIVERY = {"notify_recipients", "notify_owner"}


class ExecutionState(StrEnum):
    """One word for an execution; files once delivered stay delivered, whatever a later try did.

    ``early``: what was delivered was read before the window was over, so the window does not count as delivered.
    ``queued``: Airflow has yet to start the run, for the first time or again.
    """

    QUEUED = "queued"
    RUNNING = "running"
    DELIVERED = "delivered"
    EMPTY = "empty"
    FAILED = "failed"
    SKIPPED = "skipped"
    DELIVERED_THEN_FAILED = "delivered_then_failed"
    EARLY = "early"


AT_WORK = frozenset({ExecutionState.QUEUED, ExecutionState.RUNNING})
"""Airflow is about to work on the run; its earlier events and deliveries belong to an earlier round."""


@dataclass(frozen=True)
class AirflowRuns:
    """What Airflow says beside the ledger: the runs that it has queued or running at ``now``.

    ``queued``: those of them that it has yet to start. ``asked_at``: when each was made or last cleared.
    """

    in_progress: Collection[str]
    now: datetime
    queued: Collection[str] = ()
    asked_at: Mapping[str, datetime] = field(default_factory=dict)


def state_of(record: ExecutionRecord, airflow: AirflowRuns | None = None) -> ExecutionState:
    """Return the state; without ``airflow`` a killed run counts as running forever."""
    if airflow and record.run_id in airflow.in_progress:
        return ExecutionState.QUEUED if record.run_id in airflow.queued else ExecutionState.RUNNING
    if record.publication:
        return _state_of_published(record)
    if any(event.kind == "skipped" for event in record.events):
        return ExecutionState.SKIPPED
    if record.has_failed or (airflow and _is_silent(record, airflow.now)):
        return ExecutionState.FAILED
    return ExecutionState.RUNNING


def _state_of_published(record: ExecutionRecord) -> ExecutionState:
    if record.is_too_early:
        return ExecutionState.EARLY
    if record.has_failed:
        return ExecutionState.DELIVERED_THEN_FAILED
    return ExecutionState.DELIVERED if record.deliveries else ExecutionState.EMPTY


def run_times(record: ExecutionRecord) -> tuple[datetime, datetime | None]:
    """Return when the newest round of an execution started, and when it delivered or failed; None before that.

    A round is everything from a first task to a manifest or a failure. Mails and their retries after a delivery do not
    count: the chart shows how long the data took.
    """
    failures = [event.at for event in record.events if event.kind == "run failed"]
    ends = sorted([*failures, *(publication.published_at for publication in record.publications)])
    if record.publication:
        end: datetime | None = record.publication.published_at
    else:
        end = failures[-1] if record.has_failed else None
    before = max((moment for moment in ends if end is None or moment < end), default=datetime.min.replace(tzinfo=UTC))
    starts = (event.at for event in record.events if event.kind == "started" and event.step not in _AFTER_DELIVERY)
    begun = (at for at in starts if at > before and (end is None or at <= end))
    return min(begun, default=record.opened_at), end


def step_times(record: ExecutionRecord) -> dict[str, float]:
    """How long each step of the newest round took, in seconds, in the order in which they began; mails do not count.

    From the first start of a step to its last success, whatever the template and the destination: several of a step run
    beside each other.
    """
    begin, _ = run_times(record)
    starts: dict[str, datetime] = {}
    ends: dict[str, datetime] = {}
    for event in record.events:
        step = (event.step or "").partition("__")[0]
        if event.at < begin or step in _AFTER_DELIVERY:
            continue
        if event.kind == "started":
            starts.setdefault(step, event.at)
        elif event.kind == "succeeded":
            ends[step] = event.at
    return {step: round((ends[step] - at).total_seconds(), 1) for step, at in starts.items() if step in ends}


def latest_failures(record: ExecutionRecord) -> list[ExecutionEvent]:
    """Return the failures of steps whose newest try did not succeed, oldest first."""
    newest = {(event.step, event.template): event for event in record.events if event.kind in _ENDS}
    return [event for event in newest.values() if event.kind != "succeeded" and event.message]


def newest_files(record: ExecutionRecord) -> list[DeliveryEntry]:
    """Return each template's newest file, or its parts, at each destination: a rerun replaces earlier files."""
    stages = {(file.destination, file.template): file.stage for file in record.deliveries}
    newest = {
        (file.destination, file.template, file.part): file
        for file in record.deliveries
        if file.stage == stages[file.destination, file.template]
    }
    return list(newest.values())


def one_of_each(files: Collection[DeliveryEntry]) -> list[DeliveryEntry]:
    """Return each template's files at one destination, the last that got them, for sums and counts."""
    last = {file.template: file.destination for file in files}
    return [file for file in files if file.destination == last[file.template]]


def bound_version(record: ExecutionRecord) -> int:
    """The definition version that the execution is bound to now: its first one, unless somebody has chosen another."""
    chosen = [event.detail["version"] for event in record.events if event.kind == "rebound" and event.detail]
    return int(chosen[-1]) if chosen else record.version


def run_outcome(record: ExecutionRecord, templates: Collection[str], airflow: AirflowRuns | None = None) -> RunOutcome:
    """Return the result of an execution for its window."""
    state = state_of(record, airflow)
    has_failed = state is ExecutionState.FAILED
    states = {name: CoverageState.FAILED if has_failed else record.outcome(name).state for name in templates}
    window = Window(record.window_start, record.window_end)
    if not record.publication or state in AT_WORK:
        return RunOutcome(record.run_id, window, states)
    start, end = run_times(record)
    rows: Counter[str] = Counter()
    for file in one_of_each(newest_files(record)):
        rows[file.template] += file.rows
    seconds = (end - start).total_seconds() if end else None
    return RunOutcome(record.run_id, window, states, rows.total(), seconds, dict(rows), step_times(record))


def _is_silent(record: ExecutionRecord, now: datetime) -> bool:
    last = record.events[-1].at if record.events else record.opened_at
    return now - last > SILENCE_LIMIT
