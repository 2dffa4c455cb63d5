"""Count the columns of a Parquet file by pyarrow, with the same numbers as for the other formats (``count.py``)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import MAX_PREC, Context, Decimal
from typing import Any, cast

import pyarrow as pa
import pyarrow.compute as pc

from export_jobs.streaming.formats.count import ColumnCounts, DecimalCount, ScaledCount, TimeCount

_EXACT = Context(prec=min(MAX_PREC, 1000))
_SUM_DIGITS = 76
"""A sum of a block of numbers of 38 digits cannot have more."""
_SAFE_SUM = 2**62


def count_cells(counts: ColumnCounts, place: int, texts: pa.ChunkedArray, cells: pa.ChunkedArray) -> None:
    """Count the cells of one column; ``texts``: the source of the cells, if that is text."""
    count = counts.add_nulls(place, cells.null_count)
    if count is None or cells.null_count == len(cells):
        return
    if isinstance(count, DecimalCount):
        # A double keeps the number but not its written digits, and those are summed.
        count.add([text for text in cast("Iterable[str | None]", texts.to_pylist()) if text is not None])
        return
    bounds: dict[str, Any] = pc.min_max(cells).as_py()
    if isinstance(count, TimeCount):
        count.add_bounds(bounds["min"], bounds["max"])
    elif isinstance(count, ScaledCount):
        places = cells.type.scale if pa.types.is_decimal(cells.type) else 0
        least, largest = (_scaled(bounds[name], places) for name in ("min", "max"))
        # pyarrow's sum of 64 bits or 38 digits overflows silently.
        is_short = max(abs(least), abs(largest)) * len(cells) < _SAFE_SUM
        total = pc.sum(cells if is_short else cells.cast(pa.decimal256(_SUM_DIGITS, places))).as_py()
        count.add_bounds(least, largest, _scaled(total, places))


def _scaled(number: int | Decimal, places: int) -> int:
    return int(Decimal(number).scaleb(places, _EXACT))
