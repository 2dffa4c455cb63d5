"""Compare two deliveries of a template: rows, bytes, columns and the numbers of each column. No cell is read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from math import isfinite
from typing import Literal

from export_jobs.core.base.frozen import Frozen
from export_jobs.core.files.column_numbers import ColumnNumbers

Figure = Literal["nulls", "min", "max", "sum"]
ColumnState = Literal["in both", "added", "removed", "other type"]
_FIGURES: tuple[Figure, ...] = ("nulls", "min", "max", "sum")
_OF_CELLS: tuple[Figure, ...] = ("min", "max", "sum")
_EXACT = Context(prec=400_000)


@dataclass(frozen=True)
class DeliveredNumbers:
    """One delivery of a template, all its parts together. ``numbers`` is empty where the ledger has none."""

    rows: int
    bytes: int
    columns: tuple[str, ...]
    numbers: tuple[ColumnNumbers, ...] = ()

    @property
    def is_counted(self) -> bool:
        """Whether the cells were counted; of CSV only the types may be known."""
        return any(column.nulls is not None for column in self.numbers)


class Difference(Frozen):
    """A value before and after, as text; ``difference`` with its sign, where both are numbers and differ.

    ``percent`` of the value before, to one decimal; None where that value is 0 or there is no difference.
    """

    before: str | None
    after: str | None
    difference: str | None = None
    percent: float | None = None


class ColumnDifference(Frozen):
    """One column by its heading: ``types`` before and after, empty where unknown, and its numbers by figure."""

    name: str
    state: ColumnState
    types: tuple[str, str]
    figures: dict[Figure, Difference]
    masked: bool = False


def combine_parts(parts: Sequence[DeliveredNumbers]) -> DeliveredNumbers:
    """Combine the parts of one delivery into one file; with numbers only if each part has them."""
    numbers = [part.numbers for part in parts]
    together = tuple(_combine_column(columns) for columns in zip(*numbers, strict=True)) if all(numbers) else ()
    return DeliveredNumbers(
        sum(part.rows for part in parts), sum(part.bytes for part in parts), parts[0].columns, together
    )


def difference(before: str | int | None, after: str | int | None, *, is_number: bool = True) -> Difference:
    """Compare two values; values that cannot be subtracted have no ``difference``."""
    old, new = (None if value is None else str(value) for value in (before, after))
    if not is_number or old is None or new is None or old == new:
        return Difference(before=old, after=new)
    with localcontext(_EXACT):
        gap = Decimal(new) - Decimal(old)
    if not gap:
        return Difference(before=old, after=new)
    return Difference(before=old, after=new, difference=f"{gap:+f}", percent=_percent(gap, Decimal(old)))


def _percent(gap: Decimal, of: Decimal) -> float | None:
    if not of:
        return None
    percent = float(gap / abs(of) * 100)
    return round(percent, 1) if isfinite(percent) else None


def compare_columns(
    before: DeliveredNumbers, after: DeliveredNumbers, personal: Collection[str] = ()
) -> list[ColumnDifference]:
    """Return every column of either delivery, in the order of ``after``, removed ones last.

    ``personal``: headings of columns whose least, largest and sum are masked: these are personal data, or reveal it.
    """
    old, new = ({column.name: column for column in _columns(side)} for side in (before, after))
    names = [*new, *(name for name in old if name not in new)]
    return [_column(name, old.get(name), new.get(name), is_masked=name in personal) for name in names]


def _columns(side: DeliveredNumbers) -> Iterable[ColumnNumbers | _Unknown]:
    return side.numbers or [_Unknown(name) for name in side.columns]


@dataclass(frozen=True)
class _Unknown:
    """A column of which only the name is known."""

    name: str
    type: str = ""


def _column(
    name: str, old: ColumnNumbers | _Unknown | None, new: ColumnNumbers | _Unknown | None, *, is_masked: bool
) -> ColumnDifference:
    types = old.type if old else "", new.type if new else ""
    if old is None:
        state: ColumnState = "added"
    elif new is None:
        state = "removed"
    else:
        state = "other type" if all(types) and types[0] != types[1] else "in both"
    hidden = _OF_CELLS if is_masked else ()
    figures = {figure: _figure(figure, old, new, types) for figure in _FIGURES if figure not in hidden}
    known = {figure: found for figure, found in figures.items() if found.before is not None or found.after is not None}
    has_hidden = any(getattr(side, figure, None) is not None for side in (old, new) for figure in hidden)
    return ColumnDifference(name=name, state=state, types=types, figures=known, masked=has_hidden)


def _figure(figure: Figure, old: object, new: object, types: tuple[str, str]) -> Difference:
    is_number = figure == "nulls" or all(kind in {"integer", "number"} for kind in types)
    return difference(getattr(old, figure, None), getattr(new, figure, None), is_number=is_number)


def _combine_column(parts: Sequence[ColumnNumbers]) -> ColumnNumbers:
    """Combine the same column of all parts of a file."""
    first = parts[0]
    nulls = [part.nulls for part in parts if part.nulls is not None]
    order = Decimal if first.type in {"integer", "number"} else str
    with localcontext(_EXACT):
        sums = [Decimal(part.sum) for part in parts if part.sum is not None]
        total = f"{sum(sums):f}" if sums else None
        least = min((part.min for part in parts if part.min is not None), key=order, default=None)
        largest = max((part.max for part in parts if part.max is not None), key=order, default=None)
    changed = {"nulls": sum(nulls) if nulls else None, "min": least, "max": largest, "sum": total}
    return first.model_copy(update=changed)
