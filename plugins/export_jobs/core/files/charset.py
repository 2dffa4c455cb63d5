"""Text -> the characters that the receiver's encoding has, and the bytes of it."""

# ruff: noqa: RUF001  characters that look like others are what this is about

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from export_jobs.core.definitions.job import Encoding, FileOptions
from export_jobs.errors import TerminalError

_CODECS: dict[Encoding, str] = {
    "utf-8": "utf-8",
    "utf-16": "utf-16-le",
    "iso-8859-1": "iso-8859-1",
    "windows-1252": "windows-1252",
}
_REPLACEMENT = "?"
# What Unicode itself does not take apart.
_SPELT: dict[str, str] = {
    "ß": "ss", "ẞ": "SS", "Æ": "AE", "æ": "ae", "Œ": "OE", "œ": "oe", "Ø": "O", "ø": "o", "Đ": "D", "đ": "d",
    "Ð": "D", "ð": "d", "Þ": "Th", "þ": "th", "Ł": "L", "ł": "l", "Ħ": "H", "ħ": "h", "ı": "i",
    "€": "EUR", "‚": "'", "‘": "'", "’": "'", "“": '"', "”": '"', "„": '"', "‹": "<", "›": ">", "‐": "-", "‑": "-",
    "‒": "-", "–": "-", "—": "-", "−": "-", "⁄": "/", "•": "*", "…": "...", "\u202f": " ", "\u2009": " ",
}  # fmt: skip


class MissingCharacterError(ValueError):
    """``character`` is not in the encoding."""

    def __init__(self, character: str) -> None:
        super().__init__(character)
        self.character = character


class Charset:
    """The characters of one encoding, and what happens to any other one."""

    def __init__(self, options: FileOptions) -> None:
        self.name: Encoding = options.encoding
        self.codec = _CODECS[options.encoding]
        self._spell: Callable[[str, str], str] | None = {
            "fail": None, "replace": _replace, "transliterate": _transliterate,
        }[options.unencodable]  # fmt: skip
        self._marked = options.bom or options.encoding == "utf-16"

    @property
    def byte_order_mark(self) -> bytes:
        """What stands before the text, for readers that are to see which Unicode encoding it is."""
        marks = {"utf-8": codecs.BOM_UTF8, "utf-16": codecs.BOM_UTF16_LE}
        return marks.get(self.name, b"") if self._marked else b""

    def encode(self, text: str) -> bytes:
        """``text`` in this encoding; raises ``UnicodeEncodeError`` for one that :meth:`fit` has not looked at."""
        return text.encode(self.codec)

    def has(self, text: str) -> bool:
        """Whether the encoding has all of ``text``."""
        return _has(self.codec, text)

    def fit(self, text: str) -> str:
        """``text`` in characters of this encoding; raises ``MissingCharacterError`` where none may be replaced."""
        if self.has(text):
            return text
        if self._spell is None:
            raise MissingCharacterError(next(char for char in text if not _has_char(self.codec, char)))
        return "".join([char if _has_char(self.codec, char) else self._spell(self.codec, char) for char in text])

    def spelt(self, text: str) -> str:
        """``text`` as the file will have it; as it is where nothing may be replaced, which is told elsewhere."""
        return text if self._spell is None else self.fit(text)

    def missing(self, template: str, place: str, character: str) -> TerminalError:
        """The error of a cell that does not fit; of its value it names the one character."""
        name = unicodedata.name(character, "")
        code = f"U+{ord(character):04X} {name}".rstrip()
        shown = f"{character!r} ({code})" if character.isprintable() else code
        return TerminalError(
            f"Template {template!r}, {place}: the character {shown} is not in the encoding {self.name}",
            "Correct the text, or make a job with `unencodable: replace` or `transliterate`, or in utf-8",
        )


def is_in(text: str, encoding: Encoding) -> bool:
    """Whether ``encoding`` has all of ``text``."""
    return _has(_CODECS[encoding], text)


def _has(codec: str, text: str) -> bool:
    try:
        text.encode(codec)
    except UnicodeEncodeError:
        return False
    return True


_has_char = lru_cache(maxsize=4096)(_has)
"""The same characters are asked for again and again, whole texts are not."""


def _replace(codec: str, char: str) -> str:  # noqa: ARG001  the same signature as the other way
    return _REPLACEMENT


def _transliterate(codec: str, char: str) -> str:
    """The nearest letters that ``codec`` has: without accents, or as people spell them."""
    if unicodedata.combining(char):
        return ""  # an accent that stands behind its letter
    parts = unicodedata.normalize("NFKD", char)
    plain = "".join(_SPELT.get(part, part) for part in parts if not unicodedata.combining(part))
    plain = _SPELT.get(char, plain)
    return plain if plain and _has(codec, plain) else _REPLACEMENT
