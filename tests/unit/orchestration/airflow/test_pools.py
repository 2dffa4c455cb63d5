"""What is said of a pool that is missing, closed, or that nobody could ask for."""

from __future__ import annotations

import pytest

from export_jobs.core.base.issue import Level
from export_jobs.orchestration.airflow.pools import needed_pools, pool_issues


def test_a_pool_that_is_there_or_that_nobody_can_ask_for_is_no_issue() -> None:
    assert not list(pool_issues(["partner"], {"export_jobs": 8}))
    assert not list(pool_issues(["partner"], {"export_jobs": -1}))  # as many as there are tasks
    assert not list(pool_issues(["partner"], None))


def test_an_unknown_pool_is_an_error_and_a_closed_one_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPORT_JOBS_POOL", "night shift")
    (unknown,) = pool_issues(["partner"], {"export_jobs": 8})
    assert unknown.level is Level.ERROR and "airflow pools set 'night shift' 8" in unknown.remedy
    (closed,) = pool_issues(["partner"], {"night shift": 0})
    assert closed.level is Level.WARNING


def test_a_pool_of_a_destination_may_come_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPORT_JOBS_DESTINATION_SLOTS", "2")
    assert needed_pools(["partner", "archive"]) == ["export_jobs", "export_jobs to partner", "export_jobs to archive"]
    (archive,) = pool_issues(["partner", "archive"], {"export_jobs": 8, "export_jobs to partner": 2})
    assert archive.level is Level.WARNING and "'export_jobs to archive'" in archive.what
