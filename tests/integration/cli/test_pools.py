"""`export-jobs apply` refuses jobs whose pool Airflow does not have, where Airflow can be asked; else it says so."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.integration.cli.commands import SAMPLES, Run, names
from tests.servers.airflow_api import AirflowServer, AirflowState

pytestmark = pytest.mark.integration


@pytest.fixture
def airflow(run: Run, monkeypatch: pytest.MonkeyPatch) -> Iterator[AirflowState]:
    """An Airflow that the command line can ask."""
    with AirflowServer() as server:
        monkeypatch.setenv("AIRFLOW_CONN_EXPORT_JOBS_AIRFLOW_API", json.dumps(server.connection))
        yield server.state


def test_an_unknown_pool_is_refused_and_nothing_is_saved(run: Run, airflow: AirflowState) -> None:
    airflow.pools.clear()
    code, out, _ = run("apply", "-f", SAMPLES, "--yes")
    assert code == 1
    assert "Airflow has no pool 'export_jobs'" in out and "Nothing was saved" in out
    assert names(run) == []
    assert "Airflow has no pool 'export_jobs'" in run("diff", "-f", SAMPLES)[1]
    airflow.pools["export_jobs"] = 8
    assert run("apply", "-f", SAMPLES, "--yes")[0] == 0


def test_who_cannot_ask_airflow_is_told_and_not_refused(run: Run) -> None:
    code, out, _ = run("apply", "-f", SAMPLES, "--yes")
    assert code == 0
    assert "Could not check whether Airflow has the pools of these jobs" in out


def test_a_pool_of_a_new_destination_is_not_waited_for(
    run: Run, airflow: AirflowState, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The destination may stand in the same file."""
    monkeypatch.setenv("EXPORT_JOBS_DESTINATION_SLOTS", "2")
    code, out, _ = run("apply", "-f", SAMPLES, "--yes")
    assert code == 0
    assert "no pool 'export_jobs to partner-sftp' yet" in out
