"""Pages are written in plain English; the words below were once everywhere and nobody could look them up."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DIALECT = {
    "does not hold": "is invalid",
    "do not hold": "are invalid",
    "to be mended": "to be corrected",
    "is mended": "is fixed",
    "can be told of it": "can be told",
    "for one in": "for each",
    "had by": "available for",
}
PAGES = [*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_uses_words_that_people_know(page: Path) -> None:
    text = " ".join(page.read_text("utf-8").split())
    found = {words: plain for words, plain in DIALECT.items() if re.search(rf"\b{words}\b", text)}
    assert found == {}, "write the words on the right"


def test_the_glossary_is_a_list_of_words_each_once() -> None:
    text = (ROOT / "docs" / "reference" / "glossary.md").read_text("utf-8")
    words = [row for row in re.findall(r"^\| ([^|]+) \|", text, re.MULTILINE) if row != "word"]
    assert len(words) == len(set(words)) > 60
