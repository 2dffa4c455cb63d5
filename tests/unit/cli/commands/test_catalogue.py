"""``catalogue check``, ``show`` and ``docs`` without a store and without Airflow: exit codes, sentences, documents."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from export_jobs import cli
from export_jobs.cli.parser import parser
from tests.unit.core.invalid_catalogues import SOUND

REPOSITORY = Path(__file__).resolve().parents[4]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(SOUND, tmp_path / "catalogue")
    monkeypatch.setenv("EXPORT_JOBS_CATALOGUE", str(tmp_path / "catalogue"))
    monkeypatch.delenv("AIRFLOW_CONN_EXPORT_JOBS_STORE", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "catalogue"


@pytest.mark.parametrize("command", [["check"], ["check", "--connection", "c"], ["show"], ["show", "k"], ["docs"]])
def test_every_command_is_understood_and_there(command: list[str]) -> None:
    options = parser().parse_args(["catalogue", *command, "--format", "json"])
    module, _, function = options.run.partition(":")
    assert callable(getattr(__import__(f"export_jobs.cli.commands.{module}", fromlist=[function]), function))


@pytest.mark.parametrize("command", [[], ["nonsense"], ["check", "--connection"], ["docs", "--output"]])
def test_called_wrongly_is_2(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(["catalogue", *command])
    assert caught.value.code == 2


def test_a_sound_catalogue_is_0(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["catalogue", "check"]) == 0
    assert capsys.readouterr().out == "1 fact, 1 KPI, 2 dimensions: 0 errors, 0 warnings\n"


def test_errors_are_1_each_with_file_and_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "kpis" / "revenue.sql").write_text("/*\ntitle: Revenue\nfact: orders\n*/\n\nsum(amont)\n")
    (folder / "facts" / "notes.sq").touch()
    assert cli.main(["catalogue", "check"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "catalogue/facts/notes.sq: warning: this is never read: only files directly in this folder whose names end in "
        ".sql are read. Rename it to end in .sql, or remove it.",
        "catalogue/kpis/revenue.sql:6: error: 'orders' has no column 'amont'. Perhaps you mean 'amount'.",
        "1 fact, 1 KPI, 2 dimensions: 1 error, 1 warning",
    ]


def test_warnings_alone_are_0(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "kpis" / "revenue.sql").unlink()
    assert cli.main(["catalogue", "check", "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["errors"], document["warnings"], document["connections"]) == (0, 1, [])
    [issue] = document["issues"]
    assert issue == {
        "level": "warning",
        "file": "facts/orders.sql",
        "line": 1,
        "key": None,
        "what": "no KPI uses the fact 'orders', so only its rows can be exported",
        "remedy": "Add a file under kpis/ if you want to export KPIs",
    }


def test_a_connection_that_nothing_names_is_a_sentence(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["catalogue", "check", "--connection", "shop_warehose"]) == 1
    assert "names the connection 'shop_warehose'. Perhaps you mean 'shop_warehouse'." in capsys.readouterr().err


def test_a_connection_that_airflow_lacks_is_an_issue_of_the_file(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path / "airflow"))
    assert cli.main(["catalogue", "check", "--connection", "all"]) == 1
    out = capsys.readouterr().out
    assert "catalogue/facts/orders.sql:5: error: connection: Airflow has no connection 'shop_warehouse'" in out


def test_what_is_wrong_with_a_connection_is_kept_whole(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path / "airflow"))
    monkeypatch.setenv("AIRFLOW_CONN_SHOP_WAREHOUSE", json.dumps({"conn_type": "ours. 2"}))
    assert cli.main(["catalogue", "check", "--connection", "all", "--format", "json"]) == 1
    [issue] = json.loads(capsys.readouterr().out)["issues"]
    assert issue["what"] == (
        "The connection 'shop_warehouse' is of type 'ours. 2', but the catalogue says that its dialect is postgres"
    )
    assert issue["remedy"] == (
        "Write the database's own dialect in the header of each fact and dimension of this connection, or name "
        "another one"
    )


def test_the_check_loads_neither_airflow_nor_a_driver(folder: Path) -> None:
    code = "import sys; from export_jobs.cli import main\ncode = main(['catalogue', 'check'])\n"
    loaded = "print(code, sorted({name.split('.')[0] for name in sys.modules} & {'airflow', 'sqlalchemy', 'psycopg'}))"
    done = subprocess.run(
        [sys.executable, "-c", code + loaded],
        cwd=REPOSITORY / "plugins",
        env=os.environ,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "0 []", done.stderr


def test_show_lists_every_entry_and_tells_one_in_full(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["catalogue", "show"]) == 0
    listed = [line.split()[:2] for line in capsys.readouterr().out.splitlines()]
    assert listed[1:] == [["fact", "orders"], ["KPI", "revenue"], ["dimension", "store"], ["dimension", "town"]]
    assert cli.main(["catalogue", "show", "orders"]) == 0
    told = capsys.readouterr().out
    for words in (
        "store by store_id, town by store.town_id",
        "event date   ordered_at (timestamptz)",
        "FROM shop.orders",
    ):
        assert words in told


def test_show_as_json_says_how_a_kpi_reaches_its_dimensions(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["catalogue", "show", "revenue", "--format", "json"]) == 0
    [revenue] = json.loads(capsys.readouterr().out)
    assert revenue["dimensions"] == {"store": "store_id", "town": "store.town_id"}
    assert (revenue["kind"], revenue["sql"], revenue["line"]) == ("KPI", "sum(amount)", 7)


def test_show_of_an_unknown_key_names_the_near_ones(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["catalogue", "show", "revenu"]) == 1
    assert "There is no fact, KPI or dimension 'revenu'. Perhaps you mean 'revenue'." in capsys.readouterr().err


def test_docs_go_to_a_file_or_to_the_terminal(folder: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert cli.main(["catalogue", "docs"]) == 0
    page = capsys.readouterr().out
    assert page.startswith("# What can be exported\n")
    assert cli.main(["catalogue", "docs", "--output", "page.md"]) == 0
    assert (tmp_path / "page.md").read_text("utf-8") == page
    assert cli.main(["catalogue", "docs", "--html", "--output", "nowhere/page.html"]) == 1
    assert "The file nowhere/page.html cannot be written" in capsys.readouterr().err


def test_what_cannot_be_read_is_not_shown_and_that_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "kpis" / "revenue.sql").write_text("sum(amount)")
    assert cli.main(["catalogue", "show"]) == 1
    said = "Not shown: 1 file that cannot be read; run `export-jobs catalogue check` to see why."
    assert said in capsys.readouterr().out
    assert cli.main(["catalogue", "show", "revenue"]) == 1
    assert "kpis/revenue.sql: the file does not start with" in capsys.readouterr().err
