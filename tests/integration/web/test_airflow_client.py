"""Airflow's own API in the name of the caller, inside the server that received the request."""

# No `from __future__ import annotations`: fastapi could not see the permission, which is imported within a fixture.
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.store.samples import Store
from tests.integration.web.samples import JOBS, body, dag, run

if TYPE_CHECKING:
    from fastapi import FastAPI

    from tests.integration.web.conftest import Ask

pytestmark = pytest.mark.integration
ELSEWHERE = "/export-jobs-with-a-test-route"


@pytest.fixture
def app_that_pauses(airflow_app: "FastAPI") -> Any:
    """A second app in the same Airflow, with a route that pauses a Dag through Airflow."""
    from starlette.routing import Mount

    from export_jobs.web.app import create_app
    from export_jobs.web.http.access import LoggedIn
    from export_jobs.web.http.airflow_client import airflow_api_for

    app = create_app()

    @app.get("/pause/{dag_id}")
    def pause(dag_id: str, user: LoggedIn) -> None:
        airflow_api_for(user).pause(dag_id)

    mount = Mount(ELSEWHERE, app)
    airflow_app.router.routes.insert(0, mount)
    yield
    airflow_app.router.routes.remove(mount)


@pytest.mark.usefixtures("app_that_pauses")
def test_airflow_answers_as_it_would_the_caller(ask: "Ask", airflow_tables: Any) -> None:
    from airflow.models import Log
    from airflow.utils.session import create_session

    from export_jobs.web.airflow.tables import paused_dags

    airflow_tables(dag("some_dag"))
    refused = ask("viewer").get(f"{ELSEWHERE}/pause/some_dag")
    assert refused.status_code == 403, "a viewer may not pause, whoever asks in their name"
    assert "does not allow pausing" in refused.json()["errors"][0]["what"]
    assert paused_dags() == set()
    assert ask("user").get(f"{ELSEWHERE}/pause/some_dag").status_code == 200
    assert paused_dags() == {"some_dag"}
    with create_session() as session:
        assert [row.owner for row in session.query(Log).filter(Log.event == "patch_dag")] == ["user"]


@pytest.mark.usefixtures("app_that_pauses")
def test_many_at_once_do_not_stop_the_server(ask: "Ask", airflow_tables: Any) -> None:
    from export_jobs.web.http.airflow_client import MAX_CONCURRENT_CALLS

    airflow_tables(dag("some_dag"))
    with ask("user") as client, ThreadPoolExecutor(60) as pool:
        answers = list(pool.map(lambda _: client.get(f"{ELSEWHERE}/pause/some_dag"), range(120)))
    counted = Counter(answer.status_code for answer in answers)
    assert counted.keys() <= {200, 503}
    assert counted[200] >= MAX_CONCURRENT_CALLS


def test_a_run_is_stopped_before_its_job_is_deleted(ask: "Ask", web_store: Store, airflow_tables: Any) -> None:
    dag_id = ask().post(JOBS, json=body()).json()["dag_id"]
    airflow_tables(dag(dag_id), run(dag_id, "scheduled__1"))
    answer = ask("user").delete(f"{JOBS}/{dag_id}?stop=true", headers={"If-Match": "*"})
    # Airflow has the run, but not the parsed Dag that stopping it needs: it says so, and the job stays.
    assert answer.status_code == 404
    assert "stopping run 'scheduled__1'" in answer.json()["errors"][0]["what"]
    assert web_store.definitions.jobs()
