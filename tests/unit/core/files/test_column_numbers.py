from __future__ import annotations

import json

from export_jobs.core.files.column_numbers import MAX_KEPT_BYTES, ColumnNumbers, kept_numbers


def test_the_ledger_keeps_what_the_numbers_say() -> None:
    numbers = [
        ColumnNumbers(name="Größe", type="number", decimals=2, nulls=0, min="-1.50"),
        ColumnNumbers(name="x", type="text"),
    ]
    said = kept_numbers(numbers)
    assert said is not None
    assert json.loads(said) == [
        {"name": "Größe", "type": "number", "decimals": 2, "nulls": 0, "min": "-1.50"},
        {"name": "x", "type": "text"},
    ]
    assert [ColumnNumbers.model_validate(column) for column in json.loads(said)] == numbers


def test_nothing_is_kept_of_a_file_without_numbers_or_with_endless_ones() -> None:
    def of(digits: int) -> str | None:
        return kept_numbers([ColumnNumbers(name="n", type="number", nulls=0, sum="9" * digits)])

    assert kept_numbers([]) is None
    assert of(MAX_KEPT_BYTES - 100) is not None
    assert of(MAX_KEPT_BYTES) is None
