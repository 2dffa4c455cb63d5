"""Errors as the page receives them: what happened and what to do arrive unchanged."""

from __future__ import annotations

import pytest

from export_jobs.errors import ExportError, TerminalError, TransientError, UserError
from export_jobs.orchestration.airflow.api import AirflowRefusal
from export_jobs.web.http.error_responses import issue_of, status_of

ERRORS = [
    UserError("The file 'a. b.csv' cannot be delivered", "Rename it"),
    TransientError("The server does not answer", "Check the port. It is retried automatically"),
    TerminalError("No key is pinned. It offered SHA256:x", "Compare it. When it is the same, write it down"),
    TerminalError("The store was reset"),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.what)
def test_both_parts_are_kept_whatever_they_hold(error: ExportError) -> None:
    issue = issue_of(error, "destination")
    assert (issue.path, issue.what, issue.remedy) == ("destination", error.what, error.remedy)
    assert issue.message == str(error)


def test_the_type_of_an_error_decides_the_status() -> None:
    refusal = AirflowRefusal("Airflow does not allow this", "Ask an administrator", status=403)
    assert [status_of(error) for error in (*ERRORS, refusal, KeyError())] == [422, 503, 503, 503, 403, 500]
