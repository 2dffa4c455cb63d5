"""What the doctor says of Celery: nothing without it, and else what would make a task run twice or not at all."""

from __future__ import annotations

import pytest

from export_jobs.orchestration.airflow.api import AirflowApi
from export_jobs.orchestration.doctor import celery_workers
from export_jobs.orchestration.doctor.celery_workers import celery_fits
from export_jobs.orchestration.doctor.result import Surroundings

TIMEOUT = "AIRFLOW__CELERY_BROKER_TRANSPORT_OPTIONS__VISIBILITY_TIMEOUT"


@pytest.fixture
def celery(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", "LocalExecutor,airflow.providers.celery.CeleryExecutor")
    monkeypatch.setenv("AIRFLOW__CELERY__BROKER_URL", "redis://:secret@broker:6379/0")
    monkeypatch.setattr(celery_workers, "version", lambda _: "5.6.3")
    return monkeypatch


def told() -> dict[str, tuple[str, str]]:
    unasked = Surroundings(api=lambda: AirflowApi("http://nowhere", "", ""))
    return {result.subject: (result.outcome.value, result.what) for result in celery_fits(unasked)}


def test_without_celery_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", "LocalExecutor")
    assert told() == {}


def test_celery_and_its_broker_fit(celery: pytest.MonkeyPatch) -> None:
    found = told()
    assert {subject: outcome for subject, (outcome, _) in found.items()} == {"celery": "ok", "broker": "ok"}
    assert "secret" not in str(found)


@pytest.mark.parametrize("installed", ["5.7.0", "5.10.1", "6.0"])
def test_a_version_that_does_not_import_is_named(celery: pytest.MonkeyPatch, installed: str) -> None:
    celery.setattr(celery_workers, "version", lambda _: installed)
    assert told()["celery"][0] == "failed" and f"celery {installed}" in told()["celery"][1]


@pytest.mark.parametrize(("seconds", "outcome"), [("3600", "warning"), ("21600", "warning"), ("21601", "ok")])
def test_a_broker_that_gives_a_running_task_to_another_worker_is_named(
    celery: pytest.MonkeyPatch, seconds: str, outcome: str
) -> None:
    celery.setenv(TIMEOUT, seconds)
    celery.delenv("EXPORT_JOBS_TASK_TIMEOUT_S", raising=False)
    assert told()["broker"][0] == outcome
    celery.setenv("AIRFLOW__CELERY__BROKER_URL", "amqp://broker")
    assert told()["broker"][0] == "ok", "RabbitMQ forgets no task"


def test_airflows_own_patience_is_shorter_than_a_task_of_two_days(celery: pytest.MonkeyPatch) -> None:
    celery.delenv(TIMEOUT, raising=False)
    celery.setenv("EXPORT_JOBS_TASK_TIMEOUT_S", "172800")
    assert told()["broker"][0] == "warning"
