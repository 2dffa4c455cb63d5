"""No job is saved, changed or resumed if its tasks would wait forever for a pool that does not exist."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from export_jobs.web.airflow import tables as airflow_tables
from tests.integration.store.samples import Store
from tests.integration.web.samples import JOBS, body, dag

if TYPE_CHECKING:
    from tests.integration.web.conftest import Ask

pytestmark = pytest.mark.integration


@pytest.fixture
def unknown_pool(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The installation is configured with a pool that does not exist."""
    monkeypatch.setenv("EXPORT_JOBS_POOL", "exprt_jobs")


@pytest.fixture
def destination_pools(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each destination has its own pool. Pools that a test creates are removed afterwards."""
    from airflow.models.pool import Pool
    from airflow.utils.session import create_session

    monkeypatch.setenv("EXPORT_JOBS_DESTINATION_SLOTS", "3")
    yield
    with create_session() as session:
        session.query(Pool).filter(Pool.pool.like("export_jobs to %")).delete()


def pool_issue(issues: list[dict[str, Any]]) -> dict[str, Any]:
    (found,) = [issue for issue in issues if "pool" in issue["what"]]
    return found


def test_an_unknown_pool_is_refused_when_a_job_is_made(ask: Ask, web_store: Store, unknown_pool: None) -> None:
    answer = ask("user").post(JOBS, json=body())
    assert answer.status_code == 422
    issue = pool_issue(answer.json()["errors"])
    assert issue["path"] == "job" and "no pool 'exprt_jobs'" in issue["what"]
    assert "airflow pools set exprt_jobs" in issue["remedy"]
    assert web_store.definitions.jobs() == []
    assert "exprt_jobs" in pool_issue(ask("user").post(f"{JOBS}/check", json=body()).json()["issues"])["what"]


def test_an_unknown_pool_is_refused_on_change_and_resume_and_not_on_pause(
    ask: Ask, web_store: Store, airflow_tables: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = ask("user").post(JOBS, json=body()).json()
    airflow_tables(dag(made["dag_id"]))
    path, unseen = f"{JOBS}/{made['dag_id']}", {"If-Match": "*"}
    monkeypatch.setenv("EXPORT_JOBS_POOL", "exprt_jobs")
    changed = ask("user").patch(path, json={"description": "new"}, headers=unseen)
    assert changed.status_code == 422 and "exprt_jobs" in pool_issue(changed.json()["errors"])["what"]
    many = ask("user").post(f"{JOBS}/change", json={"dag_ids": [made["dag_id"]], "owner": "new@example.com"}).json()
    assert "exprt_jobs" in many["refused"][0]["what"]
    assert ask("user").post(f"{path}/pause", json={}).status_code == 200
    assert ask("user").patch(path, json={"description": "new"}, headers=unseen).status_code == 200
    resumed = ask("user").post(f"{path}/resume", json={})
    assert resumed.status_code == 422 and "exprt_jobs" in pool_issue(resumed.json()["errors"])["what"]
    monkeypatch.delenv("EXPORT_JOBS_POOL")
    assert ask("user").post(f"{path}/resume", json={}).status_code == 200


def test_the_pool_of_a_destination_is_made_with_its_first_job(
    ask: Ask, web_store: Store, destination_pools: None
) -> None:
    result = ask("user").post(f"{JOBS}/check", json=body()).json()
    assert not [issue for issue in result["issues"] if "pool" in issue["what"]]
    assert "export_jobs to partner" not in airflow_tables.pool_slots()  # a look makes nothing
    assert ask("user").post(JOBS, json=body()).status_code == 201
    assert airflow_tables.pool_slots()["export_jobs to partner"] == 3
    assert "export_jobs to archive" not in airflow_tables.pool_slots()


def test_a_closed_pool_is_reported_and_stops_nobody(ask: Ask, web_store: Store, destination_pools: None) -> None:
    from airflow.models.pool import Pool
    from airflow.utils.session import create_session

    with create_session() as session:
        session.add(Pool(pool="export_jobs to partner", slots=0, description="", include_deferred=False))
    issue = pool_issue(ask("user").post(f"{JOBS}/check", json=body()).json()["issues"])
    assert issue["level"] == "warning" and "has no slot" in issue["what"]
    assert ask("user").post(JOBS, json=body()).status_code == 201
    assert airflow_tables.pool_slots()["export_jobs to partner"] == 0
