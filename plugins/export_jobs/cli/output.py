"""Plain text for people, one JSON document for machines; no colour, so that both survive a pipe."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TextIO


class Output:
    """The output of a command. In JSON format only the one document goes to stdout; remarks go to stderr."""

    def __init__(self, stream: TextIO, kind: str) -> None:
        self._stream = stream
        self.is_json = kind == "json"

    def line(self, text: str = "") -> None:
        """Write one line for people."""
        (sys.stderr if self.is_json else self._stream).write(f"{text}\n")

    def text(self, text: str) -> None:
        """Write text that is the result itself, such as YAML or SQL; only in text format."""
        if not self.is_json:
            self._stream.write(text if text.endswith("\n") else f"{text}\n")

    def table(self, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Write a table whose columns are as wide as their widest cell; only in text format."""
        if self.is_json:
            return
        cells = [list(headings), *([_cell(value) for value in row] for row in rows)]
        widths = [max(len(row[column]) for row in cells) for column in range(len(headings))]
        for row in cells:
            aligned = "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True))
            self._stream.write(f"{aligned.rstrip()}\n")

    def json(self, document: object) -> None:
        """Write the command's one document; only in JSON format."""
        if self.is_json:
            self._stream.write(json.dumps(document, default=_plain, ensure_ascii=False, indent=2) + "\n")


def confirm(question: str, *, is_sure: bool) -> bool:
    """Return whether to continue: ``--yes`` was given, or the user at the terminal agrees."""
    if is_sure:
        return True
    if not sys.stdin.isatty():
        sys.stderr.write(f"export-jobs: {question} There is no terminal to ask on; add --yes to continue.\n")
        return False
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M %Z}".rstrip()
    return str(value).replace("\n", " ")


def _plain(value: object) -> object:
    """Convert dates to ISO 8601, and everything else that JSON does not support to text."""
    return value.isoformat() if isinstance(value, date) else str(value)
