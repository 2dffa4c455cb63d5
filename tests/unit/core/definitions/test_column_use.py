"""A column that says nothing of itself is a plain text, in YAML and in the hash of a definition."""

from __future__ import annotations

import pytest

from export_jobs.core.definitions.column_use import ColumnUse


@pytest.mark.parametrize(
    ("use", "dumped"),
    [
        (ColumnUse(column="a"), "a"),
        (ColumnUse(column="a", heading="A"), {"column": "a", "as": "A"}),
        (ColumnUse(column="a", width=3, align="right"), {"column": "a", "width": 3, "align": "right"}),
        (ColumnUse(column="a", thousands_mark=""), {"column": "a", "thousands_mark": ""}),
        (
            ColumnUse(column="a", true_text="x", false_text=""),
            {"column": "a", "true_text": "x", "false_text": ""},
        ),
    ],
)
def test_a_column_use_is_dumped_and_read_back(use: ColumnUse, dumped: object) -> None:
    assert use.model_dump(mode="json", by_alias=True, exclude_defaults=True) == dumped
    assert use.model_dump(mode="json", by_alias=True) == dumped
    assert ColumnUse.model_validate({"column": dumped} if isinstance(dumped, str) else dumped) == use
