"""The command line without a store: what it accepts, its exit codes, its sentences."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from export_jobs import cli
from export_jobs.cli.commands.preview import parse_window
from export_jobs.cli.parser import parser
from export_jobs.core.windows.schedule_text import day_range
from export_jobs.core.windows.window import Window
from export_jobs.errors import UserError

REPOSITORY = Path(__file__).resolve().parents[3]
COMMANDS = [
    ["db", "upgrade"],
    ["apply", "-f", "x.yaml", "--yes"],
    ["diff", "-f", "x.yaml"],
    ["validate"],
    ["list"],
    ["show", "j"],
    ["dump"],
    ["delete", "j"],
    ["sql", "j", "--window", "1997-01-01..1997-01-31", "--template", "t"],
    ["preview", "j", "--window", "1997-01-01..1997-01-31", "--template", "t", "--rows", "5"],
    ["windows", "j", "--count", "3"],
    ["check-destination", "t"],
    ["host-keys", "t", "--pin", "SHA256:x"],
    ["history", "j"],
    ["coverage", "j"],
    ["rerun", "j", "--include-gaps", "--with-current-definition", "--yes"],
]


@pytest.fixture
def no_store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.delenv("AIRFLOW_CONN_EXPORT_JOBS_STORE", raising=False)
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path / "airflow"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_is_understood_and_there(command: list[str]) -> None:
    options = parser().parse_args([*command, "--format", "json"])
    module, _, function = options.run.partition(":")
    assert callable(getattr(__import__(f"export_jobs.cli.commands.{module}", fromlist=[function]), function))


@pytest.mark.parametrize("command", [[], ["nonsense"], ["sql", "j"], ["windows", "j", "--count", "0"], ["apply"]])
def test_called_wrongly_is_2(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(command)
    assert caught.value.code == 2
    assert "usage: export-jobs" in capsys.readouterr().err


def test_help_loads_nothing_that_is_slow_to_load() -> None:
    code = "import sys; from export_jobs.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass\n"
    loaded = (
        "print(sorted({name.split('.')[0] for name in sys.modules} & {'airflow', 'sqlalchemy', 'pydantic', 'httpx'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code + loaded], cwd=REPOSITORY / "plugins", capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]", "A module of the command imports this at its top: import it inside."


def test_without_a_store_it_says_how_to_configure_one(no_store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["list"]) == 1
    error = capsys.readouterr().err
    assert "No store is configured. Set AIRFLOW_CONN_EXPORT_JOBS_STORE=" in error
    assert "source .demo/env" not in error and "Traceback" not in error


def test_beside_a_demo_it_says_how_to_use_it(no_store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (no_store / ".demo").mkdir()
    (no_store / ".demo" / "env").touch()
    assert cli.main(["list"]) == 1
    assert "run `source .demo/env` first" in capsys.readouterr().err


def test_a_file_is_validated_without_a_store(no_store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["validate", "-f", str(REPOSITORY / "demo" / "jobs" / "samples.yaml")]) == 0
    assert "0 errors" in capsys.readouterr().out
    broken = REPOSITORY / "tests" / "invalid" / "unknown_kpi.yaml"
    assert cli.main(["validate", "-f", str(broken), "--format", "json"]) == 1
    issues = json.loads(capsys.readouterr().out)["issues"]
    assert [(issue["path"], issue["line"]) for issue in issues] == [
        ("templates[0].kpis[0]", 5),
        ("templates[0].kpis[1]", 5),
    ]


def test_a_valid_file_shows_the_first_names_of_jobs_that_have_names_of_their_own(
    no_store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    samples = str(REPOSITORY / "demo" / "jobs" / "samples.yaml")
    assert cli.main(["validate", "-f", samples, "--format", "json"]) == 0
    names = json.loads(capsys.readouterr().out)["first_files"]
    assert "cdnow-weekly" not in names
    assert next(iter(names.values()))[-1].endswith(".done")
    assert cli.main(["validate", "-f", samples]) == 0
    assert f"job {next(iter(names))}: first files: {next(iter(names.values()))[0]}\n" in capsys.readouterr().out


def test_a_file_that_is_no_yaml_is_a_sentence_with_its_line(no_store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["validate", "-f", str(REPOSITORY / "tests" / "invalid" / "yaml_bomb.yaml")]) == 1
    assert "yaml_bomb.yaml, line 3: anchors and aliases" in capsys.readouterr().err


def test_a_window_of_days_is_inclusive_and_one_of_instants_is_not() -> None:
    january = Window(datetime(1996, 12, 31, 23, tzinfo=UTC), datetime(1997, 1, 31, 23, tzinfo=UTC))
    assert parse_window("1997-01-01..1997-01-31", "Europe/Berlin") == january
    assert parse_window("1997-01-01T00:00..1997-02-01T00:00", "Europe/Berlin") == january
    assert parse_window("1996-12-31T23:00Z..1997-01-31T23:00Z", "Asia/Tokyo") == january
    for zone in ("Europe/Berlin", "Asia/Tokyo", "America/New_York", "Australia/Lord_Howe"):
        assert parse_window(day_range(january, zone), zone) == january, "what is shown can be copied"
    assert parse_window("1997-01-01", "UTC").days("UTC")[0] == parse_window("1997-01-01", "UTC").days("UTC")[1]


@pytest.mark.parametrize(
    "text", ["", "..", "yesterday", "1997-01-31..1997-01-01", "1997-02-30", "9999-12-31", "1997-01-01T00:00"]
)
def test_what_is_no_window_is_a_sentence(text: str) -> None:
    with pytest.raises(UserError, match="is not a window"):
        parse_window(text, "UTC")
