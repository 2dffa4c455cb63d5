"""Widths by type, by format and by heading; any value of a type with a natural width fits."""

from __future__ import annotations

from export_jobs.core.definitions.cell_format import CellFormat
from export_jobs.core.sql.compiled import Column
from export_jobs.streaming.formats.fixed_width import column_align, column_width


def test_a_width_that_is_said_is_the_width() -> None:
    assert column_width(Column("a long heading", "integer", width=3), "a long heading") == 3


def test_the_heading_fits_where_there_is_one() -> None:
    column = Column("a heading of more than twenty characters", "integer")
    assert column_width(column, column.name) == len(column.name)
    assert column_width(column) == len(str(-(2**63)))


def test_a_format_says_how_wide_a_time_is() -> None:
    spelt = CellFormat(timestamptz_format="%Y-%m-%dT%H:%M:%S.%f%:z")
    assert column_width(Column("a", "timestamptz", None, spelt)) == len("2024-01-31T10:00:00.000000+01:00")
    assert column_width(Column("a", "date", None, CellFormat(date_format="%Y%m%d"))) == 8
    assert column_width(Column("a", "boolean", None, CellFormat(true_text="X", false_text=""))) == 1


def test_numbers_stand_on_the_right() -> None:
    assert column_align(Column("a", "number")) == "right"
    assert column_align(Column("a", "text")) == "left"
    assert column_align(Column("a", "number", align="left")) == "left"
