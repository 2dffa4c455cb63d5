"""What a manifest says of each column, so that a receiver can compare what arrived without asking."""

from __future__ import annotations

import json
from collections.abc import Sequence

from export_jobs.core.base.frozen import Frozen
from export_jobs.core.catalogue.catalogue import ColumnType


class ColumnNumbers(Frozen):
    """``nulls`` counts cells without a value; ``min`` and ``max`` are of numbers, days and times, ``sum`` of numbers.

    All are text, so that no reader rounds them: numbers with all their digits, times in ISO 8601 with six digits of a
    fraction, instants in UTC. Not counted are ``NaN``, infinities, and days outside the years 1 to 9999. None: there is
    none, it is not told (a column that tells of a person has no ``min``, ``max`` and ``sum``, one of an encrypted file
    nothing in the manifest), or was not counted.
    """

    name: str
    type: ColumnType
    decimals: int | None = None
    nulls: int | None = None
    min: str | None = None
    max: str | None = None
    sum: str | None = None

    def untold(self) -> ColumnNumbers:
        """What may be said of the column without saying what is in it."""
        return ColumnNumbers(name=self.name, type=self.type, decimals=self.decimals)


MAX_KEPT_BYTES = 256 * 1024
"""The ledger keeps no more than this of one file: two hundred columns take some 20 kB, but a number has no end."""


def kept_numbers(numbers: Sequence[ColumnNumbers]) -> str | None:
    """The numbers as JSON for the ledger, without what they do not say; None where there are none, or far too many."""
    document = [column.model_dump(mode="json", exclude_none=True) for column in numbers]
    text = json.dumps(document, ensure_ascii=False)
    return text if document and len(text.encode()) <= MAX_KEPT_BYTES else None
