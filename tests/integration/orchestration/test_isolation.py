"""Whatever one item provokes that nobody has foreseen, the others are done, and the one is named."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk import ObjectStoragePath

from export_jobs.core.catalogue.catalogue import Catalogue
from export_jobs.core.validation import definitions as validation
from export_jobs.orchestration import factory
from export_jobs.orchestration.airflow.api import AirflowApi
from export_jobs.orchestration.airflow.connections import airflow_connection
from export_jobs.orchestration.doctor import databases, services
from export_jobs.orchestration.doctor.definitions import definitions_are_valid
from export_jobs.orchestration.doctor.result import Outcome, Surroundings
from export_jobs.orchestration.generator.budget import Budget
from export_jobs.orchestration.generator.definitions import LoadedJob, load_jobs
from export_jobs.orchestration.generator.parse import parse_shard
from export_jobs.orchestration.generator.shard import Shard
from export_jobs.orchestration.run import staging
from export_jobs.store import snapshot, stored_job
from export_jobs.store.check import check_store
from tests.integration.store.samples import Store

pytestmark = pytest.mark.integration


class UnforeseenError(Exception):
    """Nobody has foreseen it."""


def stumbling(real: Any, name_of: Any) -> Any:
    def wrapped(first: Any, *args: Any, **kwargs: Any) -> Any:
        if name_of(first) == "odd":
            raise UnforeseenError
        return real(first, *args, **kwargs)

    return wrapped


@pytest.mark.parametrize("where", ["read", "issues", "dag"])
def test_w1_a_row_that_nobody_has_foreseen_takes_no_other_dag_away(
    connected: Store, monkeypatch: pytest.MonkeyPatch, where: str, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("first", "odd", "last"):
        connected.create(name)
    match where:
        case "read":
            read = stumbling(validation.parse_stored_job, lambda document: document["name"])
            monkeypatch.setattr(stored_job, "parse_stored_job", read)
            monkeypatch.setattr(
                stored_job, "check_stored_job", stumbling(validation.check_stored_job, lambda d: d["name"])
            )
        case "issues":
            monkeypatch.setattr(factory, "_check_serialisable", lambda dag: None)
            issues = stumbling(LoadedJob.issues, lambda loaded: loaded.name)
            monkeypatch.setattr(LoadedJob, "issues", issues)
        case _:
            monkeypatch.setattr(factory, "job_dag", stumbling(factory.job_dag, lambda loaded: loaded.name))
    prove = partial(factory.job_dag, catalogue=Catalogue(), check=True)
    dags = parse_shard(Shard(), load_jobs(), prove, Budget())
    names = {dag.dag_display_name for dag in dags.values()}
    assert names >= {"first", "last"} and "'odd'" in caplog.text
    if where != "dag":
        assert "cannot be validated (UnforeseenError)" in dags["export__odd"].doc_md


def test_w1_a_row_that_nobody_has_foreseen_hides_no_issue_of_another(
    connected: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("first", "odd", "last"):
        connected.create(name)
    check = stumbling(validation.check_stored_job, lambda document: document["name"])
    monkeypatch.setattr(stored_job, "check_stored_job", check)
    found = check_store(connected.definitions, Catalogue())
    assert [issue.what for issue in found if issue.path == "jobs[odd]"] == [
        "the definition cannot be validated (UnforeseenError)"
    ]
    assert any(issue.path.startswith("jobs[last]") for issue in found)


def test_w1_one_bad_entry_takes_no_other_job_from_the_snapshot(
    connected: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "definitions.json"
    snapshot.save(path, [connected.create("first"), connected.create("last")])
    entries = json.loads(path.read_bytes())
    path.write_text(json.dumps([entries[0], {"name": "of another release"}, 7, None, entries[1]]))
    assert [job.name for job in snapshot.load(path)] == ["first", "last"]
    assert "3 jobs of the snapshot" in caplog.text


def test_w1_a_folder_that_nobody_has_foreseen_keeps_no_other_one_from_going(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    then = (datetime.now(UTC) - timedelta(days=2)).timestamp()
    for number in (1, 2, 3):
        folder = tmp_path / f"job-{number}" / "execution-1"
        folder.mkdir(parents=True)
        (folder / "rows.csv").write_bytes(b"old")
        for path in (folder / "rows.csv", folder):
            os.utime(path, (then, then))
    opened = staging._open_execution

    def open_or_stumble(folder: Any, **kwargs: Any) -> Any:
        if "job-2" in str(folder):
            raise UnforeseenError
        return opened(folder, **kwargs)

    monkeypatch.setattr(staging, "_open_execution", open_or_stumble)
    staging.sweep(ObjectStoragePath(f"file://{tmp_path}"), datetime.now(UTC))
    assert sorted(path.parent.parent.name for path in tmp_path.rglob("rows.csv")) == ["job-2"]
    assert "job-2/execution-1 cannot be removed" in caplog.text


def test_w1_the_doctor_looks_at_every_destination(connected: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for tag in ("a-odd", "b-plain"):
        connected.hand(f"INSERT INTO export_jobs.destination VALUES ('{tag}', 'sftp', '{tag}', 'in', '')")
    monkeypatch.setenv("AIRFLOW_CONN_B-PLAIN", json.dumps({"conn_type": "sftp"}))

    def connection(connection_id: str, purpose: str) -> Any:
        if connection_id == "a-odd":
            raise UnforeseenError
        return airflow_connection(connection_id, purpose)

    monkeypatch.setattr(services, "airflow_connection", connection)
    found = {
        result.subject: result
        for result in services.destinations_have_connections(Surroundings(AirflowApi.from_connection))
    }
    assert found["destination a-odd"].outcome is Outcome.FAILED
    assert "could not be checked (UnforeseenError)" in found["destination a-odd"].what
    assert found["destination b-plain"].outcome is Outcome.OK


def test_the_doctor_names_the_jobs_that_are_invalid(connected: Store) -> None:
    connected.hand("INSERT INTO export_jobs.template (name, kind, kpis) VALUES ('net', 'custom', '{net_sales}')")
    connected.create("mars", templates=[{"template": "net"}])
    connected.create("sales", templates=[{"template": "net"}])
    (sound,) = definitions_are_valid(Surroundings(AirflowApi.from_connection))
    assert (sound.outcome, sound.what) == (Outcome.OK, "2 jobs are valid")
    connected.hand("UPDATE export_jobs.job SET time_zone = 'Mars/Olympus' WHERE name = 'mars'")
    (found,) = definitions_are_valid(Surroundings(AirflowApi.from_connection))
    assert (found.outcome, found.what) == (Outcome.WARNING, "1 of 2 jobs are invalid and export nothing: mars")
    assert "export-jobs validate" in found.remedy


def test_w1_the_doctor_looks_at_every_warehouse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(databases, "_databases", lambda _: {("a", "duckdb"), ("b", "duckdb")})

    def open_source(name: str, dialect: str) -> Any:
        raise UnforeseenError

    monkeypatch.setattr(databases, "open_source", open_source)
    found = [result.subject for result in databases.warehouses_answer(Surroundings(AirflowApi.from_connection))]
    assert found == ["warehouse a", "warehouse b"]
