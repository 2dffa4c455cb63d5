"""The command line on a real store: a plan is shown and saved whole or not at all, and what is dumped is unchanged."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from export_jobs import cli

pytestmark = pytest.mark.integration
REPOSITORY = Path(__file__).resolve().parents[2]
SAMPLES = REPOSITORY / "demo" / "jobs" / "samples.yaml"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(
    fresh_database: Callable[..., dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Runs one command on an empty store and gives exit code, stdout and stderr."""
    dsn = fresh_database()
    names = {"host": "host", "port": "port", "dbname": "schema", "user": "login", "password": "password"}
    parts = {"conn_type": "postgres", **{names[key]: value for key, value in dsn.items()}}
    monkeypatch.setenv("AIRFLOW_CONN_EXPORT_JOBS_STORE", json.dumps(parts))
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path / "airflow"))

    def command(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        code = cli.main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    done = command("db", "upgrade")
    assert done[0] == 0, done[2]
    return command


@pytest.fixture
def edited(tmp_path: Path) -> Callable[..., Path]:
    """The samples with texts replaced, as a file."""

    def edit(*replacements: tuple[str, str]) -> Path:
        text = SAMPLES.read_text("utf-8")
        for old, new in replacements:
            assert old in text
            text = text.replace(old, new, 1)
        path = tmp_path / "edited.yaml"
        path.write_text(text, "utf-8")
        return path

    return edit


def names(run: Run) -> list[str]:
    return [entry["name"] for entry in json.loads(run("list", "--format", "json")[1])]


def test_apply_is_idempotent(run: Run) -> None:
    code, out, _ = run("apply", "-f", SAMPLES, "--yes")
    assert code == 0 and "+ job daily-purchases: create" in out and "Saved." in out
    code, out, _ = run("apply", "-f", SAMPLES, "--yes")
    assert code == 0 and "The store holds all of this already" in out
    assert run("diff", "-f", SAMPLES)[0] == 0


def test_nobody_at_a_terminal_saves_nothing(run: Run) -> None:
    code, _, error = run("apply", "-f", SAMPLES)
    assert code == 1 and "add --yes" in error
    assert names(run) == []


def test_one_issue_saves_nothing(run: Run, edited: Callable[..., Path]) -> None:
    code, out, _ = run("apply", "-f", edited(("owner: finance@example.com", "owner: nobody")), "--yes")
    assert code == 1 and "edited.yaml:" in out and "is not a mail address" in out and "Nothing was saved." in out
    assert names(run) == []


def test_what_the_store_refuses_saves_nothing(run: Run, edited: Callable[..., Path]) -> None:
    run("apply", "-f", SAMPLES, "--yes")
    file = edited(
        ("recipients: [analytics@example.com]", "recipients: [new@example.com]"),
        ("    fact: purchases", "    fact: points"),
        ("columns: [purchase_id, customer_id, store_id, purchased_at, cds, amount_usd, is_refund]", "columns: []"),
    )
    code, out, error = run("apply", "-f", file, "--yes")
    assert code == 1 and "give it a new name" in out + error
    assert "new@example.com" not in run("dump")[1]


def test_a_dump_applies_and_is_unchanged(run: Run, tmp_path: Path) -> None:
    run("apply", "-f", SAMPLES, "--yes")
    code, text, _ = run("dump")
    assert code == 0
    dumped = tmp_path / "dumped.yaml"
    dumped.write_text(text, "utf-8")
    assert run("diff", "-f", dumped)[0] == 0
    code, one, _ = run("dump", "weekly-sales")
    assert code == 0 and "sales-by-store" in one and "daily-purchases" not in one
    dumped.write_text(one, "utf-8")
    code, out, _ = run("diff", "-f", dumped)
    assert code == 0 and "left alone: daily-purchases" in out


def test_an_edited_schedule_shows_the_next_windows_before_it_is_saved(run: Run, edited: Callable[..., Path]) -> None:
    run("apply", "-f", SAMPLES, "--yes")
    file = edited(("execute_on: sunday", "execute_on: friday"))
    code, out, _ = run("diff", "-f", file)
    assert code == 1
    assert "schedule.execute_on: sunday -> friday" in out
    assert "next windows as it is: 1997-01-01..1997-01-05, 1997-01-06..1997-01-12" in out
    assert "next windows to be:    1997-01-01..1997-01-03, 1997-01-04..1997-01-10" in out
    assert run("apply", "-f", file, "--yes")[0] == 0
    assert run("diff", "-f", file)[0] == 0


def test_list_show_windows_sql_delete(run: Run) -> None:
    run("apply", "-f", SAMPLES, "--yes")
    code, out, _ = run("list")
    assert code == 0 and out.splitlines()[0].split()[:2] == ["NAME", "STATE"]
    code, out, _ = run("show", "monthly-1997")
    assert code == 0 and "next windows: 1997-01-01..1997-01-31" in out
    code, out, _ = run("windows", "weekly-sales", "--count", "2", "--format", "json")
    assert code == 0 and len(json.loads(out)) == 2
    code, out, _ = run("sql", "monthly-1997", "--window", "1997-01-01..1997-01-31")
    assert code == 0 and "timestamptz '1997-01-01 00:00:00+00:00'" in out and "%" not in out
    code, out, _ = run("sql", "monthly-1997", "--window", "1997-01-01..1997-01-31", "--format", "json")
    assert json.loads(out)[0]["parameters"]["window_end"] == "1997-02-01T00:00:00+00:00"
    assert run("delete", "weekly-sales", "--yes")[0] == 0
    code, _, error = run("show", "weekly-sales")
    assert code == 1 and "There is no job 'weekly-sales'." in error
    code, _, error = run("show", "monthly-1979")
    assert code == 1 and "Perhaps you mean 'monthly-1997'." in error


def test_history_and_coverage_of_a_job_that_has_not_run(run: Run) -> None:
    run("apply", "-f", SAMPLES, "--yes")
    assert run("history", "monthly-1997")[0] == 0
    code, out, _ = run("coverage", "monthly-1997", "--format", "json")
    assert code == 1 and json.loads(out)


def test_the_whole_store_is_validated(run: Run) -> None:
    run("apply", "-f", SAMPLES, "--yes")
    code, out, _ = run("validate")
    assert code == 0 and "0 errors, 1 warning." in out


def test_a_store_that_is_away_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_EXPORT_JOBS_STORE", "postgresql://user:canary-pw@127.0.0.1:9/none")
    assert cli.main(["list"]) == 1
    error = capsys.readouterr().err
    assert error.startswith("export-jobs: ") or "\nexport-jobs: " in error
    assert "Traceback" not in error and "canary-pw" not in error
