"""Code and messages are plain English: phrases that were once everywhere and that nobody would look for."""

from __future__ import annotations

from pathlib import Path

import pytest

PLUGINS = Path(__file__).resolve().parents[2] / "plugins"
KINDS = {".py", ".sql", ".js", ".html", ".txt", ".md", ".yaml"}


@pytest.mark.parametrize(
    "phrase",
    [
        "does not hold",
        "to be mended",
        "for one in",
        "in place of",
        "stranger",
        "without a word",
        "for ever ",
        "are told",
    ],
)
def test_a_phrase_is_nowhere_in_the_package(phrase: str) -> None:
    """Migrations are left out: a released one is never edited."""
    files = [path for path in PLUGINS.rglob("*") if path.suffix in KINDS and "migrations" not in path.parts]
    assert len(files) > 200
    assert [str(path.relative_to(PLUGINS)) for path in files if phrase in path.read_text("utf-8")] == []
