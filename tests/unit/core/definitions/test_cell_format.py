"""Which spelling a column has: its own before the job's, and only what is of its type."""

from __future__ import annotations

from export_jobs.core.definitions.cell_format import AS_STORED, CellFormat, column_format

JOB = CellFormat(date_format="%d.%m.%Y", decimal_mark=",", thousands_mark=".", true_text="x", false_text="")


def test_a_column_has_what_is_of_its_type() -> None:
    assert column_format("text", None, JOB, AS_STORED) == AS_STORED
    assert column_format("date", None, JOB, AS_STORED) == CellFormat(date_format="%d.%m.%Y")
    assert column_format("timestamp", None, JOB, AS_STORED) == AS_STORED
    assert column_format("boolean", None, JOB, AS_STORED) == CellFormat(true_text="x", false_text="")


def test_what_a_column_says_comes_first() -> None:
    own = CellFormat(thousands_mark="")
    assert column_format("number", 2, JOB, own) == CellFormat(decimal_mark=",", thousands_mark="")


def test_whole_numbers_are_grouped_only_where_their_column_says_so() -> None:
    assert column_format("integer", None, JOB, AS_STORED).thousands_mark is None
    assert column_format("integer", None, JOB, CellFormat(thousands_mark="'")).thousands_mark == "'"
    assert column_format("integer", 2, JOB, AS_STORED).thousands_mark == "."
