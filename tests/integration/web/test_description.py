"""The API against its own description: no 5xx except 503, and no undocumented answer."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest
import schemathesis
from hypothesis import HealthCheck, assume, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.integration.web.samples import JOBS, body

if TYPE_CHECKING:
    from fastapi import FastAPI
    from schemathesis import Case, CheckContext, Response

    from tests.integration.web.conftest import Ask

pytestmark = [pytest.mark.integration, pytest.mark.slow, pytest.mark.timeout(600)]
DESCRIPTION = "/export-jobs/api/openapi.json"
EXAMPLES = 15
FEWEST_ROUTES = 25


def is_no_crash(context: CheckContext, response: Response, case: Case[Any]) -> None:
    """503 says in a sentence what is unavailable: here there is no warehouse to read values from."""
    if response.status_code != HTTPStatus.SERVICE_UNAVAILABLE:
        not_a_server_error(context, response, case)


CHECKS = [is_no_crash, content_type_conformance, response_schema_conformance, status_code_conformance]


def test_the_description_holds_for_whatever_is_sent(ask: Ask, airflow_app: FastAPI) -> None:
    client = ask("admin")
    made = client.post(JOBS, json=body()).json()
    headers = {"Authorization": client.headers["Authorization"]}
    schema = schemathesis.openapi.from_asgi(DESCRIPTION, airflow_app, headers=headers)
    tried = {}
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found
        operation = found.ok()
        tried[operation.label] = send_anything(operation, headers, made["dag_id"])
    assert len(tried) >= FEWEST_ROUTES and min(tried.values()) > 0, tried


def send_anything(operation: Any, headers: dict[str, str], dag_id: str) -> int:
    """Send requests of any shape to one route, half of them for an existing job. Return their number."""
    count = 0

    @settings(max_examples=EXAMPLES, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy())
    def send(case: Any) -> None:
        nonlocal count
        count += 1
        # A line end in a path leads past every app that is mounted in Airflow, to Airflow's own "not found".
        assume("\n" not in unquote(case.formatted_path))
        if count % 2 and "dag_id" in (case.path_parameters or {}):
            case.path_parameters["dag_id"] = dag_id
        case.call_and_validate(headers=headers, checks=CHECKS)

    send()
    return count
