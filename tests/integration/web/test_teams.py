"""Airflow's multi-team mode: the export jobs belong to the team of their Dag bundle, and to nobody else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.store.samples import Store, spec
from tests.integration.web.samples import JOBS, body, dag
from tests.integration.web.test_every_route import routes

if TYPE_CHECKING:
    from fastapi import FastAPI

    from tests.integration.web.conftest import Ask

pytestmark = pytest.mark.integration
API = "/export-jobs/api"


@pytest.fixture
def multi_team(airflow_app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Two teams; the bundle ``exports`` belongs to ``ours`` from the beginning, as its configuration says."""
    from airflow.models.dag import clear_team_name_cache
    from airflow.models.dagbundle import DagBundleModel
    from airflow.models.team import Team
    from airflow.utils.session import create_session

    monkeypatch.setenv("AIRFLOW__CORE__MULTI_TEAM", "True")
    clear_team_name_cache()
    with create_session() as session:
        session.add_all([Team(name="ours"), Team(name="theirs")])
        session.flush()
        session.get_one(DagBundleModel, "exports").teams = [session.get_one(Team, "ours")]
    yield
    clear_team_name_cache()
    with create_session() as session:
        session.get_one(DagBundleModel, "exports").teams = []
        for name in ("ours", "theirs"):
            session.delete(session.get_one(Team, name))


@pytest.fixture
def parsed(multi_team: None, airflow_tables: Any) -> None:
    """Airflow has parsed the file of our Dags."""
    from export_jobs.orchestration.airflow.api import AUDITOR_DAG_ID

    airflow_tables(dag(AUDITOR_DAG_ID))


@pytest.fixture
def connection(airflow_tables: Any) -> Iterator[Any]:
    """A function that adds a connection of a team to Airflow's database."""
    from airflow.models import Connection
    from airflow.utils.session import create_session

    def add(connection_id: str, team: str) -> None:
        airflow_tables(Connection(conn_id=connection_id, conn_type="sftp", team_name=team))

    yield add
    with create_session() as session:
        session.query(Connection).delete()


def every_call(dag_id: str) -> list[tuple[str, str]]:
    """Method and path of every route except the page's scripts."""
    from fastapi.routing import APIRoute

    from export_jobs.web.app import create_app

    found = [route for route in routes(create_app()) if isinstance(route, APIRoute)]
    return [
        (method, "/export-jobs" + re.sub(r"\{[^}]*\}", "1", route.path.replace("{dag_id}", dag_id)))
        for route in found
        for method in route.methods
        if "/static/" not in route.path
    ]


@pytest.mark.parametrize("role", ["viewer", "user", "op"])
def test_w4_no_route_answers_somebody_of_another_team(
    ask: Ask, web_store: Store, parsed: None, airflow_tables: Any, role: str
) -> None:
    stored = web_store.create()
    airflow_tables(dag(stored.dag_id))
    calls = every_call(stored.dag_id)
    assert len(calls) > 25
    stranger = ask(role, team="theirs")
    for method, path in calls:
        answer = stranger.request(method, path, content=None if method == "GET" else "{}")
        assert answer.status_code == 403, (method, path, answer.text)
        assert 'belong to team "ours"' in answer.json()["errors"][0]["what"]
    assert stranger.get("/export-jobs/static/page.js").status_code == 200, "Airflow's page loads it for everybody"


def test_w4_our_own_team_works_as_ever(ask: Ask, web_store: Store, parsed: None, airflow_tables: Any) -> None:
    stored = web_store.create()
    airflow_tables(dag(stored.dag_id))
    assert [job["name"] for job in ask("viewer", team="ours").get(JOBS).json()["jobs"]] == ["sales"]
    assert ask("viewer", team="ours").post(JOBS, json=body()).status_code == 403
    assert ask("user", team="ours").post(JOBS, json=body()).status_code == 201
    assert len(ask("viewer", team="ours").get(JOBS).json()["jobs"]) == 2, "one of them is not parsed yet"
    assert ask("admin").get(JOBS).status_code == 200, "an administrator of Airflow is of every team"


def test_w4_a_dag_of_another_bundle_is_asked_for_as_its_own_teams(
    ask: Ask, web_store: Store, parsed: None, airflow_tables: Any
) -> None:
    from airflow.models.dagbundle import DagBundleModel
    from airflow.models.team import Team
    from airflow.utils.session import create_session

    stored = web_store.definitions.create(spec("moved"), "anna")
    with create_session() as session:
        session.add(DagBundleModel(name="elsewhere"))
        session.flush()
        session.get_one(DagBundleModel, "elsewhere").teams = [session.get_one(Team, "theirs")]
    model = dag(stored.dag_id)
    model.bundle_name = "elsewhere"
    airflow_tables(model)
    try:
        assert ask("op", team="ours").get(f"{JOBS}/{stored.dag_id}").status_code == 403
        assert ask("op", team="ours").get(JOBS).json()["jobs"] == []
    finally:
        with create_session() as session:
            session.delete(session.get_one(type(model), stored.dag_id))
            session.flush()
            session.get_one(DagBundleModel, "elsewhere").teams = []
            session.delete(session.get_one(DagBundleModel, "elsewhere"))


@pytest.mark.parametrize("who", [("op", "ours"), ("admin", "")])
def test_w4_a_connection_of_another_team_is_used_for_nobody(
    ask: Ask, web_store: Store, parsed: None, connection: Any, who: tuple[str, str]
) -> None:
    connection("partner_sftp", "theirs")
    connection("cdnow_warehouse", "theirs")
    client = ask(who[0], team=who[1])
    checked = client.post(f"{API}/destinations/partner/check", json={})
    assert checked.status_code == 403, checked.text
    assert "may not use the connection" in checked.json()["errors"][0]["what"]
    assert client.post(f"{API}/destinations/archive/check", json={}).status_code == 200, "it belongs to no team"


@pytest.mark.parametrize("role", ["admin", "viewer"])
def test_w4_nothing_is_served_while_no_team_is_known(ask: Ask, multi_team: None, role: str) -> None:
    """Airflow has not parsed our Dags yet, or their bundle has no team: so the owner is unknown."""
    answer = ask(role, team="ours").get(f"{API}/templates")
    assert answer.status_code == 503, answer.text
    assert "has no team" in answer.json()["errors"][0]["what"]
