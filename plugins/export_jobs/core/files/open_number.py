"""Paths in which a number is still open, of a part or one that the ledger gives: whether two can be one path."""

from __future__ import annotations

import re

ANY_NUMBER = "#"
"""Stands for one digit or more; no name holds it."""
_DIGITS = re.compile(f"[0-9{ANY_NUMBER}]+")


def outline(path: str) -> str:
    """``path`` with each of its numbers open. Paths that can be one have the same outline."""
    return _DIGITS.sub(ANY_NUMBER, path)


def can_be_one(path: str, other: str) -> bool:
    """Whether there are numbers with which both paths are the same."""
    if ANY_NUMBER not in path and ANY_NUMBER not in other:
        return path == other
    numbers, others = _DIGITS.findall(path), _DIGITS.findall(other)
    return outline(path) == outline(other) and all(map(_can_be_one_number, numbers, others))


def _can_be_one_number(number: str, other: str) -> bool:
    if ANY_NUMBER not in number:
        number, other = other, number
    if ANY_NUMBER not in other:
        return number == other or bool(re.fullmatch(number.replace(ANY_NUMBER, "[0-9]+"), other))
    return _begin_alike(number, other) and _begin_alike(number[::-1], other[::-1])


def _begin_alike(number: str, other: str) -> bool:
    start, other_start = number.partition(ANY_NUMBER)[0], other.partition(ANY_NUMBER)[0]
    return start.startswith(other_start) or other_start.startswith(start)
