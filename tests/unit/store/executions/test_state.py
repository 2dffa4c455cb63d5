"""What has become of one execution, from what the ledger holds of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from export_jobs.core.windows.coverage import CoverageState
from export_jobs.store.executions.records import DeliveryEntry, ExecutionEvent, ExecutionRecord, PublicationEntry
from export_jobs.store.executions.state import (
    AirflowRuns,
    ExecutionState,
    bound_version,
    latest_failures,
    newest_files,
    run_outcome,
    run_times,
    state_of,
    step_times,
)

BEGAN = datetime(2026, 1, 2, 2, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return BEGAN + timedelta(minutes=minutes)


def event(minutes: float, kind: str, step: str | None = "extract", **more: Any) -> ExecutionEvent:
    values = {"template": "rows", "attempt": None, "try_number": 1, "message": None, "detail": None}
    return ExecutionEvent(1, at(minutes), kind, step, **{**values, **more})


def file(minutes: float, rows: int = 3, template: str = "rows") -> DeliveryEntry:
    place: dict[str, Any] = {"path": f"{template}.zip", "url": f"sftp://host/{template}.zip"}
    content: dict[str, Any] = {"bytes": 10, "sha256": "aa", "columns": ("id",), "version": 1, "definition_hash": "hash"}
    made: dict[str, Any] = {**place, **content, "attempt": "first", "revision": 1}
    return DeliveryEntry(1, template, f"stage-{minutes}", rows=rows, delivered_at=at(minutes), **made)


def manifest(minutes: float) -> PublicationEntry:
    return PublicationEntry(1, f"stage-{minutes}", "m.json", "sftp://host/m.json", 10, "bb", 1, at(minutes))


def record(
    *events: ExecutionEvent, files: tuple[DeliveryEntry, ...] = (), manifests: tuple[PublicationEntry, ...] = ()
) -> ExecutionRecord:
    window = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC))
    return ExecutionRecord(
        1, 1, "export__sales", "scheduled__1", "scheduled", *window, 1, BEGAN, events, files, manifests, ()
    )


STARTED = event(0, "started")
FAILED = (event(1, "failed", message="It is full."), event(2, "run failed", "notify_owner"))


@pytest.mark.parametrize(
    ("found", "state"),
    [
        (record(STARTED), ExecutionState.RUNNING),
        (record(STARTED, *FAILED), ExecutionState.FAILED),
        (record(STARTED, *FAILED, event(3, "started")), ExecutionState.RUNNING),
        (record(STARTED, event(1, "skipped", message="No rows.")), ExecutionState.SKIPPED),
        (record(STARTED, manifests=(manifest(3),)), ExecutionState.EMPTY),
        (record(STARTED, files=(file(2),)), ExecutionState.RUNNING),
        (record(STARTED, files=(file(2),), manifests=(manifest(3),)), ExecutionState.DELIVERED),
        (record(STARTED, *FAILED, files=(file(1),), manifests=(manifest(1),)), ExecutionState.DELIVERED_THEN_FAILED),
    ],
)
def test_one_word_for_each(found: ExecutionRecord, state: ExecutionState) -> None:
    assert state_of(found) is state


@pytest.mark.parametrize(
    ("minutes", "in_progress", "state"),
    [
        (0.9, [], ExecutionState.RUNNING),
        (1.1, [], ExecutionState.FAILED),
        (600, ["scheduled__1"], ExecutionState.RUNNING),
        (600, ["another"], ExecutionState.FAILED),
    ],
)
def test_a_run_that_airflow_has_ended_and_that_is_silent_has_failed(
    minutes: float, in_progress: list[str], state: ExecutionState
) -> None:
    assert state_of(record(STARTED), AirflowRuns(in_progress, at(minutes))) is state
    assert state_of(record(), AirflowRuns(in_progress, at(minutes))) is state, "it may not have said one word"


def test_what_is_delivered_runs_while_airflow_works_on_it() -> None:
    found = record(STARTED, files=(file(2),), manifests=(manifest(3),))
    assert state_of(found, AirflowRuns(["scheduled__1"], at(9))) is ExecutionState.RUNNING


def test_a_round_ends_with_its_manifest_and_not_with_the_mails_after_it() -> None:
    mails = (event(4, "started", "notify_recipients"), event(9, "run failed", "notify_owner"))
    assert run_times(record(STARTED, *mails, files=(file(2),), manifests=(manifest(3),))) == (at(0), at(3))


def test_only_the_newest_round_is_timed() -> None:
    again = record(STARTED, *FAILED, event(60, "started"), files=(file(61),), manifests=(manifest(62),))
    assert run_times(again) == (at(60), at(62))
    assert run_times(record(STARTED, *FAILED)) == (at(0), at(2))
    assert run_times(record(STARTED, *FAILED, event(60, "started"))) == (at(60), None)
    assert run_times(record()) == (BEGAN, None)


def test_the_mails_of_the_round_before_do_not_begin_the_next_one() -> None:
    mail = event(4, "started", "notify_recipients")
    twice = record(STARTED, mail, event(60, "started"), files=(file(61),), manifests=(manifest(3), manifest(62)))
    assert run_times(twice) == (at(60), at(62))


def test_each_step_of_the_newest_round_is_timed_over_templates_and_destinations() -> None:
    first = (event(0, "started"), event(1, "succeeded"), event(2, "started", "upload"), event(2.5, "failed", "upload"))
    again = (
        event(10, "started"),
        event(11, "succeeded"),
        event(12, "started", "upload__archive"),
        event(12.5, "started", "upload__partner", template="totals"),
        event(13, "succeeded", "upload__archive"),
        event(14, "succeeded", "upload__partner", template="totals"),
        event(15, "started", "publish_manifest"),
        event(16, "started", "notify_recipients"),
        event(17, "succeeded", "notify_recipients"),
    )
    found = record(*first, FAILED[1], *again, files=(file(14),), manifests=(manifest(15),))
    assert step_times(found) == {"extract": 60.0, "upload": 120.0}, "the manifest's task has not said that it is done"
    assert run_outcome(found, ["rows"]).step_seconds == {"extract": 60.0, "upload": 120.0}


def test_a_step_that_succeeded_later_is_no_failure() -> None:
    lost = event(1, "interrupted", "upload", message="The line is lost.")
    refused = event(2, "failed", template="totals", message="The login is refused.")
    found = record(STARTED, lost, refused, event(3, "succeeded", "upload"))
    assert [one.message for one in latest_failures(found)] == ["The login is refused."]
    assert [one.message for one in latest_failures(record(refused, lost))] == [
        "The login is refused.",
        "The line is lost.",
    ]


def test_a_rerun_replaces_the_file_of_its_template_alone() -> None:
    found = record(files=(file(1, 3), file(1, 5, "totals"), file(9, 4)), manifests=(manifest(2), manifest(10)))
    assert {one.template: one.rows for one in newest_files(found)} == {"rows": 4, "totals": 5}
    made = run_outcome(found, ["rows", "totals", "new"])
    assert (made.rows, made.states) == (9, {"rows": "delivered", "totals": "delivered", "new": "empty"})


def test_of_what_is_not_delivered_no_rows_are_told() -> None:
    made = run_outcome(record(STARTED, *FAILED, files=(file(1),)), ["rows"])
    assert (made.states, made.rows, made.seconds) == ({"rows": CoverageState.FAILED}, None, None)


def test_the_version_chosen_last_counts() -> None:
    chosen = [event(minutes, "rebound", None, detail={"version": version}) for minutes, version in ((1, 4), (2, 3))]
    assert bound_version(record(*chosen)) == 3
    assert bound_version(record()) == 1
