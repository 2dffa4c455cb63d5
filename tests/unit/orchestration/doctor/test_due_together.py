"""Many jobs of one second are named, unless they are spread; few, and those of other times, are not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest

from export_jobs.orchestration.airflow.api import AirflowApi
from export_jobs.orchestration.doctor import due_together
from export_jobs.orchestration.doctor.due_together import MOST_TOGETHER, jobs_are_spread
from export_jobs.orchestration.doctor.result import CheckResult, Outcome, Surroundings
from export_jobs.store.stored_job import StoredJob

DAYS = {"from": "2026-01-01", "until": "2026-12-31"}


class StoreOf:
    """The store's rows."""

    def __init__(self, rows: list[StoredJob]) -> None:
        self.rows = rows

    def jobs(self) -> list[StoredJob]:
        return self.rows


class AirflowThatStarts:
    """Airflow's word of when each Dag runs next."""

    def __init__(self, start: Callable[[str], str | None]) -> None:
        self.start = start

    def dag(self, dag_id: str) -> dict[str, Any]:
        return {"next_dagrun_run_after": self.start(dag_id)}


def rows(count: int, **parts: Any) -> list[StoredJob]:
    schedule = {"frequency": "daily", **DAYS, **parts.pop("schedule", {})}
    return [StoredJob(n, f"export__{n}", f"{n}", 1, {"schedule": schedule, **parts}) for n in range(count)]


def said(
    monkeypatch: pytest.MonkeyPatch, found: list[StoredJob], start: Callable[[str], str | None] = lambda _: "02:00"
) -> list[CheckResult]:
    monkeypatch.setattr(due_together, "store_engine", lambda: None)
    monkeypatch.setattr(due_together, "Definitions", lambda _: StoreOf(found))
    return list(jobs_are_spread(Surroundings(lambda: cast("AirflowApi", AirflowThatStarts(start)))))


def test_more_than_a_hundred_jobs_of_one_second_are_named_with_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    (result,) = said(monkeypatch, rows(MOST_TOGETHER + 1))
    assert result.outcome is Outcome.WARNING
    assert f"{MOST_TOGETHER + 1} jobs" in result.what and "EXPORT_JOBS_SPREAD_MINUTES" in result.remedy


def test_those_that_are_spread_and_those_that_airflow_does_not_know_yet_are_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert said(monkeypatch, rows(MOST_TOGETHER + 1), start=lambda dag_id: f"02:00:{dag_id}") == []
    assert said(monkeypatch, rows(MOST_TOGETHER + 1), start=lambda _: None) == []


@pytest.mark.parametrize(
    "others",
    [
        [],
        rows(9, schedule={"deliver_at": "03:00"}),
        rows(9, schedule={"time_zone": "Europe/Berlin"}),
        rows(9, schedule={"frequency": "weekly", "execute_on": "sunday"}),
        rows(9, schedule={"frequency": "once"}),
        rows(9, enabled=False),
        rows(9, schedule={"frequency": "at times"}),
    ],
    ids=["few", "another hour", "another zone", "weekly", "once", "paused", "not readable"],
)
def test_what_does_not_start_with_them_is_not_counted(monkeypatch: pytest.MonkeyPatch, others: list[StoredJob]) -> None:
    assert said(monkeypatch, rows(MOST_TOGETHER) + others) == []
