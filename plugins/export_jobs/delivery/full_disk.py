"""Whether a server refuses a file because its disk is full: many have no code for that and say it in words only."""

from __future__ import annotations

import posixpath
import re

_WORDS = (
    "no space",
    "not enough space",
    "insufficient disk",
    "insufficient storage",
    "quota",
    "disk full",
    "disk is full",
)


def says_disk_is_full(answer: str, path: str) -> bool:
    """Whether ``answer``, about ``path``, says that there is no room; words of a path in it do not count."""
    text = answer.lower().replace(path.lower(), "")
    text = re.sub(r"\S*/\S*", "", text)  # the path as the server sees it
    name = re.escape(posixpath.basename(path).lower())
    text = re.sub(rf"(?<!\w){name}(?!\w)", "", text) if name else text
    return any(words in text for words in _WORDS)
