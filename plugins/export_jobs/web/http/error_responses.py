"""One shape for all errors: where, what, and what to do; all issues at once.

An answer never contains internals of the server: an unexpected error is logged under an id, and the answer contains
only that id.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from secrets import token_hex
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from export_jobs.core.base.issue import Issue
from export_jobs.core.base.limits import first_issues
from export_jobs.core.base.shape import format_location
from export_jobs.errors import ConflictError, ExportError, TerminalError, TransientError, UserError
from export_jobs.orchestration.airflow.api import AirflowRefusal
from export_jobs.web.models.errors import ErrorAnswer, IssueAnswer

log = logging.getLogger(__name__)

MAX_BODY_BYTES = 2 * 1024**2
REMEDIES = {
    401: ("you are not logged in, or your login has expired", "Log in to Airflow, then try again"),
    403: ("you may not do this", "Ask an administrator of Airflow for the permission"),
    404: ("there is nothing at this address", "See the list of routes at /export-jobs/api/docs"),
    405: ("this address does not take this method", "See the list of routes at /export-jobs/api/docs"),
    413: (f"the request is larger than {MAX_BODY_BYTES} bytes", "Split it"),
}


class RequestRefusal(Exception):  # noqa: N818  the request is at fault, not the code
    """Why a request is refused, in words for people. ``issues`` has all reasons."""

    def __init__(self, status: int, issues: Sequence[Issue]) -> None:
        super().__init__("; ".join(map(str, issues)))
        self.status = status
        self.issues = tuple(issues)

    @classmethod
    def because(cls, status: int, what: str, remedy: str, path: str = "") -> RequestRefusal:
        """Create a refusal for one reason."""
        return cls(status, [Issue(path, what, remedy)])


def issue_of(error: ExportError, path: str = "") -> Issue:
    """Convert an error of this package to an issue."""
    return Issue(path, error.what, error.remedy)


def error_response(status: int, issues: Iterable[Issue]) -> Response:
    """Create an error response: at most a hundred issues, plus the number of the others."""
    body = ErrorAnswer(errors=[IssueAnswer.of(issue) for issue in first_issues(list(issues))])
    return Response(json.dumps(body.model_dump(mode="json")), status_code=status, media_type="application/json")


def unexpected_error_response(error: Exception) -> Response:
    """Create a response with only an error id; the log has the details under that id."""
    return error_response(500, [unexpected_error_issue(error)])


def unexpected_error_issue(error: Exception) -> Issue:
    """Create an issue with only an error id, and log the details under that id."""
    error_id = token_hex(4)
    log.error("Error %s of the Export Jobs API", error_id, exc_info=error)
    what = f"something unexpected happened; it is in the log of Airflow's API server as error {error_id}"
    return Issue("", what, "Try again. If it happens again, send this id to an administrator of Airflow")


def status_of(error: Exception) -> int:
    """Return the HTTP status for ``error``."""
    match error:
        case RequestRefusal() | AirflowRefusal():
            return error.status
        case HTTPException():
            return error.status_code
        case ConflictError():
            return 409
        case RequestValidationError() | UserError():
            return 422
        case TransientError() | TerminalError():
            return 503
        case _:
            return 500


def add_handlers(app: FastAPI) -> None:
    """Register handlers that answer every error in the same shape."""
    app.add_exception_handler(RequestRefusal, _handle_refusal)
    app.add_exception_handler(RequestValidationError, _handle_invalid_request)
    app.add_exception_handler(HTTPException, _handle_http_error)
    app.add_exception_handler(ExportError, _handle_export_error)


def _handle_refusal(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestRefusal)  # noqa: S101  registered for this type
    return error_response(error.status, error.issues)


def _handle_export_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, ExportError)  # noqa: S101  registered for this type
    return error_response(status_of(error), [issue_of(error)])


def _handle_http_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  registered for this type
    what, remedy = REMEDIES.get(error.status_code, ("this request cannot be served", "Correct it, then try again"))
    response = error_response(error.status_code, [Issue("", what, remedy)])
    response.headers.update(error.headers or {})
    return response


def _handle_invalid_request(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101  registered for this type
    return error_response(422, dict.fromkeys(_request_issue(detail) for detail in error.errors()))


def _request_issue(detail: Mapping[str, Any]) -> Issue:
    place = tuple(detail["loc"])
    if detail["type"] == "json_invalid":  # its location is a character offset, not a path
        reason = str(detail.get("ctx", {}).get("error", ""))
        return Issue("", f"the body is not JSON: {reason}, at character {place[-1]}", "Send a JSON object")
    if detail["type"] == "missing" and place == ("body",):
        return Issue("", "the request has no body", "Send a JSON object")
    return Issue(format_location(place[1:]), detail["msg"][:1].lower() + detail["msg"][1:], "Correct it")
