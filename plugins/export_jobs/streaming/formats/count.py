"""Count the columns of a file while it is written: cells without a value, minimum, maximum, sum.

The numbers are exact in any order: whole numbers and decimals are summed as integers, others as decimals of any length.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Context, Decimal, localcontext
from typing import Protocol, cast

from export_jobs.core.definitions.cell_format import AS_STORED, CellFormat
from export_jobs.core.files.column_numbers import ColumnNumbers
from export_jobs.core.sql.compiled import Column

_PLAIN_DAY = re.compile(r"\d{4}-\d\d-\d\d", flags=re.ASCII)
_PLAIN_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?(?:[+-]\d\d(?::\d\d){0,2})?", flags=re.ASCII)
_SECONDS_END = len("YYYY-MM-DD HH:MM:SS")
_EXACT = Context(prec=200_000)
"""More digits than any number of PostgreSQL has, so that nothing is rounded."""

Cells = Sequence[str | None]


class Count(Protocol):
    """What is known so far of the cells of one column, except NULL."""

    def add(self, texts: Sequence[str]) -> None:
        """Count cells in PostgreSQL's spelling."""

    def to_manifest(self) -> dict[str, str]:
        """Return ``min``, ``max`` and ``sum`` as in a manifest, if there are any."""


class ColumnCounts:
    """Counts all columns of a file; ``add`` takes batches column by column."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._columns = columns
        self._nulls = [0] * len(columns)
        self._counts = [count_of(column) for column in columns]

    def add(self, batch: Sequence[Cells]) -> None:
        """Count the rows of a batch."""
        for place, cells in enumerate(batch):
            missing = cells.count(None)
            self._nulls[place] += missing
            if count := self._counts[place]:
                count.add([cell for cell in cells if cell is not None] if missing else cast("Sequence[str]", cells))

    def add_nulls(self, place: int, nulls: int) -> Count | None:
        """Count cells without a value in the column ``place``; return the counter of its other cells."""
        self._nulls[place] += nulls
        return self._counts[place]

    def result(self) -> tuple[ColumnNumbers, ...]:
        """Return the numbers, in the order of the columns."""
        return tuple(
            ColumnNumbers(
                name=column.name,
                type=column.type,
                decimals=column.decimals,
                nulls=nulls,
                **(count.to_manifest() if count else {}),
            )
            for column, nulls, count in zip(self._columns, self._nulls, self._counts, strict=True)
        )


def count_of(column: Column) -> Count | None:
    """Return the counter for the cells of ``column``; None if only NULLs are counted."""
    if column.is_personal or column.type in {"text", "boolean"}:
        return None
    if column.type not in {"integer", "number"}:
        return TimeCount(is_date=column.type == "date") if column.cell_format == AS_STORED else None
    is_scaled = column.type == "integer" or column.decimals is not None
    count = ScaledCount(column.decimals or 0) if is_scaled else DecimalCount()
    return count if column.cell_format == AS_STORED else FormattedCount(count, column.cell_format)


class ScaledCount:
    """Numbers that all have the same decimal places: integers without the point."""

    def __init__(self, places: int) -> None:
        self._places = places
        self._least: int | None = None
        self._largest: int | None = None
        self._sum = 0

    def add(self, texts: Sequence[str]) -> None:
        """See ``Count``."""
        try:
            # Splitting one text at its line ends is faster than looking at each cell.
            plain = "\n".join(texts).replace(".", "").split("\n") if self._places and texts else texts
            self.add_scaled([*map(int, plain)])
        except ValueError:  # NaN, the infinities, and more digits than Python reads as an integer
            numbers = [number for number in map(Decimal, texts) if number.is_finite()]
            self.add_scaled([int(number.scaleb(self._places, _EXACT)) for number in numbers])

    def add_scaled(self, numbers: Sequence[int]) -> None:
        """Count numbers without their point."""
        if numbers:
            self.add_bounds(min(numbers), max(numbers), sum(numbers))

    def add_bounds(self, least: int, largest: int, total: int) -> None:
        """Add numbers that were counted elsewhere."""
        self._least = least if self._least is None else min(self._least, least)
        self._largest = largest if self._largest is None else max(self._largest, largest)
        self._sum += total

    def to_manifest(self) -> dict[str, str]:
        """See ``Count``."""
        if self._least is None or self._largest is None:
            return {}
        numbers = {"min": self._least, "max": self._largest, "sum": self._sum}
        return {key: f"{Decimal(number).scaleb(-self._places, _EXACT):f}" for key, number in numbers.items()}


class FormattedCount:
    """Numbers that have other marks in the file than PostgreSQL's."""

    def __init__(self, count: Count, spelling: CellFormat) -> None:
        self._count = count
        self._thousands = spelling.thousands_mark or ""
        self._mark = spelling.decimal_mark or "."

    def add(self, texts: Sequence[str]) -> None:
        """See ``Count``."""
        self._count.add([text.replace(self._thousands, "").replace(self._mark, ".") for text in texts])

    def to_manifest(self) -> dict[str, str]:
        """See ``Count``."""
        return self._count.to_manifest()


class DecimalCount:
    """Numbers with any number of decimal places; some may have an exponent."""

    def __init__(self) -> None:
        self._bounds: tuple[Decimal, Decimal] | None = None
        self._sum = Decimal(0)

    def add(self, texts: Sequence[str]) -> None:
        """See ``Count``."""
        numbers = [number for number in map(Decimal, texts) if number.is_finite()]
        if not numbers:
            return
        found = (min(numbers), max(numbers)) if self._bounds is None else (
            min(self._bounds[0], *numbers), max(self._bounds[1], *numbers)
        )  # fmt: skip
        self._bounds = found
        with localcontext(_EXACT):
            self._sum += sum(numbers, Decimal(0))

    def to_manifest(self) -> dict[str, str]:
        """See ``Count``."""
        if self._bounds is None:
            return {}
        numbers = {"min": self._bounds[0], "max": self._bounds[1], "sum": self._sum}
        return {key: plain_decimal(number) for key, number in numbers.items()}


class TimeCount:
    """Days and times. Local ones are compared by their text; instants are compared as instants."""

    def __init__(self, *, is_date: bool) -> None:
        self._is_date = is_date
        self._bounds: tuple[date, date] | None = None

    def add(self, texts: Sequence[str]) -> None:
        """See ``Count``."""
        if not texts:
            return
        bounds = min(texts), max(texts)
        # Texts of one length with one offset sort as their values do; others are read one by one.
        plain = _PLAIN_DAY if self._is_date else _PLAIN_TIME
        is_ordered = all(map(plain.fullmatch, bounds)) and (self._is_date or _has_one_offset(texts))
        if not is_ordered:
            moments = [self._read(text) for text in texts if plain.fullmatch(text)]
            if moments:
                self.add_bounds(min(moments), max(moments))
            return
        self.add_bounds(*map(self._read, bounds))

    def add_bounds(self, least: date, largest: date) -> None:
        """Add numbers that were counted elsewhere."""
        known = self._bounds or (least, largest)
        self._bounds = min(known[0], least), max(known[1], largest)

    def to_manifest(self) -> dict[str, str]:
        """See ``Count``."""
        return (
            {} if self._bounds is None else dict(zip(("min", "max"), map(manifest_moment, self._bounds), strict=True))
        )

    def _read(self, text: str) -> date:
        return date.fromisoformat(text) if self._is_date else datetime.fromisoformat(text)


def manifest_moment(moment: date) -> str:
    """Return a day or a time as in a manifest."""
    if not isinstance(moment, datetime):
        return moment.isoformat()
    try:
        moment = moment.astimezone(UTC) if moment.tzinfo else moment
    except OverflowError:  # the first hours that Python supports
        return moment.isoformat(timespec="microseconds")
    return moment.isoformat(timespec="microseconds")


def plain_decimal(number: Decimal) -> str:
    """Return all digits, without an exponent and without zeros at the end of a fraction."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _has_one_offset(texts: Sequence[str]) -> bool:
    """Whether all texts have the same offset from UTC or, for times without a zone, none."""
    first = _offset(texts[0])
    # One search through all of them is faster than looking at each.
    if first and "\n".join([*texts, ""]).count(f"{first}\n") == len(texts):
        return True
    return {*map(_offset, texts)} == {first}


def _offset(text: str) -> str:
    return text[_SECONDS_END:].lstrip(".0123456789")
