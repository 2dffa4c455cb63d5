"""The same request from four clients at the same moment: one effect, and three refusals in a sentence."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.store.samples import Store
from tests.integration.web.samples import JOBS, body, dag, instant, past, run

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.integration.web.conftest import Ask

pytestmark = pytest.mark.integration

CLIENTS = 4
RAW = ("constraint", "duplicate key", "violates", "uq_", "_key")
"""Internal words of a database that no person should read."""


def at_once(act: Callable[[], Any]) -> list[Any]:
    """The answers to four simultaneous requests, the successful one first."""
    begin = Barrier(CLIENTS, timeout=60)

    def one(_: int) -> Any:
        begin.wait()
        return act()

    with ThreadPoolExecutor(CLIENTS) as threads:
        return sorted(threads.map(one, range(CLIENTS)), key=lambda answer: answer.status_code)


def require_one_effect(answers: list[Any], success: int, refused: set[int]) -> None:
    said = [(answer.status_code, answer.text) for answer in answers]
    assert answers[0].status_code == success, said
    assert {answer.status_code for answer in answers[1:]} <= refused, said
    for answer in answers[1:]:
        [error] = answer.json()["errors"]
        assert error["what"] and error["remedy"], said
        assert not [raw for raw in RAW if raw in answer.text.lower()], said


@pytest.fixture
def job(web_store: Store, airflow_tables: Any) -> Any:
    from export_jobs.core.definitions.job import JobSpec

    made = web_store.definitions.create(JobSpec.model_validate(body("daily", schedule=past(4, 1))), "anna")
    airflow_tables(dag(made.dag_id))
    return made


@pytest.mark.parametrize("again", range(3))
def test_of_four_jobs_of_one_name_one_is_made(ask: Ask, web_store: Store, again: int) -> None:
    client = ask("user")
    answers = at_once(lambda: client.post(JOBS, json=body("weekly-sales")))
    require_one_effect(answers, 201, {409})
    assert len(web_store.definitions.jobs()) == 1


def test_of_four_changes_of_one_version_one_is_made(ask: Ask, web_store: Store, job: Any) -> None:
    client = ask("user")
    etag = client.get(f"{JOBS}/{job.dag_id}").headers["ETag"]
    change = {"description": "another"}
    answers = at_once(lambda: client.patch(f"{JOBS}/{job.dag_id}", json=change, headers={"If-Match": etag}))
    require_one_effect(answers, 200, {409, 412})


def test_of_four_deletions_one_is_made(ask: Ask, web_store: Store, job: Any) -> None:
    client = ask("user")
    answers = at_once(lambda: client.delete(f"{JOBS}/{job.dag_id}", headers={"If-Match": "*"}))
    require_one_effect(answers, 204, {404, 409})
    assert web_store.definitions.jobs() == []


@pytest.mark.parametrize("again", range(3))
def test_of_four_who_press_run_now_one_starts_a_run(
    ask: Ask, job: Any, airflow_tables: Any, monkeypatch: pytest.MonkeyPatch, again: int
) -> None:
    """``trigger`` does what matters here: the run is in Airflow's tables when it answers."""
    started: list[str] = []

    def trigger(*_: Any) -> str:
        started.append(f"manual__{len(started)}")
        airflow_tables(run(job.dag_id, started[-1], "queued"))
        return started[-1]

    monkeypatch.setattr("export_jobs.orchestration.airflow.api.AirflowApi.trigger", trigger)
    client = ask("user")
    answers = at_once(lambda: client.post(f"{JOBS}/{job.dag_id}/run", json={}))
    require_one_effect(answers, 200, {409})
    assert len(started) == 1


@pytest.mark.parametrize("again", range(3))
def test_of_four_who_press_rerun_one_clears(
    ask: Ask, job: Any, airflow_tables: Any, monkeypatch: pytest.MonkeyPatch, again: int
) -> None:
    made = run(job.dag_id, "scheduled__4", "failed")
    made.logical_date = made.data_interval_start = instant(4)
    made.data_interval_end = instant(3)
    airflow_tables(made)
    cleared: list[str] = []

    def clear(_: Any, dag_id: str, run_id: str, **__: Any) -> None:
        cleared.append(run_id)
        airflow_tables(run(dag_id, "manual__cleared", "queued"))

    monkeypatch.setattr("export_jobs.orchestration.airflow.api.AirflowApi.clear_run", clear)
    client = ask("user")
    answers = at_once(lambda: client.post(f"{JOBS}/{job.dag_id}/rerun", json={}))
    require_one_effect(answers, 200, {409})
    assert cleared == ["scheduled__4"]
