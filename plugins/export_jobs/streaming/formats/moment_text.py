"""Split staged times into their parts, so that a format can write all rows of a column in one shape."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

_MOMENT = re.compile(
    r"(\d{4,}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(?:([+-]\d\d)(:\d\d)?(:\d\d)?)?", flags=re.ASCII
)
_ONE_DIGIT = bytes.maketrans(b"123456789", b"0" * 9)
_LONGEST_DATE = len("YYYY-MM-DD")
_HOURS_AND_MINUTES = len("+HH:MM")


@dataclass(frozen=True, slots=True)
class MomentText:
    """The parts of a time: ``YYYY-MM-DD``, ``HH:MM:SS``, six digits of a fraction of a second.

    ``offset``: ``+HH:MM`` or, for old local times, ``+HH:MM:SS``; empty for a time without a zone.
    """

    date: str
    clock: str
    fraction: str
    offset: str

    @property
    def is_of_four_digit_year(self) -> bool:
        """Whether other programs support such a date at all."""
        return len(self.date) == _LONGEST_DATE


def common_shape(texts: Sequence[str]) -> str:
    """Return the first text with 0 for each digit if all of ``texts`` look like that; else "".

    Several thousand times are checked at once as fast as a hundred one by one.
    """
    shape = texts[0].encode().translate(_ONE_DIGIT)
    found = "\n".join(texts).encode().translate(_ONE_DIGIT)
    return shape.decode() if found == b"\n".join([shape] * len(texts)) else ""


def split_moment(text: str) -> MomentText | None:
    """Return the parts of ``text``; None for anything but a plain time (``infinity``, ``BC``)."""
    found = _MOMENT.fullmatch(text)
    if not found:
        return None
    date, clock, fraction, hours, minutes, seconds = found.groups()
    offset = f"{hours}{minutes or ':00'}{seconds or ''}" if hours else ""
    return MomentText(date, clock, (fraction or "").ljust(6, "0"), offset)


def split_instant(text: str) -> MomentText | None:
    """Like ``split_moment``, with an offset of hours and minutes: a time whose offset has seconds is in UTC."""
    parts = split_moment(text)
    if parts is None or len(parts.offset) <= _HOURS_AND_MINUTES or not parts.is_of_four_digit_year:
        return parts
    try:
        in_utc = datetime.fromisoformat(text).astimezone(UTC)
    except OverflowError:  # the first or last hours that Python supports
        return parts
    return split_moment(in_utc.isoformat(" ", "microseconds"))
