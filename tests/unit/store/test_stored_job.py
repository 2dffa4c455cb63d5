"""A row of the store: a job, or every issue of what is not one."""

from __future__ import annotations

from typing import Any

import pytest

from export_jobs.errors import UserError
from export_jobs.store.stored_job import StoredJob
from tests.unit.core.samples import catalogue, job

JOB = job()


def stored(**changes: Any) -> StoredJob:
    definition = JOB.model_dump(mode="json", by_alias=True, exclude={"version"})
    return StoredJob(JOB.job_id, JOB.dag_id, JOB.name, JOB.version, {**definition, **changes})


def test_the_version_is_the_rows_own() -> None:
    assert stored().parse() == JOB
    assert stored().read() == (JOB, [])
    assert stored().check(catalogue=catalogue())[0] == JOB


def test_a_row_that_is_no_job_is_every_issue_at_once() -> None:
    row = stored(owner=7, recipients="nobody")
    found, issues = row.read()
    assert found is None
    assert [issue.path for issue in issues] == ["owner", "recipients"]
    with pytest.raises(UserError) as raised:
        row.parse()
    assert all(str(issue) in str(raised.value) for issue in issues)


@pytest.mark.parametrize(
    ("schedule", "zone"),
    [
        ({"time_zone": "Asia/Kathmandu"}, "Asia/Kathmandu"),
        ({"time_zone": "Mars/Phobos"}, "UTC"),
        ({"time_zone": 7}, "UTC"),
        ({}, "UTC"),
        ("daily", "UTC"),
    ],
)
def test_days_are_shown_in_the_rows_zone_if_it_exists(schedule: object, zone: str) -> None:
    assert stored(schedule=schedule).time_zone == zone
