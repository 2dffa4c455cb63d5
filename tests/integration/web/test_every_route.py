"""No route without a permission: a new route without one fails here, with a remedy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from fastapi import FastAPI
    from fastapi.dependencies.models import Dependant

    from tests.integration.web.conftest import Ask

pytestmark = pytest.mark.integration

OPEN_TO_ANYBODY: frozenset[str] = frozenset()
"""Paths that need no login. There are none; a new one needs a reason here."""

ONLY_LOGGED_IN = {"/api/me", "/api/docs", "/api/openapi.json", "/static/{path:path}"}
"""Routes without data of jobs, so a login is enough."""

READS_BY_POST = {"/api/preview", "/api/test-file"}
"""Routes with a body that only read."""

HINT = (
    "Give it a parameter such as `user: ReadsJob`, from export_jobs.web.http.access, so that Airflow is asked. "
    "A route about one job has {dag_id} in its path."
)


def routes(app: FastAPI) -> Iterator[Any]:
    """Every route and mount of our app, including nested mounts."""
    for route in app.routes:
        yield route
        inner = getattr(route, "routes", None)
        if inner:
            yield from inner


def permissions(dependant: Dependant) -> Iterator[Any]:
    from export_jobs.web.http.access import Permission

    for dependency in dependant.dependencies:
        if isinstance(dependency.call, Permission):
            yield dependency.call
        yield from permissions(dependency)


@pytest.fixture(scope="module")
def ours() -> FastAPI:
    from export_jobs.web.app import create_app

    return create_app()


def test_every_route_declares_its_permission(ours: FastAPI) -> None:
    from fastapi.routing import APIRoute

    assert len(list(routes(ours))) > 10
    for route in routes(ours):
        if route.path in OPEN_TO_ANYBODY:
            continue
        assert isinstance(route, APIRoute), f"{route.path} is a mount, which asks nobody. Serve it by a route. {HINT}"
        declared = list(permissions(route.dependant))
        assert len(declared) == 1, f"{route.methods} {route.path} declares {len(declared)} permissions. {HINT}"


def test_a_permission_on_a_job_takes_the_dag_from_the_path_and_writes_need_more_than_a_login(ours: FastAPI) -> None:
    from export_jobs.web.http.access import PathDagPermission, Permission

    for route in routes(ours):
        (declared,) = permissions(route.dependant)
        if isinstance(declared, PathDagPermission) or "{dag_id}" in route.path:
            assert isinstance(declared, PathDagPermission), (
                f"{route.path} names a job and does not ask for its Dag. {HINT}"
            )
            assert "{dag_id}" in route.path, f"{route.path} asks for a Dag that is not in its path. {HINT}"
        if type(declared) is Permission:
            assert route.methods == {"GET"}, f"{route.methods} {route.path}: a write needs more than a login. {HINT}"
            assert route.path in ONLY_LOGGED_IN, f"{route.path}: a login is not enough. {HINT}"
        if isinstance(declared, PathDagPermission) and route.methods != {"GET"}:
            assert declared.method != "GET", f"{route.methods} {route.path}: a write asks for a reader's right. {HINT}"


def test_every_write_is_recorded(ours: FastAPI) -> None:
    from export_jobs.web.airflow.tables import MAX_EVENT_LENGTH
    from export_jobs.web.http.audit_log import AuditedRoute

    for route in routes(ours):
        assert isinstance(route, AuditedRoute), f"{route.path}: make its router by audit.api_router"
        assert len(f"export_jobs.{route.name}") <= MAX_EVENT_LENGTH


def test_every_answer_is_declared(ours: FastAPI) -> None:
    for path, methods in ours.openapi()["paths"].items():
        for method, described in methods.items():
            done = [code for code in described["responses"] if code.startswith("2")]
            schemas = [described["responses"][code].get("content") for code in done if code != "204"]
            assert done and all(schemas), f"{method} {path} declares no answer"
            for content in filter(None, schemas):
                kind = content.get("application/json") or content["application/octet-stream"]
                assert kind["schema"], f"{method} {path} answers with anything"


def test_nobody_gets_anything(ask: Ask, ours: FastAPI) -> None:
    client = ask(None)
    for route in routes(ours):
        path = "/export-jobs" + route.path.replace("{path:path}", "x.js").replace("{", "").replace("}", "")
        for method in route.methods:
            answer = client.request(method, path, content="{}")
            assert answer.status_code == 401, (method, path, answer.text)
            assert [error["path"] for error in answer.json()["errors"]] == [""]


@pytest.mark.parametrize("token", ["nonsense", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiIsInJvbGUiOiJhZG1pbiJ9."])
def test_a_forged_login_is_none(ask: Ask, token: str) -> None:
    client = ask(None)
    client.headers["Authorization"] = f"Bearer {token}"
    assert client.get("/export-jobs/api/jobs").status_code in {401, 403}
    del client.headers["Authorization"]
    client.cookies["_token"] = token
    assert client.get("/export-jobs/api/jobs").status_code in {401, 403}


def test_a_viewer_may_write_nothing(ask: Ask, ours: FastAPI) -> None:
    client = ask("viewer")
    for route in routes(ours):
        path = "/export-jobs" + route.path.replace("{", "").replace("}", "")
        for method in route.methods - {"GET"} if route.path not in READS_BY_POST else ():
            answer = client.request(method, path, content="{}")
            assert answer.status_code == 403, (method, path, answer.text)
