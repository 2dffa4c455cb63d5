"""What ``make test`` makes of tests that fail beside others: tried on a folder of tests of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import NEEDS_NO_RUNNING_AIRFLOW

ROOT = Path(__file__).parents[2]
TESTS = """
import pathlib
import pytest

FIRST = pathlib.Path(__file__).with_name("first")

@pytest.mark.integration
def test_unsteady():
    seen = FIRST.exists()
    FIRST.touch()
    assert seen

@pytest.mark.integration
def test_wrong():
    assert "wrong" not in {wrong!r}

def test_wrong_without_a_server():
    assert "alone" not in {wrong!r}
"""


@pytest.mark.parametrize(("wrong", "code", "tries_again"), [("", 0, True), ("wrong", 1, True), ("alone", 1, False)])
def test_only_what_uses_servers_gets_a_second_try(tmp_path: Path, wrong: str, code: int, tries_again: bool) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = integration\n")
    (tmp_path / "test_some.py").write_text(TESTS.format(wrong=wrong))
    environment = {name: text for name, text in os.environ.items() if not name.startswith("PYTEST_")}
    run = subprocess.run(
        [sys.executable, "-m", "tests.suite"],
        cwd=tmp_path,
        env={**environment, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, "SECOND TRY" in run.stdout) == (code, tries_again), run.stdout + run.stderr
    assert ("UNSTEADY" in run.stdout) == (code == 0)


def test_the_longest_group_holds_only_what_waits_for_a_running_airflow() -> None:
    """What needs none would keep the process that has this group from taking its share of the rest."""
    files = {path.name: path.read_text("utf-8") for path in (ROOT / "tests" / "airflow").glob("test_*.py")}
    assert {name for name, text in files.items() if "pytest.mark.live" not in text} == NEEDS_NO_RUNNING_AIRFLOW
