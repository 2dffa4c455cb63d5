"""What stands in a file: every type, every option, byte for byte."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demo.postgres import Postgres
from export_jobs.core.definitions.job import FileOptions
from export_jobs.core.sql.cell import FORMULA_STARTS, cell_sql
from export_jobs.errors import TerminalError
from export_jobs.streaming.base.read_options import ReadOptions
from export_jobs.streaming.csv.sink import ExtractResult
from export_jobs.streaming.postgres.snapshot import extract_by_copy
from tests.integration.streaming.conftest import Warehouse, export

pytestmark = pytest.mark.integration
CsvOf = Callable[..., tuple[bytes, ExtractResult]]


def test_the_default_is_rfc_4180_with_a_header_and_line_ends_of_two_bytes(csv_of: CsvOf) -> None:
    content, found = csv_of("SELECT 1 AS id, 'a,b' AS \"the name\" UNION ALL SELECT 2, 'say \"hi\"' ORDER BY 1")
    assert content == b'id,the name\r\n1,"a,b"\r\n2,"say ""hi"""\r\n'
    assert found == ExtractResult(2, len(content))


CELLS = [
    ("NULL::text", "", "UTC"),
    ("''", '""', "UTC"),
    ("NULL::int", "", "UTC"),
    ("' padded '", " padded ", "UTC"),
    ("E'two\\nlines'", '"two\nlines"', "UTC"),
    ("E'\\r\\n'", '"\r\n"', "UTC"),
    ("'Größe 東京 😀'", "Größe 東京 😀", "UTC"),
    ("1234567.8900::numeric(12,4)", "1234567.8900", "UTC"),
    ("0.1::float8 + 0.2::float8", "0.30000000000000004", "UTC"),
    ("1e300::float8", "1e+300", "UTC"),
    ("'NaN'::numeric", "NaN", "UTC"),
    ("'-infinity'::float8", "-Infinity", "UTC"),
    ("'infinity'::timestamptz", "infinity", "UTC"),
    ("true", "t", "UTC"),
    ("date '1997-01-31'", "1997-01-31", "UTC"),
    ("date '0044-03-15 BC'", "0044-03-15 BC", "UTC"),
    ("timestamp '1997-01-31 10:00:00.5'", "1997-01-31 10:00:00.5", "UTC"),
    ("timestamptz '2024-07-01 10:00Z'", "2024-07-01 12:00:00+02", "Europe/Berlin"),
    ("timestamptz '2024-01-01 10:00Z'", "2024-01-01 11:00:00+01", "Europe/Berlin"),
    ("timestamptz '2024-01-01 10:00Z'", "2024-01-01 15:45:00+05:45", "Asia/Kathmandu"),
    ("interval '1 day 02:03:04.5'", "P1DT2H3M4.5S", "UTC"),
    ("'\\xdeadbeef'::bytea", "\\xdeadbeef", "UTC"),
    ("'{\"a\": [1]}'::jsonb", '"{""a"": [1]}"', "UTC"),
    ("array[1,2]", '"{1,2}"', "UTC"),
]


@pytest.mark.parametrize(("expression", "cell", "zone"), CELLS, ids=[f"{c[0]} {c[2]}" for c in CELLS])
def test_a_cell(csv_of: CsvOf, expression: str, cell: str, zone: str) -> None:
    content, found = csv_of(f"SELECT {expression} AS cell, 1 AS last", time_zone=zone)
    assert content.decode() == f"cell,last\r\n{cell},1\r\n"
    assert found.rows == 1


@pytest.mark.parametrize(
    ("options", "content"),
    [
        ({"line_ending": "lf"}, b'a,b\n1,"x\ny"\n2,\n'),
        ({"line_ending": "crlf"}, b'a,b\r\n1,"x\ny"\r\n2,\r\n'),
        ({"header": False}, b'1,"x\ny"\r\n2,\r\n'),
        ({"delimiter": ";"}, b'a;b\r\n1;"x\ny"\r\n2;\r\n'),
        ({"delimiter": "\t"}, b'a\tb\r\n1\t"x\ny"\r\n2\t\r\n'),
        ({"quoting": "all"}, b'a,b\r\n"1","x\ny"\r\n"2",\r\n'),
        ({"null_text": "NULL"}, b'a,b\r\n1,"x\ny"\r\n2,NULL\r\n'),
        ({"bom": True}, b'\xef\xbb\xbfa,b\r\n1,"x\ny"\r\n2,\r\n'),
    ],
    ids=str,
)
def test_an_option_of_the_file(csv_of: CsvOf, options: dict[str, Any], content: bytes) -> None:
    found_content, found = csv_of("SELECT 1 AS a, E'x\\ny' AS b UNION ALL SELECT 2, NULL ORDER BY 1", **options)
    assert found_content == content
    assert (found.rows, found.bytes) == (2, len(content))


def test_an_empty_result_is_its_header(csv_of: CsvOf) -> None:
    content, found = csv_of("SELECT 1 AS a, 2 AS b WHERE false")
    assert (content, found.rows) == (b"a,b\r\n", 0)
    assert csv_of("SELECT 1 AS a WHERE false", header=False)[0] == b""


@settings(max_examples=60)
@given(
    rows=st.lists(
        st.lists(st.none() | st.text(st.characters(codec="utf-8", exclude_characters="\0")), min_size=2, max_size=2)
    ),
    quoting=st.sampled_from(("minimal", "all")),
    line_ending=st.sampled_from(("lf", "crlf")),
)
def test_any_text_comes_back_from_a_csv_reader(
    csv_of: CsvOf, warehouse_database: Warehouse, rows: list[list[str | None]], quoting: str, line_ending: str
) -> None:
    values = {f"v{r}_{c}": cell for r, row in enumerate(rows) for c, cell in enumerate(row)}
    lines = " UNION ALL ".join(f"SELECT {r}, %(v{r}_0)s::text, %(v{r}_1)s::text" for r in range(len(rows)))
    query = f"SELECT * FROM ({lines or 'SELECT 0, NULL, NULL WHERE false'}) AS t (i, a, b) ORDER BY i"
    content, found = csv_of(query, parameters=values, quoting=quoting, line_ending=line_ending, null_text="\\N")
    read = [row[1:] for row in csv.reader(io.StringIO(content.decode(), newline=""))][1:]
    assert read == [[r"\N" if cell is None else cell for cell in row] for row in rows]
    assert found.rows == len(rows)
    end = "\r\n" if line_ending == "crlf" else "\n"
    assert content.decode().endswith(end)


def test_many_rows_with_and_without_line_feeds_in_cells_keep_their_ends(csv_of: CsvOf) -> None:
    query = (
        "SELECT i, CASE WHEN i %% 1000 = 0 THEN E'a\\nb' ELSE repeat('x', 100) END AS t FROM generate_series(1, 5000) i"
    )
    content, found = csv_of(query)
    lf_content, lf_found = csv_of(query, line_ending="lf")
    assert (found.rows, lf_found.rows) == (5000, 5000)
    assert content.count(b"\r\n") == 5001
    assert content.replace(b"\r\n", b"\n") == lf_content


def test_values_are_quoted_by_the_driver_and_stay_values(csv_of: CsvOf, warehouse_database: Warehouse) -> None:
    warehouse_database.run("DROP TABLE IF EXISTS kept", "CREATE TABLE kept AS SELECT 1 AS id")
    evil = "'; DROP TABLE kept; --\\"
    content, _ = csv_of("SELECT %(v)s AS v, %(at)s AS at, '50%%' AS percent", parameters={
        "v": evil, "at": datetime(2024, 1, 1, tzinfo=UTC)
    })  # fmt: skip
    assert content.decode() == f"v,at,percent\r\n{evil},2024-01-01 00:00:00+00,50%\r\n"
    assert warehouse_database.scalar("SELECT count(*) FROM kept") == 1


def test_two_runs_give_the_same_bytes_whatever_the_defaults_of_the_role_are(
    csv_of: CsvOf, warehouse_database: Warehouse
) -> None:
    query = (
        "SELECT timestamptz '2024-07-01 10:00Z' AS t, 1.5::float8/7 AS f, interval '1 day' AS i, date '2024-02-01' AS d"
    )
    before = csv_of(query, time_zone="Europe/Berlin")
    warehouse_database.run(
        "ALTER ROLE warehouse_owner SET TimeZone = 'Asia/Tokyo'",
        "ALTER ROLE warehouse_owner SET DateStyle = 'German, DMY'",
        "ALTER ROLE warehouse_owner SET IntervalStyle = 'sql_standard'",
        "ALTER ROLE warehouse_owner SET extra_float_digits = -5",
        "ALTER ROLE warehouse_owner SET client_encoding = 'LATIN1'",
    )
    try:
        assert csv_of(query, time_zone="Europe/Berlin") == before
    finally:
        warehouse_database.run("ALTER ROLE warehouse_owner RESET ALL")


@pytest.mark.parametrize("encoding", ["UTF8", "LATIN1", "EUC_JP", "SQL_ASCII"])
def test_formulas_are_escaped_in_databases_of_any_encoding(postgres: Postgres, encoding: str) -> None:
    """The wide signs cannot even be named in most of them."""
    name = f"in_{encoding.lower()}"
    with psycopg.connect(**postgres.dsn("postgres", "postgres"), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} ENCODING '{encoding}' LOCALE 'C' TEMPLATE template0")
    try:
        with psycopg.connect(**postgres.dsn(name, "postgres"), client_encoding="UTF8") as session:
            cell = cell_sql("t", "text", None, FileOptions(escape_formulas=True), "postgres")
            texts = ["", "=1", "\n1", "a", "1"] + ["\N{FULLWIDTH EQUALS SIGN}1"] * (encoding in {"UTF8", "EUC_JP"})
            rows = session.execute(
                f"SELECT {cell} FROM unnest(%(texts)s::text[]) WITH ORDINALITY v (t, n) ORDER BY n", {"texts": texts}
            ).fetchall()
    finally:
        postgres.drop_database(name)
    escaped = FORMULA_STARTS if encoding == "UTF8" else FORMULA_STARTS[:7]
    assert [text for (text,) in rows] == [f"'{text}" if text.startswith(escaped) else text for text in texts]


def test_all_queries_of_one_file_see_one_moment_and_may_only_read(csv_of: CsvOf, warehouse_database: Warehouse) -> None:
    content, _ = csv_of(
        "SELECT current_setting('transaction_isolation') AS i, current_setting('transaction_read_only') AS r, "
        "current_setting('application_name') AS n, current_setting('statement_timeout') AS s, "
        "current_setting('lock_timeout') AS l",
        header=False,
    )
    assert content == b"repeatable read,on,export-jobs test,1min,1min\r\n"
    with pytest.raises(TerminalError, match="25006"):
        csv_of("SELECT set_config('a.b', 'c', true), lo_create(0)")


def test_a_second_statement_cannot_hide_in_the_text(csv_of: CsvOf, warehouse_database: Warehouse) -> None:
    warehouse_database.run("DROP TABLE IF EXISTS kept", "CREATE TABLE kept AS SELECT 1 AS id")
    with pytest.raises(TerminalError, match="does not match the database"):
        csv_of("SELECT 1) TO STDOUT; DROP TABLE kept; COPY (SELECT 1")
    assert warehouse_database.scalar("SELECT count(*) FROM kept") == 1


def test_a_comment_at_the_end_of_a_query_hides_nothing(csv_of: CsvOf) -> None:
    assert csv_of("SELECT 1 AS a -- the end")[0] == b"a\r\n1\r\n"


def test_nothing_holds_a_snapshot_after_the_last_row(warehouse_database: Warehouse) -> None:
    """Idle_in_transaction_session_timeout cannot hit while the file is compressed and sent."""
    session = warehouse_database.session(options="-c idle_in_transaction_session_timeout=100")
    extract_by_copy(
        session,
        export("SELECT 1 AS a", "a"),
        FileOptions(),
        io.BytesIO(),
        ReadOptions("UTC", "t", 5),
    )
    assert session.info.transaction_status is psycopg.pq.TransactionStatus.IDLE
