"""Airflow's address is what Airflow's own configuration says, whether in its file or in the environment."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from airflow.configuration import conf

from export_jobs.core.windows.discrepancy import Finding
from export_jobs.orchestration.airflow.address import airflow_address
from export_jobs.orchestration.audit.alarm_mails import _letter


@pytest.fixture
def configured(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As in airflow.cfg."""
    monkeypatch.delenv("AIRFLOW__API__BASE_URL", raising=False)
    before = conf.get("api", "base_url", fallback=None)
    conf.set("api", "base_url", "https://airflow.example/exports/")
    yield
    conf.set("api", "base_url", before or "")


@pytest.mark.usefixtures("configured")
def test_an_address_in_the_file_is_in_mails_too() -> None:
    assert airflow_address() == "https://airflow.example/exports"
    letter = _letter([Finding("job no run", "job", "Job 'job': nothing ran.")])
    assert letter.values["link"] == "https://airflow.example/exports"
