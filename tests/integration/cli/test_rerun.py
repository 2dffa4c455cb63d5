"""``export-jobs rerun`` between a real store and something that answers as Airflow does, over real HTTP."""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from export_jobs import cli
from export_jobs.cli import session
from export_jobs.store.ledger import Ledger, PublicationRecord
from export_jobs.store.schema import upgrade_store
from tests.integration.cli.commands import SAMPLES

pytestmark = pytest.mark.integration
FIRST = datetime(1996, 12, 31, 23, tzinfo=UTC)


class Airflow(ThreadingHTTPServer):
    """Knows the runs it is given and keeps what it was asked to clear."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.runs: list[dict[str, Any]] = []
        self.cleared: list[tuple[str, bool]] = []

    def add(self, day: int, state: str) -> str:
        start = FIRST + timedelta(days=day)
        run = {
            "dag_run_id": f"day-{day}",
            "run_type": "scheduled",
            "state": state,
            "data_interval_start": start.isoformat(),
            "data_interval_end": (start + timedelta(days=1)).isoformat(),
        }
        self.runs.append(run)
        return str(run["dag_run_id"])


class _Answer(BaseHTTPRequestHandler):
    server: Airflow

    def do_GET(self) -> None:
        runs = {"dag_runs": self.server.runs, "total_entries": len(self.server.runs)}
        self._reply(runs if self.path.partition("?")[0].endswith("/dagRuns") else {"file_token": "token"})

    def do_PUT(self) -> None:
        self._reply({})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path.endswith("/clear"):
            assert body["dry_run"] is False
            self.server.cleared.append((self.path.split("/")[-2], body["only_failed"]))
        self._reply({"access_token": "jwt"})

    def _reply(self, document: dict[str, Any]) -> None:
        content = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def airflow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Airflow]:
    with Airflow() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_address[1]
        parts = {"conn_type": "http", "host": "127.0.0.1", "port": port, "login": "user", "password": "password"}
        monkeypatch.setenv("AIRFLOW_CONN_EXPORT_JOBS_AIRFLOW_API", json.dumps(parts))
        yield server
        server.shutdown()


@pytest.fixture
def ledger(
    fresh_database: Callable[..., dict[str, Any]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, airflow: Airflow
) -> Ledger:
    names = {"host": "host", "port": "port", "dbname": "schema", "user": "login", "password": "password"}
    parts = {names[key]: value for key, value in fresh_database().items()}
    monkeypatch.setenv("AIRFLOW_CONN_EXPORT_JOBS_STORE", json.dumps({"conn_type": "postgres", **parts}))
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path / "airflow"))
    upgrade_store(session.engine())
    assert cli.main(["apply", "-f", str(SAMPLES), "--yes"]) == 0
    return session.ledger()


def executed(ledger: Ledger, day: int, run_id: str, *, delivered: bool) -> int:
    """An execution of ``daily-purchases`` in the ledger, as its tasks would have left it."""
    row = session.stored_job("daily-purchases")
    start = FIRST + timedelta(days=day)
    execution = ledger.open(
        job_id=row.job_id,
        dag_id=row.dag_id,
        run_id=run_id,
        run_type="scheduled",
        window_start=start,
        window_end=start + timedelta(days=1),
        version=row.version,
    )
    if delivered:
        ledger.claim(execution.id, "", "publish_manifest", "a1")
        record = PublicationRecord(execution.id, "s1", "m.json", "sftp://h/m.json", 1, "00")
        with ledger.fence_publication(record, "publish_manifest", "a1"):
            pass
    return execution.id


@pytest.fixture
def history(ledger: Ledger, airflow: Airflow) -> list[int]:
    """Day 0 failed, 1 delivered, 2 delivered and red, 3 red, 4 green without a delivery."""
    days = [("failed", False), ("success", True), ("failed", True), ("failed", False), ("success", False)]
    return [
        executed(ledger, day, airflow.add(day, state), delivered=delivered)
        for day, (state, delivered) in enumerate(days)
    ]


def test_from_the_last_success_oldest_first(
    history: list[int], airflow: Airflow, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert cli.main(["rerun", "daily-purchases", "--yes"]) == 0
    assert airflow.cleared == [("day-3", False), ("day-4", False), ("day-2", True)]
    out = capsys.readouterr().out
    assert "1997-01-01  failed   day-0  gap: not rerun; add --include-gaps to rerun it" in out
    assert "1997-01-03  failed   day-2  repair: delivered, but marked failed" in out
    assert "Cleared 3 runs" in out


def test_gaps_when_asked_for(history: list[int], airflow: Airflow) -> None:
    assert cli.main(["rerun", "daily-purchases", "--yes", "--include-gaps"]) == 0
    assert airflow.cleared[0] == ("day-0", False)


def test_nobody_at_a_terminal_clears_nothing(history: list[int], airflow: Airflow) -> None:
    assert cli.main(["rerun", "daily-purchases"]) == 1
    assert airflow.cleared == []


def test_refused_while_a_run_is_in_progress(
    history: list[int], airflow: Airflow, capsys: pytest.CaptureFixture[str]
) -> None:
    airflow.add(5, "running")
    assert cli.main(["rerun", "daily-purchases", "--yes"]) == 1
    assert airflow.cleared == []
    assert "run 'day-5' is running" in capsys.readouterr().err


def test_with_the_current_definition_what_is_cleared_is_bound_to_it(
    history: list[int], airflow: Airflow, ledger: Ledger, tmp_path: Path
) -> None:
    edited = tmp_path / "edited.yaml"
    edited.write_text(SAMPLES.read_text("utf-8").replace("sales@example.com", "new@example.com"), "utf-8")
    assert cli.main(["apply", "-f", str(edited), "--yes"]) == 0
    assert cli.main(["rerun", "daily-purchases", "--yes", "--with-current-definition"]) == 0
    row = session.stored_job("daily-purchases")
    bound = {one.run_id: [event.kind for event in one.events] for one in ledger.executions(row.job_id)}
    assert [run_id for run_id, kinds in bound.items() if "rebound" in kinds] == ["day-3", "day-4"]
    assert row.version == 2


def test_history_and_coverage_tell_the_same_story(
    history: list[int], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    capsys.readouterr()
    assert cli.main(["history", "daily-purchases", "--format", "json"]) == 0
    assert [one["run_id"] for one in json.loads(capsys.readouterr().out)] == [f"day-{n}" for n in range(5)]
    assert cli.main(["coverage", "daily-purchases"]) == 0
    out = capsys.readouterr().out
    assert "purchases  1997-01-14  due" in out and "9 due" in out, "something ran a moment ago"
    monkeypatch.setattr("export_jobs.core.windows.timeline.OVERDUE", timedelta(0))
    assert cli.main(["coverage", "daily-purchases"]) == 1
    out = capsys.readouterr().out
    assert "purchases  1997-01-14  missing" in out and "9 missing" in out


def test_a_job_of_which_everything_is_delivered_is_listed_as_completed(
    history: list[int], capsys: pytest.CaptureFixture[str]
) -> None:

    def state() -> object:
        capsys.readouterr()
        assert cli.main(["list", "--format", "json"]) == 0
        listed = {one["name"]: one["state"] for one in json.loads(capsys.readouterr().out)}
        return listed["daily-purchases"]

    ledger = session.ledger()
    job_id = session.stored_job("daily-purchases").job_id
    assert state() == "enabled"
    for day in range(5, 14):
        executed(ledger, day, f"day-{day}", delivered=True)
    assert state() == "enabled", "two windows were never delivered"
    for run_id in {one.run_id for one in ledger.executions(job_id) if not one.is_delivered}:
        executed(ledger, int(run_id.removeprefix("day-")), f"again-{run_id}", delivered=True)
    assert state() == "completed"


def test_an_edit_goes_on_where_the_last_window_ended(
    history: list[int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edited = tmp_path / "edited.yaml"
    weekly = SAMPLES.read_text("utf-8").replace("{frequency: daily,", "{frequency: weekly, execute_on: sunday,", 1)
    edited.write_text(weekly, "utf-8")
    capsys.readouterr()
    assert cli.main(["diff", "-f", str(edited)]) == 1
    out = capsys.readouterr().out
    assert "next windows now:   1997-01-06, 1997-01-07, 1997-01-08" in out
    assert "next windows after: 1997-01-06..1997-01-12, 1997-01-13..1997-01-14" in out
    assert cli.main(["apply", "-f", str(edited), "--yes"]) == 0
    capsys.readouterr()
    assert cli.main(["windows", "daily-purchases"]) == 0
    assert "1997-01-06..1997-01-12" in capsys.readouterr().out.splitlines()[1]


def test_a_guard_of_the_store_shows_in_the_plan(
    history: list[int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edited = tmp_path / "edited.yaml"
    later = SAMPLES.read_text("utf-8").replace(
        "from: 1997-01-01, until: 1997-01-14", "from: 1997-01-02, until: 1997-01-14"
    )
    edited.write_text(later, "utf-8")
    capsys.readouterr()
    assert cli.main(["apply", "-f", str(edited), "--yes"]) == 1
    out = capsys.readouterr().out
    assert "! job daily-purchases: refused" in out and "the first day (1997-01-01) cannot move" in out
    assert "Nothing was saved." in out
