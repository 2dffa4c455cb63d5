"""Python's writer and PostgreSQL's ``COPY`` give the same bytes, for any value, any type and any option of the file."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from export_jobs.core.catalogue.catalogue import ColumnType
from export_jobs.core.definitions.cell_format import AS_STORED, CellFormat, column_format
from export_jobs.core.definitions.job import DateBasis, FileOptions
from export_jobs.core.sql.cell import FORMULA_STARTS, cell_sql
from export_jobs.core.sql.compiled import Column, CompiledExport
from export_jobs.errors import TerminalError
from export_jobs.streaming.base.read_options import ReadOptions
from export_jobs.streaming.csv.text import RowWriter, header_line
from export_jobs.streaming.postgres.snapshot import extract_by_copy
from tests.integration.streaming.conftest import Warehouse

pytestmark = pytest.mark.integration
Cells = list[list[Any]]

ZONES = (
    "UTC",
    "Europe/Paris",
    "Africa/Monrovia",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "America/St_Johns",
)
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0")) | st.text([*FORMULA_STARTS, *'",;.\\N 1a'])
DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**40), max_value=10**40) | st.sampled_from(
    [Decimal("NaN"), Decimal("Infinity"), Decimal("-Infinity"), Decimal("-0.00"), Decimal("1E+3"), Decimal("1E-30")]
)
# Neighbours of powers of ten and of two, where the shortest text is hardest to tell.
FLOATS = st.floats() | st.builds(
    lambda base, power, way: math.nextafter(base**power, way),
    st.sampled_from((2.0, 10.0)),
    st.integers(-300, 300),
    st.sampled_from((-math.inf, 0.0, math.inf)),
)
MOMENTS = st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31))
KINDS: list[tuple[str, ColumnType, int | None, st.SearchStrategy[Any]]] = [
    ("text", "text", None, TEXT),
    ("int8", "integer", None, st.integers(-(2**63), 2**63 - 1)),
    ("numeric", "number", None, DECIMALS),
    ("numeric", "number", 2, DECIMALS),
    ("float8", "number", None, FLOATS),
    ("float8", "number", 3, FLOATS),
    ("int8", "number", 1, st.integers(-(2**63), 2**63 - 1)),
    ("boolean", "boolean", None, st.booleans()),
    ("date", "date", None, st.dates()),
    ("timestamp", "timestamp", None, MOMENTS),
    ("timestamptz", "timestamptz", None, MOMENTS.map(lambda moment: moment.replace(tzinfo=UTC))),
    ("text", "text", None, TEXT),
]
HEADINGS = st.lists(TEXT.filter(lambda text: text != ""), min_size=len(KINDS), max_size=len(KINDS))
OPTIONS = st.builds(
    FileOptions,
    delimiter=st.sampled_from([",", ";", "\t", "|", ".", "-", " "]),
    quoting=st.sampled_from(["minimal", "all"]),
    header=st.booleans(),
    null_text=st.sampled_from(["", "NULL", "N/A", "0", "\\N", "true"]),
    line_ending=st.sampled_from(["lf", "crlf"]),
    escape_formulas=st.booleans(),
    line_breaks=st.sampled_from(["keep", "blank"]),
)
FORMATS = st.builds(
    CellFormat,
    date_format=st.sampled_from([None, "%d.%m.%Y", "%m/%d/%y", "%Y%m%d"]),
    timestamp_format=st.sampled_from([None, "%Y-%m-%dT%H:%M:%S.%f", "%d.%m.%Y %H:%M", "%Y%m%d%H%M%S%L"]),
    timestamptz_format=st.sampled_from([None, "%Y-%m-%dT%H:%M:%S.%L%:z", "%d%m%Y%z", "%d.%m.%Y %H:%M:%S", "%f%:z%z"]),
    decimal_mark=st.sampled_from([None, ","]),
    thousands_mark=st.sampled_from([None, "", "'", " "]),
    true_text=st.sampled_from(["WAHR", "%(v0_0)s %% \\"]),
    false_text=st.sampled_from(["FALSCH", ""]),
)


def fits(options: FileOptions) -> bool:
    return options.delimiter not in options.null_text


@pytest.fixture(scope="module")
def copied(warehouse_database: Warehouse) -> Callable[..., bytes]:
    """Write rows of Python values by ``COPY``, with the casts and the finished cells that the compiler writes."""

    def run(rows: Cells, kinds: list[Any], columns: tuple[Column, ...], options: FileOptions, zone: str) -> bytes:
        # A float as text: the literal -0.0 would be a numeric, which has no negative zero.
        values = {
            f"v{r}_{c}": repr(value) if isinstance(value, float) else value
            for r, row in enumerate(rows)
            for c, value in enumerate(row)
        }
        spelt: dict[str, str] = {}

        def bind(text: str) -> str:
            return f"%({spelt.setdefault(text, f's{len(spelt)}')})s"

        cells = [
            cell_sql(
                f"c{number}", kind, decimals, options, "postgres", cell_format=columns[number].cell_format, bind=bind
            )
            for number, (_, kind, decimals, _) in enumerate(kinds)
        ]
        values |= {name: text for text, name in spelt.items()}
        lines = [
            ", ".join([str(r), *(f"(%(v{r}_{c})s)::{kinds[c][0]}" for c in range(len(kinds)))])
            for r in range(len(rows))
        ]
        names = ", ".join(["i", *(f"c{number}" for number in range(len(kinds)))])
        table = " UNION ALL ".join(f"SELECT {line}" for line in lines)
        sql = f"SELECT {', '.join(cells)} FROM ({table}) AS t ({names}) ORDER BY i"
        export = CompiledExport("t", "c", "postgres", sql, values, columns, DateBasis.NONE)
        sink = io.BytesIO()
        with closing(warehouse_database.session()) as session:
            extract_by_copy(session, export, options, sink, ReadOptions(zone, "t", 60))
        return sink.getvalue()

    return run


def written(rows: Cells, columns: tuple[Column, ...], options: FileOptions, zone: str) -> bytes:
    export = CompiledExport("t", "c", "other", "", {}, columns, DateBasis.NONE)
    header = header_line([column.name for column in export.columns], options) if options.header else b""
    return header + RowWriter(export, options, zone).lines(rows)


@settings(max_examples=250)
@given(
    rows=st.lists(st.tuples(*(st.none() | kind[3] for kind in KINDS)), min_size=1, max_size=4),
    headings=HEADINGS,
    options=OPTIONS.filter(fits),
    place=st.tuples(st.sampled_from(ZONES), st.just(AS_STORED) | FORMATS),
)
def test_rows_of_all_types(
    copied: Callable[..., bytes], rows: Cells, headings: list[str], options: FileOptions, place: tuple[str, CellFormat]
) -> None:
    zone, spelling = place
    columns = tuple(
        Column(name, kind[1], kind[2], column_format(kind[1], kind[2], AS_STORED, spelling))
        for name, kind in zip(headings, KINDS, strict=True)
    )
    assert written(rows, columns, options, zone) == copied(rows, KINDS, columns, options, zone)


@settings(max_examples=100)
@given(rows=st.lists(st.none() | TEXT | st.just("\\."), min_size=1), options=OPTIONS.filter(fits))
@example(rows=["\\.", "", None], options=FileOptions())
def test_one_column_where_a_line_could_be_an_end_of_data(
    copied: Callable[..., bytes], rows: list[str | None], options: FileOptions
) -> None:
    cells, columns = [[cell] for cell in rows], (Column("\\.", "text"),)
    found = copied(cells, [("text", "text", None, None)], columns, options, "UTC")
    assert written(cells, columns, options, "UTC") == found


@settings(max_examples=60)
@given(numbers=st.lists(FLOATS, min_size=1, max_size=60))
@example(numbers=[1e22, 1e23, 2.0**53, 2.0**54, 2.0**77, 2.0**1023, 5e-324, 2.2250738585072014e-308, -1e15, 123456e10])
def test_any_float(copied: Callable[..., bytes], numbers: list[float]) -> None:
    cells, columns = [[number] for number in numbers], (Column("f", "number"),)
    found = copied(cells, [("float8", "number", None, None)], columns, FileOptions(), "UTC")
    assert written(cells, columns, FileOptions(), "UTC") == found


def test_every_power_of_two(copied: Callable[..., bytes]) -> None:
    numbers = [float(scale) * 2.0**power for power in range(40, 1000, 3) for scale in (1, 3, 5, 10**6)]
    cells, columns = [[number] for number in numbers], (Column("f", "number"),)
    found = copied(cells, [("float8", "number", None, None)], columns, FileOptions(), "UTC")
    assert written(cells, columns, FileOptions(), "UTC") == found


def test_a_heading_may_be_longer_than_a_name_of_the_database(copied: Callable[..., bytes]) -> None:
    long = 'Umsatz, netto "in €" ' * 10
    columns = (Column(long, "text"), Column(long, "integer"))
    kinds = [("text", "text", None, None), ("int8", "integer", None, None)]
    found = copied([["a", 1]], kinds, columns, FileOptions(), "UTC").decode()
    quoted = '"' + long.replace('"', '""') + '"'
    assert found == f"{quoted},{quoted}\r\na,1\r\n"
    assert written([["a", 1]], columns, FileOptions(), "UTC").decode() == found


def test_headings_that_do_not_belong_to_the_cells_are_refused(copied: Callable[..., bytes]) -> None:
    columns = (Column("a", "text"), Column("b", "text"))
    with pytest.raises(TerminalError, match="returns 1 columns but the file has 2"):
        copied([["a"]], [("text", "text", None, None)], columns, FileOptions(), "UTC")
