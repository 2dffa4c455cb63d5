"""Convert text to the characters of the receiver's encoding, and to bytes."""

# ruff: noqa: RUF001  this file is about characters that look like others

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
# Characters that Unicode itself does not decompose.
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
    """The characters of one encoding, and the treatment of any other one."""

    def __init__(self, options: FileOptions) -> None:
        self.name: Encoding = options.encoding
        self.codec = _CODECS[options.encoding]
        self._spell: Callable[[str, str], str] | None = {
            "fail": None, "replace": _replace, "transliterate": _transliterate,
        }[options.unencodable]  # fmt: skip
        self._marked = options.bom or options.encoding == "utf-16"

    @property
    def byte_order_mark(self) -> bytes:
        """The bytes before the text by which readers recognise the Unicode encoding; may be empty."""
        marks = {"utf-8": codecs.BOM_UTF8, "utf-16": codecs.BOM_UTF16_LE}
        return marks.get(self.name, b"") if self._marked else b""

    def encode(self, text: str) -> bytes:
        """Return ``text`` in this encoding; raises ``UnicodeEncodeError`` for text not converted by :meth:`fit`."""
        return text.encode(self.codec)

    def has(self, text: str) -> bool:
        """Whether the encoding has all of ``text``."""
        return _has(self.codec, text)

    def fit(self, text: str) -> str:
        """Convert ``text`` to characters of this encoding; raises ``MissingCharacterError`` if none may be replaced."""
        if self.has(text):
            return text
        if self._spell is None:
            raise MissingCharacterError(next(char for char in text if not _has_char(self.codec, char)))
        return "".join([char if _has_char(self.codec, char) else self._spell(self.codec, char) for char in text])

    def as_written(self, text: str) -> str:
        """Return ``text`` as the file will have it; unchanged if nothing may be replaced (reported elsewhere)."""
        return text if self._spell is None else self.fit(text)

    def missing(self, template: str, place: str, character: str) -> TerminalError:
        """Return the error for a cell that the encoding cannot write; it quotes only the one character."""
        name = unicodedata.name(character, "")
        code = f"U+{ord(character):04X} {name}".rstrip()
        shown = f"{character!r} ({code})" if character.isprintable() else code
        return TerminalError(
            f"Template {template!r}, {place}: the character {shown} is not in the encoding {self.name}",
            "Correct the text, or create a job with `unencodable: replace` or `transliterate`, or in utf-8",
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
"""Cached for single characters, which repeat often; whole texts do not."""


def _replace(codec: str, char: str) -> str:  # noqa: ARG001  same signature as _transliterate
    return _REPLACEMENT


def _transliterate(codec: str, char: str) -> str:
    """Return the nearest letters that ``codec`` has: without accents, or as people spell them."""
    if unicodedata.combining(char):
        return ""  # an accent that follows its letter
    parts = unicodedata.normalize("NFKD", char)
    plain = "".join(_SPELT.get(part, part) for part in parts if not unicodedata.combining(part))
    plain = _SPELT.get(char, plain)
    return plain if plain and _has(codec, plain) else _REPLACEMENT
