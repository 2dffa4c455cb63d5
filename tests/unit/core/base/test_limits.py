"""The size of a definition is limited before it is validated, and at most a hundred issues are reported."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from export_jobs.core.base.issue import Issue, Level
from export_jobs.core.base.limits import (
    MAX_DEPTH,
    MAX_ERRORS,
    MAX_INPUT_ENTRIES,
    MAX_INPUT_MAPPINGS,
    MAX_INPUT_VALUES,
    MAX_ISSUES,
    first_issues,
    limit_errors,
    size_issues,
)
from export_jobs.core.base.shape import parse_shape
from export_jobs.core.definitions.job import JobSpec

JOB = {
    "name": "j",
    "owner": "owner@example.com",
    "destination": "d",
    "schedule": {"frequency": "daily", "from": "2026-01-01", "until": "2026-01-02"},
    "templates": [{"template": "t"}],
}


def nested(depth: int) -> object:
    value: object = "x"
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        (
            {"templates": [{"template": "t"}] * (MAX_INPUT_MAPPINGS + 1)},
            "this has 1,001 entries; at most 1,000 are read",
        ),
        ({"recipients": [1] * (MAX_INPUT_ENTRIES + 1)}, "this has 20,001 entries"),
        ({"a": [["x"] * MAX_INPUT_ENTRIES] * (MAX_INPUT_VALUES // MAX_INPUT_ENTRIES + 1)}, "more than 200,000 values"),
        ({"a": nested(MAX_DEPTH + 1)}, "nested more than 20 deep"),
    ],
)
def test_what_is_too_large_is_one_issue_and_is_not_judged(raw: dict[str, object], what: str) -> None:
    parsed = parse_shape(JobSpec, {**JOB, **raw})
    assert parsed.value is None
    [issue] = parsed.issues
    assert what in issue.what


def test_what_fits_is_judged() -> None:
    assert size_issues({"audience": ["x"] * MAX_INPUT_ENTRIES}) == []
    assert size_issues(JOB) == []


def test_a_list_of_wrong_values_tells_a_hundred_and_counts_the_others() -> None:
    """Fifty thousand numbers instead of addresses once took seconds and answered with megabytes."""
    parsed = parse_shape(JobSpec, {**JOB, "recipients": [1] * MAX_INPUT_ENTRIES})
    assert len(parsed.issues) == MAX_ISSUES + 1
    assert parsed.issues[0].path == "recipients[0]"
    assert parsed.issues[-1].what == f"and {MAX_INPUT_ENTRIES - MAX_ISSUES:,} more issues"


def test_the_first_issues_of_many_and_how_many_there_are_besides() -> None:
    issues = [Issue(f"a[{number}]", "is wrong", "Correct it") for number in range(250)]
    first = first_issues(issues)
    assert first[:MAX_ISSUES] == issues[:MAX_ISSUES]
    assert first[-1].what.startswith("and 150 more")
    assert first_issues(issues[:MAX_ISSUES]) == issues[:MAX_ISSUES]


def test_a_definition_is_judged_until_there_are_enough_errors_and_warnings_hide_none() -> None:
    asked = []

    def found() -> Iterator[Issue]:
        for number in range(10 * MAX_ERRORS):
            asked.append(number)
            yield Issue("a warning", str(number), "", Level.WARNING)
            yield Issue("an error", str(number // 2), "")

    issues = limit_errors(found())
    assert [issue.level for issue in issues].count(Level.ERROR) == MAX_ERRORS
    assert len(asked) < 3 * MAX_ERRORS
