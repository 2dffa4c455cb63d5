"""Parse what an FTP server reports of a file."""

from __future__ import annotations

from datetime import UTC, datetime


def mlst_facts(answer: str) -> dict[str, str]:
    """``250-…\\n type=file;size=5; name\\n250 End`` -> ``{"type": "file", "size": "5"}``."""
    line = next((line for line in answer.splitlines() if "=" in line and ";" in line), "")
    pairs = (fact.partition("=") for fact in line.strip().partition(" ")[0].split(";") if fact)
    return {name.lower(): value for name, _, value in pairs}


def size_of(answer: str) -> int | None:
    """``213 5`` -> 5; None for an answer without a number: the file is there, but its size is not known."""
    words = answer[3:].split()
    return int(words[0]) if words and words[0].isdecimal() else None


def utc_seconds(text: str) -> int | None:
    """Return the seconds since 1970 of ``YYYYMMDDHHMMSS`` in UTC; None for anything else."""
    digits = text.strip().partition(".")[0]
    if len(digits) != 14 or not digits.isdecimal():
        return None
    try:
        return int(datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=UTC).timestamp())
    except ValueError:
        return None  # fourteen zeros, or the 31st of February: the server knows no time
