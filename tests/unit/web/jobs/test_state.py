"""The four icons, from the ledger, Airflow and the clock."""

from typing import Any

import pytest

from export_jobs.store.findings.alarms import OpenAlarm
from export_jobs.store.overview import JobProgress, from_epoch
from export_jobs.web.jobs.state import OVERDUE_S, REFUSED_FOR_S, derive_job_state
from export_jobs.web.models.job import Cause, JobState

NOW = 1_700_000_000.0
LONG_AGO = NOW - 86_400

NOTHING = JobProgress(1, 1, LONG_AGO, None, None, False, None, None, False, None)
DELIVERED = NOTHING._replace(execution_id=5, is_delivered=True, delivered_id=5, published_at=LONG_AGO)
FAILED = NOTHING._replace(execution_id=5, has_failed=True, last_at=LONG_AGO)
SILENT = NOTHING._replace(execution_id=5, last_at=LONG_AGO)
ALIVE = NOTHING._replace(execution_id=5, last_at=NOW - 5)


def told(progress: JobProgress, **changes: Any) -> tuple[JobState, Cause]:
    values = {"is_running": False, "is_broken": False, "due": NOW + 60, "changed_at": LONG_AGO, "now": NOW}
    return derive_job_state(progress, **{**values, **changes})


def alarm(is_standstill: bool = False) -> OpenAlarm:
    """What the auditor has found five seconds ago."""
    return OpenAlarm("what is wrong", is_standstill, from_epoch(NOW - 5))


@pytest.mark.parametrize(
    ("progress", "changes", "state", "cause"),
    [
        (NOTHING, {}, JobState.YET_TO_EXECUTE, Cause.NONE),
        (DELIVERED, {}, JobState.SUCCESS, Cause.NONE),
        (DELIVERED, {"due": None}, JobState.SUCCESS, Cause.NONE),
        (FAILED, {}, JobState.UNABLE_TO_EXECUTE, Cause.FAILED),
        (SILENT, {}, JobState.UNABLE_TO_EXECUTE, Cause.FAILED),
        (ALIVE, {}, JobState.IN_PROGRESS, Cause.NONE),
        (ALIVE._replace(has_failed=True), {}, JobState.UNABLE_TO_EXECUTE, Cause.FAILED),
        (FAILED, {"is_running": True}, JobState.IN_PROGRESS, Cause.NONE),
        (NOTHING, {"is_broken": True}, JobState.UNABLE_TO_EXECUTE, Cause.BROKEN),
        (DELIVERED, {"is_broken": True, "is_running": True}, JobState.IN_PROGRESS, Cause.NONE),
        (NOTHING, {"due": LONG_AGO}, JobState.UNABLE_TO_EXECUTE, Cause.OVERDUE),
        (DELIVERED, {"due": LONG_AGO}, JobState.UNABLE_TO_EXECUTE, Cause.OVERDUE),
        (NOTHING, {"due": LONG_AGO, "changed_at": NOW - OVERDUE_S + 1}, JobState.YET_TO_EXECUTE, Cause.NONE),
        (DELIVERED._replace(published_at=NOW - 60), {"due": LONG_AGO}, JobState.IN_PROGRESS, Cause.NONE),
        (FAILED, {"due": NOW - 60}, JobState.UNABLE_TO_EXECUTE, Cause.FAILED),
        (NOTHING, {"due": None}, JobState.YET_TO_EXECUTE, Cause.NONE),
        (NOTHING, {"refused_at": NOW - 5}, JobState.UNABLE_TO_EXECUTE, Cause.REFUSED),
        (DELIVERED, {"refused_at": NOW - 5}, JobState.UNABLE_TO_EXECUTE, Cause.REFUSED),
        (FAILED, {"refused_at": NOW - 5}, JobState.UNABLE_TO_EXECUTE, Cause.REFUSED),
        (DELIVERED._replace(published_at=NOW - 3), {"refused_at": NOW - 5}, JobState.SUCCESS, Cause.NONE),
        (SILENT._replace(last_at=NOW - 90), {"refused_at": NOW - 99}, JobState.UNABLE_TO_EXECUTE, Cause.FAILED),
        (NOTHING, {"refused_at": NOW - REFUSED_FOR_S}, JobState.YET_TO_EXECUTE, Cause.NONE),
        (NOTHING, {"refused_at": NOW - 5, "is_broken": True}, JobState.UNABLE_TO_EXECUTE, Cause.BROKEN),
        (NOTHING, {"refused_at": NOW - 5, "is_running": True}, JobState.IN_PROGRESS, Cause.NONE),
        (DELIVERED, {"alarm": alarm()}, JobState.UNABLE_TO_EXECUTE, Cause.ALARM),
        (DELIVERED, {"alarm": alarm(), "due": LONG_AGO}, JobState.UNABLE_TO_EXECUTE, Cause.ALARM),
        (DELIVERED._replace(published_at=NOW - 3), {"alarm": alarm()}, JobState.SUCCESS, Cause.NONE),
        (FAILED, {"alarm": alarm()}, JobState.UNABLE_TO_EXECUTE, Cause.FAILED),
        (DELIVERED, {"alarm": alarm(), "is_running": True}, JobState.IN_PROGRESS, Cause.NONE),
        (DELIVERED, {"alarm": alarm(True), "is_running": True}, JobState.UNABLE_TO_EXECUTE, Cause.ALARM),
    ],
)
def test_state(progress: JobProgress, changes: dict[str, Any], state: JobState, cause: Cause) -> None:
    assert told(progress, **changes) == (state, cause)


def test_moments_are_exact_to_the_microsecond() -> None:
    assert from_epoch(1_700_000_000.123457).isoformat() == "2023-11-14T22:13:20.123457+00:00"
