"""Numbers of each column in a manifest, so that a receiver can check the file without the sender."""

from __future__ import annotations

import json
from collections.abc import Sequence

from export_jobs.core.base.frozen import Frozen
from export_jobs.core.catalogue.catalogue import ColumnType


class ColumnNumbers(Frozen):
    """``nulls`` counts cells without a value; ``min`` and ``max`` are for numbers, days and times, ``sum`` for numbers.

    Every value is text, so that no reader rounds it: numbers with all digits, times in ISO 8601 with six digits of a
    fraction, instants in UTC. ``NaN``, infinities and days outside the years 1 to 9999 are not counted. None: there is
    no value, it was not counted, or it is withheld (a column with personal data has no ``min``, ``max`` and ``sum``;
    the manifest of an encrypted file has no numbers at all).
    """

    name: str
    type: ColumnType
    decimals: int | None = None
    nulls: int | None = None
    min: str | None = None
    max: str | None = None
    sum: str | None = None

    def without_values(self) -> ColumnNumbers:
        """Return the column without anything about its values."""
        return ColumnNumbers(name=self.name, type=self.type, decimals=self.decimals)


MAX_KEPT_BYTES = 256 * 1024
"""The ledger's limit for one file: two hundred columns take about 20 kB, but numbers can have any length."""


def kept_numbers(numbers: Sequence[ColumnNumbers]) -> str | None:
    """Return the numbers as JSON for the ledger, without empty ones; None if there are none, or far too many."""
    document = [column.model_dump(mode="json", exclude_none=True) for column in numbers]
    text = json.dumps(document, ensure_ascii=False)
    return text if document and len(text.encode()) <= MAX_KEPT_BYTES else None
