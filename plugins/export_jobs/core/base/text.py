"""Rules for every text of a definition: no control characters, and a limited length.

A definition is data, never code: ``{{ … }}`` in a text is plain text, and nothing renders it.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Iterator

from export_jobs.core.base.issue import Issue

MAX_DESCRIPTION = 2000
MAX_LINE = 254
_LAYOUT = {"\n", "\t"}
_INVISIBLE = {"Cc", "Cs", "Zl", "Zp"}
_BIDI = {chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}


def text_issues(path: str, text: str, *, limit: int = MAX_LINE, lines: bool = False) -> Iterator[Issue]:
    """Yield control characters and excess length of ``text``; ``lines`` allows line breaks and tabs."""
    found = next((char for char in text if is_control(char) and not (lines and char in _LAYOUT)), None)
    if found is not None:
        yield Issue(path, f"the text contains the control character {found!a}", "Remove it; it is invisible")
    if len(text) > limit:
        yield Issue(path, f"the text has {len(text)} characters; at most {limit} are allowed", "Shorten it")


def is_control(char: str) -> bool:
    """Whether ``char`` is invisible to a reader: control codes, half characters, direction overrides."""
    return char in _BIDI or unicodedata.category(char) in _INVISIBLE


def storable_text(text: str) -> str:
    """Return ``text`` as every database can store it: NUL and lone surrogates, as servers send them, become U+FFFD."""
    return "".join("\ufffd" if char == "\0" or unicodedata.category(char) == "Cs" else char for char in text)


def quote_value(value: object) -> str:
    """Return ``value`` as a message quotes it: on one line, control characters escaped, at most 60 characters."""
    text = repr(value)
    text = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)
    return text if len(text) <= 60 else f"{text[:57]}…"


def suggest(word: str, known: Iterable[str], none: str, far: str | None = None) -> str:
    """Return a remedy for an unknown ``word``: similar known words, otherwise ``far`` or the first few known words."""
    names = sorted(set(known))
    near = similar_names(word, names)
    if near:
        return "Perhaps you mean " + " or ".join(repr(name) for name in near)
    if not names or far:
        return far or none
    more = f" … ({len(names)} in all)" if len(names) > 12 else ""
    return "Choose one of " + ", ".join(names[:12]) + more


def similar_names(word: str, names: Iterable[str]) -> list[str]:
    """Return known names like ``word``. Last parts count too, because people write Berlin for Europe/Berlin."""
    spellings: dict[str, list[str]] = {}
    for name in names:
        for spelling in {name.lower(), name.rsplit("/", 1)[-1].lower()}:
            spellings.setdefault(spelling, []).append(name)
    # difflib takes quadratic time in the word's length, and a word may come from a hostile file.
    matches = difflib.get_close_matches(word[:100].lower(), spellings, n=3, cutoff=0.75)
    return list(dict.fromkeys(name for match in matches for name in spellings[match]))[:3]
