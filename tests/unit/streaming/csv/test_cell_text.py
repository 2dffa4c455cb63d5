"""Cells as other drivers give them: what each type takes, and what it refuses without showing the value."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from export_jobs.core.catalogue.catalogue import ColumnType
from export_jobs.core.definitions.job import DateBasis, FileOptions
from export_jobs.core.sql.compiled import Column, CompiledExport
from export_jobs.errors import TerminalError
from export_jobs.streaming.csv.text import RowWriter


def written(kind: ColumnType, value: object, *, zone: str = "UTC", dialect: str = "sqlite", **options: Any) -> str:
    columns = (Column("cell", kind), Column("last", "integer"))
    export = CompiledExport("sales", "shop", dialect, "", {}, columns, DateBasis.NONE)
    line = RowWriter(export, FileOptions(**options), zone).lines([(value, 1)]).decode()
    assert line.endswith(",1\r\n")
    return line.removesuffix(",1\r\n")


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("text", "a", "a"),
        ("text", "", '""'),
        ("text", None, ""),
        ("text", 12.0, "12"),
        ("text", Decimal("1.50"), "1.50"),
        ("text", UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        ("text", date(1997, 1, 2), "1997-01-02"),
        ("text", datetime(1997, 1, 2, 3, 4, 5, 600000), "1997-01-02 03:04:05.6"),
        ("text", datetime(1997, 1, 2, tzinfo=UTC), "1997-01-02 00:00:00+00"),
        ("text", time(13, 0, 0, 500000), "13:00:00.5"),
        ("integer", 7, "7"),
        ("integer", 7.0, "7"),
        ("integer", Decimal("7.00"), "7"),
        ("boolean", 1, "true"),
        ("boolean", False, "false"),
        ("date", "1997-01-02", "1997-01-02"),
        ("date", datetime(1997, 1, 2), "1997-01-02"),
        ("timestamp", "1997-01-02T13:00", "1997-01-02 13:00:00"),
        ("timestamp", "1997-01-02 13:00:00.120", "1997-01-02 13:00:00.12"),
        ("timestamp", date(1997, 1, 2), "1997-01-02 00:00:00"),
        ("timestamp", datetime(1, 1, 1), "0001-01-01 00:00:00"),
        ("timestamptz", "1997-01-02 13:00:00", "1997-01-02 13:00:00+00"),
        ("timestamptz", "1997-01-02 13:00:00Z", "1997-01-02 13:00:00+00"),
        ("timestamptz", "1997-01-02 13:00:00+0530", "1997-01-02 07:30:00+00"),
        ("timestamptz", datetime(1997, 1, 2, 13), "1997-01-02 13:00:00+00"),
    ],
)
def test_a_cell_is_read_as_its_columns_type(kind: ColumnType, value: object, text: str) -> None:
    assert written(kind, value) == text


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        ("Europe/Berlin", "1900-07-01 13:00:00+01"),
        ("Asia/Kolkata", "1900-07-01 17:21:10+05:21:10"),
        ("America/St_Johns", "1900-07-01 08:29:08-03:30:52"),
        ("Africa/Monrovia", "1900-07-01 11:16:52-00:43:08"),
    ],
)
def test_an_offset_is_as_long_as_it_has_to_be(zone: str, text: str) -> None:
    assert written("timestamptz", "1900-07-01 12:00Z", zone=zone) == text


REFUSED: list[tuple[ColumnType, object]] = [
    ("text", "secret\0"),
    ("text", b"secret"),
    ("text", True),
    ("text", ["secret"]),
    ("integer", "4711"),
    ("integer", 4711.5),
    ("integer", float("nan")),
    ("integer", float("inf")),
    ("integer", Decimal("NaN")),
    ("integer", True),
    ("number", "4711"),
    ("number", False),
    ("boolean", 4711),
    ("boolean", "true"),
    ("boolean", 1.0),
    ("date", "4711"),
    ("date", 4711),
    ("date", "1997-02-29"),
    ("date", "1997-01-02 13:00:00"),
    ("date", "19970102"),
    ("timestamp", "1997-01-02 13:00:00+00"),
    ("timestamp", datetime(1997, 1, 2, tzinfo=UTC)),
    ("timestamptz", "9999-12-31 23:59:59-14:00"),
    ("timestamptz", 4711),
]


@pytest.mark.parametrize(("kind", "value"), REFUSED, ids=str)
def test_what_is_not_of_the_columns_type_is_refused_by_column_and_never_shown(kind: ColumnType, value: object) -> None:
    with pytest.raises(TerminalError, match=r"Template 'sales', column 'cell'.*is not .*which is " + kind) as caught:
        written(kind, value, zone="Asia/Tokyo")
    assert f"type {type(value).__name__} that" in str(caught.value)
    assert "4711" not in str(caught.value) and "secret" not in str(caught.value)
    assert caught.value.__cause__ is None and caught.value.__context__ is None


@pytest.mark.parametrize(
    ("kind", "value", "what"),
    [
        ("date", "infinity", "an infinite time"),
        ("timestamptz", "-infinity", "an infinite time"),
        ("date", "0044-03-15 BC", "a time outside the years 1 to 9999"),
        ("date", "0044-03-15 (BC)", "a time outside the years 1 to 9999"),
        ("timestamp", "10000-01-01 00:00:00", "a time outside the years 1 to 9999"),
        ("timestamp", "0000-00-00 00:00:00", "a time outside the years 1 to 9999"),
        ("timestamp", "1997-01-02 13:00:00.1234567", "a time with fractions of a microsecond"),
    ],
)
def test_a_time_that_no_file_holds_is_called_by_what_it_is(kind: ColumnType, value: str, what: str) -> None:
    with pytest.raises(TerminalError, match=rf"'cell': the database returns {what}.* round or replace") as caught:
        written(kind, value)
    assert value not in str(caught.value) and "type str" not in str(caught.value)


def test_an_infinite_time_of_duckdb_is_what_postgresql_writes() -> None:
    for kind in ("date", "timestamp", "timestamptz"):
        assert written(kind, "-infinity", dialect="duckdb") == "-infinity"
        assert written(kind, "9999-12-31", dialect="duckdb").startswith("9999-12-31")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_formulas_are_escaped_in_text_alone(start: str) -> None:
    assert written("text", f"{start}1", escape_formulas=True) == f"'{start}1"
    assert written("text", f"{start}1") == f"{start}1"
    assert written("number", -1, escape_formulas=True) == "-1"


def test_half_a_character_is_refused() -> None:
    with pytest.raises(TerminalError, match="'sales': a text contains half of a UTF-16 pair"):
        written("text", "\ud800")
