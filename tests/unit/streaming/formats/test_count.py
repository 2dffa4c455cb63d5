"""Numbers about columns: exact, the same in any order and batch, the same by pyarrow, and silent about persons."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from export_jobs.core.catalogue.catalogue import ColumnType
from export_jobs.core.definitions.cell_format import CellFormat
from export_jobs.core.sql.compiled import Column
from export_jobs.streaming.csv.format_text import number_in_marks
from export_jobs.streaming.csv.number_text import float_text
from export_jobs.streaming.formats.count import ColumnCounts
from export_jobs.streaming.formats.jsonl import write_jsonl
from export_jobs.streaming.formats.parquet import write_parquet
from tests.unit.streaming.formats.staged import Rows, staged

INTEGERS = st.integers(-(2**63), 2**63 - 1)
DECIMALS = st.decimals(places=3, min_value=-(10**34), max_value=10**34, allow_nan=False)
INSTANTS = ["2024-10-27 02:30:00.5+02", "2024-10-27 02:10:00+01", "1800-01-01 00:09:21+00:09:21"]
FLOATS = st.floats(allow_nan=False, allow_infinity=False, width=16)


def counted(column: Column, cells: list[str | None], batch: int = 3) -> dict[str, object]:
    counts = ColumnCounts([column])
    for start in range(0, len(cells), batch):
        counts.add([cells[start : start + batch]])
    [found] = counts.result()
    return found.model_dump(include={"nulls", "min", "max", "sum"})


def exact(numbers: list[Decimal]) -> dict[str, object]:
    total = sum((Fraction(number) for number in numbers), Fraction(0))
    return {"min": Fraction(min(numbers)), "max": Fraction(max(numbers)), "sum": total}


def as_fractions(found: dict[str, object]) -> dict[str, object]:
    return {key: Fraction(str(value)) for key, value in found.items() if key != "nulls"}


@given(st.lists(INTEGERS, min_size=1), st.integers(1, 5))
def test_whole_numbers(numbers: list[int], batch: int) -> None:
    found = counted(Column("a", "integer"), [*map(str, numbers), None], batch)
    assert found == {"nulls": 1, "min": str(min(numbers)), "max": str(max(numbers)), "sum": str(sum(numbers))}


@given(st.lists(DECIMALS, min_size=1))
def test_decimals_are_exact_and_keep_their_places(numbers: list[Decimal]) -> None:
    found = counted(Column("a", "number", 3), [f"{number:f}" for number in numbers])
    assert as_fractions(found) == exact(numbers)
    assert all(
        str(found[key]).partition(".")[2] and len(str(found[key]).partition(".")[2]) == 3 for key in ("min", "sum")
    )


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_numbers_of_any_places_are_exact(numbers: list[float]) -> None:
    texts: list[str | None] = [float_text(number) for number in numbers]
    assert as_fractions(counted(Column("a", "number"), texts)) == exact([Decimal(str(text)) for text in texts])


@given(
    st.lists(
        st.tuples(st.datetimes(datetime(1900, 1, 2), datetime(2100, 1, 1)), st.sampled_from([0, 1, -8])), min_size=1
    )
)
def test_instants_of_several_offsets_are_compared_as_instants(moments: list[tuple[datetime, int]]) -> None:
    instants = [moment.replace(tzinfo=timezone(timedelta(hours=hours))) for moment, hours in moments]
    found = counted(Column("a", "timestamptz"), [str(instant).removesuffix(":00") for instant in instants])
    assert (found["min"], found["max"]) == tuple(
        bound.astimezone(UTC).isoformat(timespec="microseconds") for bound in (min(instants), max(instants))
    )


def test_what_is_no_number_is_not_counted() -> None:
    for column in (Column("a", "number", 2), Column("a", "number")):
        found = counted(column, ["NaN", "1.50", "Infinity", "-Infinity", "-0.25", None])
        assert as_fractions(found) == {"min": Fraction(-1, 4), "max": Fraction(3, 2), "sum": Fraction(5, 4)}
        assert counted(column, ["NaN"]) == {"nulls": 0, "min": None, "max": None, "sum": None}


def test_a_number_of_more_digits_than_python_reads_as_an_integer() -> None:
    long = "9" * 5000
    assert counted(Column("a", "number", 1), [f"{long}.5", "0.5"])["sum"] == "1" + "0" * 5000 + ".0"


@pytest.mark.parametrize(
    ("kind", "cells", "least", "largest"),
    [
        ("date", ["2024-02-29", "1999-12-31", None], "1999-12-31", "2024-02-29"),
        ("date", ["0044-03-15 BC", "infinity", "2024-01-01", "10000-01-01"], "2024-01-01", "2024-01-01"),
        ("date", ["infinity"], None, None),
        (
            "timestamp",
            ["2024-01-01 10:00:00", "2024-01-01 10:00:00.25", "2024-01-01 10:00:00.3"],
            "2024-01-01T10:00:00.000000",
            "2024-01-01T10:00:00.300000",
        ),
        (  # The hour that comes twice: as text the first one is the later.
            "timestamptz",
            ["2024-10-27 02:30:00+02", "2024-10-27 02:10:00+01"],
            "2024-10-27T00:30:00.000000+00:00",
            "2024-10-27T01:10:00.000000+00:00",
        ),
        (
            "timestamptz",
            ["1800-01-01 00:00:00+00:09:21", "2024-01-01 00:00:00+01"],
            "1799-12-31T23:50:39.000000+00:00",
            "2023-12-31T23:00:00.000000+00:00",
        ),
    ],
)
def test_days_and_times(kind: ColumnType, cells: list[str | None], least: str | None, largest: str | None) -> None:
    found = counted(Column("a", kind), cells, batch=2)
    assert (found["min"], found["max"], found["sum"]) == (least, largest, None)


def test_texts_and_booleans_have_their_nulls_alone() -> None:
    for kind in ("text", "boolean"):
        found = counted(Column("a", kind), ["true", None])
        assert found == {"nulls": 1, "min": None, "max": None, "sum": None}


def test_nothing_of_a_person_is_told() -> None:
    for kind in ("integer", "number", "date", "timestamptz"):
        cells: list[str | None] = ["5", None] if kind in {"integer", "number"} else [None]
        found = counted(Column("a", kind, is_personal=True), cells)
        assert found == {"nulls": 1, "min": None, "max": None, "sum": None}


@given(st.lists(DECIMALS, min_size=1))
def test_numbers_with_other_marks_are_the_same_numbers(numbers: list[Decimal]) -> None:
    texts = [f"{number:f}" for number in numbers]
    spelling = CellFormat(decimal_mark=",", thousands_mark=".")
    spelt = [number_in_marks(text, ",", ".") for text in texts]
    found = counted(Column("a", "number", 3, spelling), [*spelt])
    assert found == counted(Column("a", "number", 3), [*texts])


COLUMNS = (
    Column("id", "integer"), Column("amount", "number", 3), Column("rate", "number"), Column("day", "date"),
    Column("at", "timestamptz"), Column("name", "text"), Column("secret", "integer", is_personal=True),
)  # fmt: skip


@given(
    st.lists(
        st.tuples(
            st.none() | INTEGERS.map(str),
            st.none() | DECIMALS.map("{:f}".format),
            st.none() | FLOATS.map(float_text),
            st.none() | st.dates().map(str),
            st.none()
            | st.sampled_from(["2024-10-27 02:30:00.5+02", "2024-10-27 02:10:00+01", "1800-01-01 00:09:21+00:09:21"]),
            st.none() | st.text("ab,\n"),
            st.none() | INTEGERS.map(str),
        ),
        max_size=5,
    )
)
def test_every_format_says_the_same(rows: Rows) -> None:
    texts, arrow = staged(COLUMNS, rows), staged(COLUMNS, rows)
    write_jsonl(texts, io.BytesIO())
    write_parquet(arrow, io.BytesIO())
    assert arrow.counts.result() == texts.counts.result()


def test_a_sum_of_38_digits_does_not_overflow() -> None:
    rows = [["9223372036854775807", "9" * 35 + ".999", "1", None, None, None, None]] * 1000
    texts, arrow = staged(COLUMNS, rows, 1 << 20), staged(COLUMNS, rows, 1 << 20)
    write_jsonl(texts, io.BytesIO())
    write_parquet(arrow, io.BytesIO())
    assert arrow.counts.result() == texts.counts.result()
    with localcontext(prec=100):
        assert arrow.counts.result()[1].sum == f"{Decimal('9' * 35 + '.999') * 1000:f}"
        assert arrow.counts.result()[0].sum == str(9223372036854775807 * 1000)
