"""Compare paths with numbers that are not known yet: of a part, or from the ledger."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Generic, TypeVar

ANY_NUMBER = "#"
"""Means one or more digits; no name contains it."""
Kept = TypeVar("Kept")
_Mask = tuple[bool, ...]
_DIGITS = re.compile(f"[0-9{ANY_NUMBER}]+")


def outline(path: str) -> str:
    """Return ``path`` with each of its numbers open. Paths that can be equal have the same outline."""
    return _DIGITS.sub(ANY_NUMBER, path)


def can_be_equal(path: str, other: str) -> bool:
    """Whether there are numbers with which both paths are equal."""
    if ANY_NUMBER not in path and ANY_NUMBER not in other:
        return path == other
    numbers, others = _DIGITS.findall(path), _DIGITS.findall(other)
    return outline(path) == outline(other) and all(map(_can_be_equal_numbers, numbers, others))


def _can_be_equal_numbers(number: str, other: str) -> bool:
    if ANY_NUMBER not in number:
        number, other = other, number
    if ANY_NUMBER not in other:
        return number == other or bool(re.fullmatch(number.replace(ANY_NUMBER, "[0-9]+"), other))
    return _begin_alike(number, other) and _begin_alike(number[::-1], other[::-1])


def _begin_alike(number: str, other: str) -> bool:
    start, other_start = number.partition(ANY_NUMBER)[0], other.partition(ANY_NUMBER)[0]
    return start.startswith(other_start) or other_start.startswith(start)


class TakenPaths(Generic[Kept]):
    """Values by path, found by any path that can be equal. Upper and lower case are the same, as on Windows.

    A year of days has hundreds of paths that differ in one number. They are looked up by the numbers that are fixed in
    both paths, and only the rest is compared.
    """

    def __init__(self) -> None:
        self._values: dict[str, Kept] = {}
        self._paths: dict[tuple[str, _Mask], list[str]] = defaultdict(list)
        self._masks: dict[str, set[_Mask]] = defaultdict(set)
        self._tables: dict[tuple[str, _Mask, _Mask], tuple[int, dict[Sequence[str], list[str]]]] = {}

    def add(self, path: str, value: Kept) -> None:
        """Keep ``value`` under ``path``, unless it already has a value."""
        path = path.lower()
        if path not in self._values:
            self._values[path] = value
            shape = outline(path), _mask(_DIGITS.findall(path))
            self._paths[shape].append(path)
            self._masks[shape[0]].add(shape[1])

    def find(self, path: str) -> Kept | None:
        """Return a value whose path can be equal to ``path``; None if there is none."""
        path = path.lower()
        if path in self._values:
            return self._values[path]
        numbers = _DIGITS.findall(path)
        mine, shape = _mask(numbers), outline(path)
        for mask in self._masks.get(shape, ()):
            if any(mine) or any(mask):
                table = self._table(shape, mask, mine)
                for known in table.get(_fixed(numbers, mask, mine), ()):
                    if can_be_equal(path, known):
                        return self._values[known]
        return None

    def _table(self, shape: str, mask: _Mask, other: _Mask) -> dict[Sequence[str], list[str]]:
        """Return the paths of a shape by the numbers that are fixed in both masks, after adding new paths."""
        paths = self._paths[shape, mask]
        done, table = self._tables.get((shape, mask, other), (0, defaultdict(list)))
        for path in paths[done:]:
            table[_fixed(_DIGITS.findall(path), mask, other)].append(path)
        self._tables[shape, mask, other] = len(paths), table
        return table


def _mask(numbers: Sequence[str]) -> _Mask:
    return tuple(ANY_NUMBER in number for number in numbers)


def _fixed(numbers: Sequence[str], mask: _Mask, other: _Mask) -> Sequence[str]:
    return tuple(number for number, *is_open in zip(numbers, mask, other, strict=True) if not any(is_open))
