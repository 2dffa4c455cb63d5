"""Commands on an empty store, that store, and the sample definitions to be edited."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from export_jobs import cli
from export_jobs.store.database.engine import create_store_engine
from tests.integration.cli.commands import NAMES, SAMPLES, Run
from tests.integration.store.samples import Store


@pytest.fixture
def run(
    fresh_database: Callable[..., dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Runs one command on an empty store and gives exit code, stdout and stderr."""
    dsn = fresh_database()
    parts = {"conn_type": "postgres", **{NAMES[key]: value for key, value in dsn.items()}}
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
def stored(run: Run) -> Iterator[Store]:
    """The store that the commands work on, for what only tasks write."""
    parts = json.loads(os.environ["AIRFLOW_CONN_EXPORT_JOBS_STORE"])
    dsn = {name: parts[key] for name, key in NAMES.items()}
    store = Store(dsn, create_store_engine(dsn))
    yield store
    store.engine.dispose()


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
