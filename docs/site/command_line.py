"""The reference of the command line, from the parser itself."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager

from export_jobs.cli.parser import parser

_WIDTH = "100"


def command_line_reference() -> str:
    """One section per command, with the help that the command prints."""
    with _columns(_WIDTH):
        top = parser()
        return "\n\n".join(_section(command) for command in (top, *_commands(top)))


def _commands(group: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """Every command below ``group`` that can be run; ``db`` alone cannot."""
    for action in group._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                below = list(_commands(command))
                yield from below or [command]


def _section(command: argparse.ArgumentParser) -> str:
    return f"## {command.prog}\n\n```text\n{command.format_help().rstrip()}\n```"


@contextmanager
def _columns(width: str) -> Iterator[None]:
    """Argparse breaks lines at the terminal's width; a page must have the same lines on every machine."""
    before = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = width
    try:
        yield
    finally:
        if before is None:
            del os.environ["COLUMNS"]
        else:
            os.environ["COLUMNS"] = before
