"""What the live tests print when they are done."""

from __future__ import annotations

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The drills' table: where the process was struck, and what stood afterwards."""
    from tests.airflow.live import LEFT_AFTERWARDS

    for line in LEFT_AFTERWARDS:
        terminalreporter.write_line(f"drill  {line}")
