"""What Python has no value for, in DuckDB and in PostgreSQL's protocol: short floats, infinite times, nanoseconds."""

from __future__ import annotations

import io
import math
import struct
from collections.abc import Callable
from contextlib import closing
from typing import Any

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from export_jobs.core.catalogue.catalogue import ColumnType
from export_jobs.core.definitions.cell_format import CellFormat
from export_jobs.core.definitions.job import DateBasis, FileOptions
from export_jobs.core.sql.cell import cell_sql
from export_jobs.core.sql.compiled import Column, CompiledExport
from export_jobs.errors import TerminalError
from export_jobs.streaming.base.read_options import ReadOptions
from export_jobs.streaming.cursor.sessions import session_for
from export_jobs.streaming.source import CursorSource, PostgresSource
from tests.integration.streaming.conftest import Warehouse

pytestmark = pytest.mark.integration
ZONE = "Europe/Berlin"
Reader = Callable[..., str]


@pytest.fixture(scope="module")
def cells_of(warehouse_database: Warehouse) -> Reader:
    """The text of the cells that ``query`` gives as ``c``, in a database."""
    postgres = warehouse_database.session()
    duck = duckdb.connect()

    def run(database: str, query: str, column: Column, values: Any = None) -> str:
        sink, parameters = io.BytesIO(), values or {}
        cell = cell_sql("c", column.type, column.decimals, FileOptions(), database, cell_format=column.cell_format)
        if column.cell_format.timestamp_format and database == "postgres":
            cell = cell_sql(
                "c", column.type, None, FileOptions(), database, cell_format=column.cell_format, bind=lambda x: f"'{x}'"
            )
        sql = f"SELECT {cell} FROM ({query}) AS t -- the end"
        export = CompiledExport("t", "c", database, sql, parameters, (column,), DateBasis.NONE)
        options, read_options = FileOptions(header=False, line_ending="lf"), ReadOptions(ZONE, "t", 60)
        if database == "postgres":
            PostgresSource(postgres).extract(export, options, sink, read_options)
        else:
            connection = duck.cursor() if database == "duckdb" else warehouse_database.session()
            with closing(session_for(connection, "?")) as session:
                CursorSource(session, 0).extract(export, options, sink, read_options)
        return sink.getvalue().decode()

    return run


def as_short(number: float) -> float:
    found: float = struct.unpack("f", struct.pack("f", number))[0]
    return found


SHORT_FLOATS = st.floats(width=32) | st.builds(
    lambda base, power, step: as_short(math.nextafter(base**power, math.inf) * (1 + step * 2.0**-23)),
    st.sampled_from((2.0, 10.0)),
    st.integers(-36, 36),
    st.integers(-2, 2),
)
EDGES = [3e10, 1e23, 2.0**24, 2.0**24 + 2, 2.0**25, 2.0**33, 8.589973e9, 999999.0, 1e6, 1234567.0, 1e-4, 1e-5, 1e-45]
EDGES += [3.4028235e38, 1.1754944e-38, 0.1, 0.3, 16777215.0, -0.0, 12345.678]


@settings(max_examples=40)
@given(numbers=st.lists(SHORT_FLOATS, min_size=1, max_size=200))
@example(numbers=[*map(as_short, EDGES), math.inf, -math.inf, math.nan])
def test_a_float_of_32_bits_has_the_digits_that_postgresql_writes(cells_of: Reader, numbers: list[float]) -> None:
    texts = ", ".join(f"({place}, '{number!r}')" for place, number in enumerate(numbers))
    for column in (Column("c", "number"), Column("c", "number", 2)):
        found = {
            database: cells_of(
                database, f"SELECT CAST(v AS real) AS c FROM (VALUES {texts}) AS t (i, v) ORDER BY i", column
            )
            for database in ("postgres", "duckdb")
        }
        assert found["duckdb"] == found["postgres"]


def test_a_cursor_of_postgresqls_protocol_gives_them_too(cells_of: Reader) -> None:
    texts = ", ".join(f"('{as_short(number)!r}')" for number in EDGES)
    for column in (Column("c", "number"), Column("c", "number", 2)):
        query = f"SELECT v::real AS c FROM (VALUES {texts}) AS t (v)"
        query = query if column.decimals is None else "SELECT c::real FROM (SELECT 12345678::real AS c) AS r"
        assert cells_of("redshift", query, column) == cells_of("postgres", query, column)


def test_every_power_of_two_of_32_bits(cells_of: Reader) -> None:
    query = "SELECT CAST(power(2.0::float8, i) * {} AS real) AS c FROM generate_series(-148, 125) AS t (i) ORDER BY i"
    for factor in ("1", "3", "1.0000001"):
        found = [cells_of(name, query.format(factor), Column("c", "number")) for name in ("postgres", "duckdb")]
        assert found[0] == found[1]


TIMES: list[tuple[ColumnType, str]] = [
    (kind, value)
    for kind in ("date", "timestamp", "timestamptz")
    for value in ("infinity", "-infinity", "9999-12-31", "0001-01-02", "1890-05-06", "2024-07-01")
] + [
    ("timestamp", "9999-12-31 23:59:59.999999"),
    ("timestamp", "0001-01-01"),
    ("date", "0001-01-01"),
    ("timestamptz", "2024-03-31 01:30:00.120+00"),
]


@pytest.mark.parametrize(("kind", "value"), TIMES)
@pytest.mark.parametrize("pattern", [None, "%d.%m.%Y %H:%M"])
def test_a_time_of_duckdb_is_what_postgresql_writes(
    cells_of: Reader, kind: ColumnType, value: str, pattern: str | None
) -> None:
    """Its driver gives 9999-12-31 for infinity, and so for a row that is valid for ever."""
    spelling = CellFormat(timestamp_format=pattern) if kind == "timestamp" else CellFormat()
    column = Column("c", kind, cell_format=spelling)
    found = [cells_of(name, f"SELECT CAST('{value}' AS {kind}) AS c", column) for name in ("postgres", "duckdb")]
    assert found[0] == found[1]


REFUSED = [
    ("date", "CAST('0044-03-15 (BC)' AS DATE)", "a time outside the years 1 to 9999"),
    ("timestamp", "CAST('10000-01-01' AS TIMESTAMP)", "a time outside the years 1 to 9999"),
    ("timestamptz", "CAST('0044-03-15 (BC) 12:00:00+00' AS TIMESTAMPTZ)", "a time outside the years 1 to 9999"),
    ("timestamp", "CAST('2024-01-01 00:00:00.123456789' AS TIMESTAMP_NS)", "a time with fractions of a microsecond"),
]


@pytest.mark.parametrize(("kind", "value", "what"), REFUSED)
def test_a_time_that_no_file_can_hold_is_refused_and_said(
    cells_of: Reader, kind: ColumnType, value: str, what: str
) -> None:
    with pytest.raises(TerminalError, match=f"column 'c': the database returns {what}.* Leave out such rows") as caught:
        cells_of("duckdb", f"SELECT {value} AS c", Column("c", kind))
    assert "2024" not in str(caught.value) and "0044" not in str(caught.value)


def test_nanoseconds_are_kept_where_there_are_none_or_where_they_are_text(cells_of: Reader) -> None:
    whole = "SELECT CAST('2024-01-01 00:00:00.123456000' AS TIMESTAMP_NS) AS c"
    assert cells_of("duckdb", whole, Column("c", "timestamp")) == "2024-01-01 00:00:00.123456\n"
    text = "SELECT CAST(CAST('2024-01-01 00:00:00.123456789' AS TIMESTAMP_NS) AS VARCHAR) AS c"
    assert cells_of("duckdb", text, Column("c", "text")) == "2024-01-01 00:00:00.123456789\n"
    clock = "SELECT CAST('12:00:00.123456789' AS TIME_NS) AS c"
    assert cells_of("duckdb", clock, Column("c", "text")) == "12:00:00.123456789\n"


@pytest.mark.parametrize(
    ("kind", "value"), [("timestamptz", "infinity"), ("date", "infinity"), ("date", "0044-03-15 BC")]
)
def test_a_driver_that_cannot_read_a_time_is_not_blamed_on_the_query(
    cells_of: Reader, kind: ColumnType, value: str
) -> None:
    with pytest.raises(TerminalError, match="'t': a date or time is infinite, or outside the years 1 to 9999"):
        cells_of("redshift", f"SELECT CAST('{value}' AS {kind}) AS c", Column("c", kind))


def test_rows_keep_their_order_on_the_way(cells_of: Reader) -> None:
    query = "SELECT DATE '2024-01-01' + (i * 7919 % 4000)::INTEGER AS c FROM range(200000) AS t (i) ORDER BY 1 DESC"
    lines = cells_of("duckdb", query, Column("c", "date")).splitlines()
    assert len(lines) == 200_000 and lines == sorted(lines, reverse=True)


def test_a_time_in_a_column_of_text_stays_as_postgresql_writes_it(cells_of: Reader) -> None:
    """Only a changed source gives one, where the job says to go on."""
    found = [
        cells_of(name, "SELECT CAST('2024-07-01 12:00:00+00' AS timestamptz) AS c", Column("c", "text"))
        for name in ("duckdb", "redshift")
    ]
    assert found == ["2024-07-01 14:00:00+02\n"] * 2
