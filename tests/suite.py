"""The whole suite, as ``make test`` runs it: what failed beside others on real servers is tried once more, alone.

Three groups of tests share the machine, each with servers of its own; under load a server or a scheduler can be so late
that a test of what comes of it gives up. A fault of the product fails again when its test has the machine to itself. A
test that passes then is named at the end, since it is to be mended; the run has passed.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest

MAX_SECOND_TRIES = 20
"""When more has failed, the machine's load is not what they have in common."""
_NEEDS_SERVERS = "server "


def main(arguments: Sequence[str]) -> int:
    """Run pytest with ``arguments``; returns its exit code, or that of the second try."""
    with tempfile.TemporaryDirectory(prefix="export-jobs-suite-") as folder:
        report = Path(folder) / "failed.txt"
        code = _pytest("-p", "tests.suite", f"--failed-to={report}", *arguments)
        failed = report.read_text().splitlines() if report.exists() else []
    again = [line.removeprefix(_NEEDS_SERVERS) for line in failed if line.startswith(_NEEDS_SERVERS)]
    if code != pytest.ExitCode.TESTS_FAILED or len(again) < len(failed) or not 0 < len(again) <= MAX_SECOND_TRIES:
        return code
    print(f"\nSECOND TRY, alone on this machine, of {len(again)} that failed beside others:", flush=True)
    code = _pytest(*again)
    if code == pytest.ExitCode.OK:
        print("\nUNSTEADY and to be mended, failed beside others and passed alone:", *again, sep="\n  ")
    return code


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--failed-to``: where this file, as a plugin, tells itself what has failed."""
    parser.addoption("--failed-to", metavar="FILE", required=True)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Write a line for each test that failed."""
    failed = {
        report.nodeid: _NEEDS_SERVERS if {"live", "integration"}.intersection(report.keywords) else ""
        for outcome in ("failed", "error")
        for report in terminalreporter.stats.get(outcome, [])
    }
    Path(config.getoption("--failed-to")).write_text("".join(f"{needs}{test}\n" for test, needs in failed.items()))


def _pytest(*arguments: str) -> int:
    return subprocess.run([sys.executable, "-m", "pytest", *arguments], check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
