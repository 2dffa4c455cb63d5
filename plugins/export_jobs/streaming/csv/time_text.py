"""Write dates and times as PostgreSQL in ISO style, and read the ISO text in which SQLite stores them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

INFINITIES = ("infinity", "-infinity")
_MIDNIGHT = time()
# Python would also accept 19970131, 1997-W05-5, a comma, and more than six decimals, which it cuts off.
_ISO = re.compile(
    r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d(?::?\d\d)?)?)?", flags=re.ASCII
)
_FINER = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d\.\d{7,}\S*", flags=re.ASCII)
_OTHER_YEAR = re.compile(r"(?:\d{5,}|-\d{4,}|0000)-\d\d-\d\d\b.*|\d{4,}-\d\d-\d\d\b.*\bBC\b.*", flags=re.ASCII)


def date_text(value: object) -> str:
    """Return a date as text; raises ``ValueError`` for anything else, also for a time that is not midnight."""
    return read_date(value).date().isoformat()


def timestamp_text(value: object) -> str:
    """Return a date and time without a zone as text; raises ``ValueError`` for anything else."""
    return clock_text(read_timestamp(value))


def timestamptz_text(value: object, zone: ZoneInfo) -> str:
    """Return an instant in ``zone`` as text; without an offset it is UTC. Raises ``ValueError`` for anything else."""
    local = read_instant(value, zone)
    return clock_text(local.replace(tzinfo=None)) + _offset_text(local.utcoffset() or timedelta())


def unsupported_time(text: str) -> str:
    """Describe a time that only some databases support, as part of a sentence; "" for any other text."""
    if text in INFINITIES:
        return "an infinite time, but a file can only have times of the years 1 to 9999"
    if _OTHER_YEAR.fullmatch(text):
        return "a time outside the years 1 to 9999"
    return "a time with fractions of a microsecond, which no file can store" if _FINER.fullmatch(text) else ""


def read_date(value: object) -> datetime:
    """Return the midnight of a date; raises as ``date_text``."""
    moment = _moment(value)
    if moment.tzinfo or moment.time() != _MIDNIGHT:
        raise ValueError
    return moment


def read_timestamp(value: object) -> datetime:
    """Return a date and time without a zone; raises as ``timestamp_text``."""
    moment = _moment(value)
    if moment.tzinfo:
        raise ValueError
    return moment


def read_instant(value: object, zone: ZoneInfo) -> datetime:
    """Return an instant in ``zone``; raises as ``timestamptz_text``."""
    moment = _moment(value)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(zone)


def clock_text(moment: datetime | time) -> str:
    """Return ISO text without an offset; the fraction of a second has no trailing zeros."""
    text = moment.isoformat(" ") if isinstance(moment, datetime) else moment.isoformat()
    return text.rstrip("0") if moment.microsecond else text


@lru_cache(maxsize=64)
def _offset_text(offset: timedelta) -> str:
    """Return the offset, as short as possible: ``+01``, ``+05:30``, ``+00:53:28``."""
    minutes, seconds = divmod(round(abs(offset).total_seconds()), 60)
    parts = [minutes // 60, minutes % 60, seconds]
    while len(parts) > 1 and not parts[-1]:
        parts.pop()
    return ("-" if offset < timedelta() else "+") + ":".join(f"{part:02d}" for part in parts)


def _moment(value: object) -> datetime:
    if isinstance(value, str):
        if not _ISO.fullmatch(value):
            raise ValueError
        return datetime.fromisoformat(value)
    if not isinstance(value, date):
        raise ValueError  # noqa: TRY004  one error for anything but a time; the caller writes the sentence
    return value if isinstance(value, datetime) else datetime.combine(value, _MIDNIGHT)
