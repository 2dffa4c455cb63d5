"""Code and messages are plain English: phrases that were once everywhere and that nobody would look for."""

from __future__ import annotations

from pathlib import Path

import pytest

PLUGINS = Path(__file__).resolve().parents[2] / "plugins"
KINDS = {".py", ".sql", ".js", ".html", ".txt", ".md", ".yaml"}
LATER = ("in place of", "stranger", "without a word", "for ever ", "are told")
"""Migrations that were released before still have these, since they are never edited."""


@pytest.mark.parametrize("phrase", ["does not hold", "to be mended", "for one in", *LATER])
def test_a_phrase_is_nowhere_in_the_package(phrase: str) -> None:
    files = [path for path in PLUGINS.rglob("*") if path.suffix in KINDS]
    assert len(files) > 200
    found = [path for path in files if phrase in path.read_text("utf-8")]
    if phrase in LATER:
        found = [path for path in found if "migrations" not in path.parts]
    assert [str(path.relative_to(PLUGINS)) for path in found] == []
