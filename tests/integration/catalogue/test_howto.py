"""``docs/howto/your-warehouse.md`` is true: its tables are made, its files written, its commands run in their order."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from export_jobs import cli
from export_jobs.cli import session

pytestmark = pytest.mark.integration

PAGE = Path(__file__).resolve().parents[3] / "docs" / "howto" / "your-warehouse.md"
BLOCK = re.compile(r"^(?:`([^`\n]+)`\n)?```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
REST = "…"
"""A line of the page that stands for any number of lines."""


@pytest.fixture
def databases(
    fresh_database: Callable[..., dict[str, Any]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[dict[str, Any]]:
    """The warehouse, whose connection and the store's are in the environment; the folder is that of the reader."""
    warehouse = fresh_database("warehouse_owner")
    for name, dsn in (("BIKES_WAREHOUSE", warehouse), ("EXPORT_JOBS_STORE", fresh_database())):
        login = {"login": dsn["user"], "password": dsn["password"], "schema": dsn["dbname"]}
        as_airflow = {"conn_type": "postgres", "host": dsn["host"], "port": dsn["port"], **login}
        monkeypatch.setenv(f"AIRFLOW_CONN_{name}", json.dumps(as_airflow))
    monkeypatch.setenv("EXPORT_JOBS_CATALOGUE", str(tmp_path / "bikes"))
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path / "airflow"))
    monkeypatch.chdir(tmp_path)
    yield warehouse
    session.catalogue.cache_clear()


def test_every_file_and_every_output_of_the_page(
    databases: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = 0
    for place, kind, text in BLOCK.findall(PAGE.read_text("utf-8")):
        if place:
            file = tmp_path / (place if kind == "yaml" else f"bikes/{place}")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        elif kind == "sql":
            with psycopg.connect(**databases) as connection:
                connection.execute(text.encode())
        for command, expected in commands(text) if kind == "console" else ():
            session.catalogue.cache_clear()
            capsys.readouterr()
            code = cli.main(shlex.split(command)[1:])
            found = capsys.readouterr()
            assert code == (1 if " error: " in expected else 0), found
            assert matches(expected, found.out), f"$ {command}\n{found.out}\nand the page says\n{expected}"
            ran += 1
    assert ran == 10, "A command of the page was not run: is its block still a console block?"


def commands(text: str) -> Iterator[tuple[str, str]]:
    """The page's calls of export-jobs and what it says they print."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, expected = part.partition("\n")
        if command.startswith("export-jobs "):
            yield command, expected


def matches(expected: str, found: str) -> bool:
    pattern = "".join("(?:.*\n)*" if line == REST else re.escape(line) + "\n" for line in expected.splitlines())
    return re.fullmatch(pattern, found) is not None
