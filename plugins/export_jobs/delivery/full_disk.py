"""Whether a server refuses a file because its disk is full: many have no code for that and say it in words only."""

from __future__ import annotations

import posixpath

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
    """Whether ``answer``, about ``path``, says that there is no room; the words of the file's name do not count."""
    text, name = answer.lower(), posixpath.basename(path).lower()
    if name:
        text = text.replace(name, "")
    return any(words in text for words in _WORDS)
