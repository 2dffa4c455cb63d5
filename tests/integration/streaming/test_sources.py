"""The same rows in PostgreSQL, DuckDB and SQLite, read through real Airflow connections, give the same bytes."""

from __future__ import annotations

import io
import itertools
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest

from export_jobs.core.definitions.job import DateBasis, FileOptions
from export_jobs.core.sql.compiled import Column, CompiledExport, Precondition
from export_jobs.errors import TerminalError, TransientError, UserError
from export_jobs.orchestration.airflow.connections import open_source
from export_jobs.streaming.base.read_options import ReadOptions
from export_jobs.streaming.csv.sink import ExtractResult
from export_jobs.streaming.cursor.sessions import session_for
from export_jobs.streaming.preview import first_rows
from export_jobs.streaming.source import CursorSource, Source
from tests.integration.streaming.conftest import DATABASE, Warehouse

pytestmark = pytest.mark.integration
DIALECTS = ("postgres", "duckdb", "sqlite")
OTHERS = ("duckdb", "sqlite")

ROWS = [
    (1, "plain", Decimal("1234.50"), 0.1 + 0.2, True, date(1997, 1, 2), datetime(1997, 1, 2, 13), 13),
    (2, 'say "hi", twice', Decimal("-0.005"), 1e23, False, date(1, 1, 1), datetime(2024, 2, 29, 0, 0, 0, 250000), 14),
    (3, "two\r\nlines", Decimal("99999999.99"), -1e-7, None, date(9999, 12, 31), datetime(1999, 12, 31, 23, 59), 23),
    (4, "", None, 1e15, True, None, None, None),
    (5, None, Decimal("0"), None, False, date(1997, 1, 2), datetime(1900, 1, 1), 0),
    (6, "=1+1", Decimal("2.345"), 12.0, True, date(1997, 1, 2), datetime(1997, 7, 2), 22),
    (7, "NULL", Decimal("2.5"), -0.5, True, date(1997, 1, 2), datetime(1997, 7, 2), 1),
    (8, "Größe; 東京 | 😀 100%", Decimal("1"), 3.0, True, date(1997, 1, 2), datetime(1997, 7, 2), 2),
]
COLUMNS = (
    Column("Nummer", "integer"),
    Column('=Name, "lang" und länger als dreiundsechzig Zeichen, wie es in der Datenbank nicht ginge', "text"),
    Column("amount", "number", 2),
    Column("ratio", "number"),
    Column("is refund", "boolean"),
    Column("day", "date"),
    Column("at", "timestamp"),
    Column("seen", "timestamptz"),
)
TABLES = {
    "postgres": "id int, name text, amount numeric, ratio float8, refund boolean, day date, at timestamp, "
    "seen timestamptz",
    "duckdb": "id INTEGER, name VARCHAR, amount DECIMAL(14, 4), ratio DOUBLE, refund BOOLEAN, day DATE, "
    '"at" TIMESTAMP, seen TIMESTAMPTZ',
    "sqlite": "id INTEGER, name TEXT, amount REAL, ratio REAL, refund INTEGER, day TEXT, at TEXT, seen TEXT",
}
ESCAPED = "CASE WHEN name ~ '^[=+@\\t\\r-]' THEN '''' || name ELSE name END"


def seen(hour: int | None) -> datetime | None:
    return None if hour is None else datetime(2024, 7, 1, hour, 30, tzinfo=UTC)


def as_sqlite(value: Any) -> Any:
    if isinstance(value, datetime):
        return (value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value).isoformat(" ")
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, date) else value


@pytest.fixture
def connections(warehouse_database: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The rows in three databases, known to Airflow as ``in_postgres``, ``in_duckdb`` and ``in_sqlite``."""
    rows = [(*row[:-1], seen(row[-1])) for row in ROWS]
    dsn = warehouse_database.server.dsn(DATABASE, "warehouse_owner")
    with psycopg.connect(**dsn) as session:
        session.execute(f"DROP TABLE IF EXISTS facts; CREATE TABLE facts ({TABLES['postgres']})".encode())
        session.cursor().executemany("INSERT INTO facts VALUES (%s, %s, %s, %s, %s, %s, %s, %s)", rows)
    with duckdb.connect(tmp_path / "shop.duckdb") as database:
        database.execute(f"CREATE TABLE facts ({TABLES['duckdb']})")
        database.executemany("INSERT INTO facts VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
    with sqlite3.connect(tmp_path / "shop.db") as file:
        file.execute(f"CREATE TABLE facts ({TABLES['sqlite']})")
        file.executemany(
            "INSERT INTO facts VALUES (?, ?, ?, ?, ?, ?, ?, ?)", [tuple(map(as_sqlite, row)) for row in rows]
        )
    file.close()
    parts = {"host": dsn["host"], "port": dsn["port"], "login": dsn["user"], "password": dsn.get("password")}
    connect(monkeypatch, "postgres", conn_type="postgres", schema=DATABASE, **parts)
    connect(monkeypatch, "duckdb", conn_type="duckdb", host=str(tmp_path / "shop.duckdb"))
    connect(monkeypatch, "sqlite", conn_type="sqlite", host=str(tmp_path / "shop.db"))
    return tmp_path


def connect(monkeypatch: pytest.MonkeyPatch, name: str, **parts: Any) -> None:
    monkeypatch.setenv(f"AIRFLOW_CONN_IN_{name.upper()}", json.dumps(parts))


def export(dialect: str, sql: str, columns: tuple[Column, ...], **more: Any) -> CompiledExport:
    values = {"parameters": {}, "date_basis": DateBasis.NONE, **more}
    return CompiledExport(
        template="sales", connection=f"in_{dialect}", dialect=dialect, sql=sql, columns=columns, **values
    )


def facts(dialect: str, options: FileOptions) -> CompiledExport:
    """What the compiler gives for all rows: finished cells for ``COPY``, bare columns for everybody else."""
    name = ESCAPED if options.escape_formulas and dialect == "postgres" else "name"
    amount, refund = ("round(amount, 2)", "refund::text") if dialect == "postgres" else ("amount", "refund")
    sql = (
        f'-- 100%% of it\nSELECT id, {name}, {amount}, ratio, {refund}, day, "at", seen\nFROM facts\nORDER BY id -- all'
    )
    return export(dialect, sql, COLUMNS)


def read(
    found: CompiledExport, *, zone: str = "UTC", timeout_s: int = 60, **options: Any
) -> tuple[bytes, ExtractResult]:
    sink = io.BytesIO()
    with open_source(found.connection, found.dialect) as source:
        extracted = source.extract(
            found, FileOptions(**options), sink, ReadOptions(zone, "export-jobs test", timeout_s)
        )
    return sink.getvalue(), extracted


CHOICES: dict[str, list[Any]] = {
    "delimiter": [",", ";"],
    "quoting": ["minimal", "all"],
    "header": [True, False],
    "null_text": ["", "NULL"],
    "bom": [False, True],
    "line_ending": ["crlf", "lf"],
    "escape_formulas": [False, True],
}


@pytest.mark.slow
@pytest.mark.parametrize("dialect", OTHERS)
def test_every_option_gives_the_bytes_that_postgresql_gives(connections: Path, dialect: str) -> None:
    for values in itertools.product(*CHOICES.values()):
        options = dict(zip(CHOICES, values, strict=True))
        expected = read(facts("postgres", FileOptions(**options)), **options)
        assert read(facts(dialect, FileOptions(**options)), **options) == expected, options
    assert expected[1].rows == len(ROWS)


def test_connections_as_the_docs_say_them_open_the_file_for_reading_only(
    connections: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = read(facts("postgres", FileOptions()))
    connect(monkeypatch, "duckdb", conn_type="duckdb", host=f"{connections}/shop.duckdb", extra={"read_only": True})
    connect(monkeypatch, "sqlite", conn_type="sqlite", host=f"{connections}/shop.db", extra={"mode": "ro"})
    for dialect in OTHERS:
        assert read(facts(dialect, FileOptions())) == expected
    connect(monkeypatch, "sqlite", conn_type="sqlite", host=f"{connections}/none.db", extra={"mode": "ro"})
    with pytest.raises(TransientError, match="'in_sqlite' cannot be opened"):
        read(facts("sqlite", FileOptions()))
    assert not (connections / "none.db").exists()


@pytest.mark.parametrize("dialect", OTHERS)
@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Kathmandu", "America/St_Johns"])
def test_times_are_written_in_the_jobs_zone(connections: Path, dialect: str, zone: str) -> None:
    expected = read(facts("postgres", FileOptions()), zone=zone)
    assert read(facts(dialect, FileOptions()), zone=zone) == expected
    assert b"+00" not in expected[0]


BY_DAY = {
    "postgres": "SELECT (seen AT TIME ZONE %(zone)s)::date, count(*) FROM facts WHERE seen >= %(start)s "
    "AND name <> ALL(%(names)s) AND name NOT LIKE '100%%%%' GROUP BY 1 ORDER BY 1",
    "duckdb": "SELECT CAST(seen AT TIME ZONE %(zone)s AS DATE), count(*) FROM facts WHERE seen >= %(start)s "
    "AND name NOT IN (%(name_1)s, %(name_2)s) AND name NOT LIKE '100%%%%' GROUP BY 1 ORDER BY 1",
    "sqlite": "SELECT date(seen, '+2 hours'), count(*) FROM facts WHERE seen >= %(start)s "
    "AND name NOT IN (%(name_1)s, %(name_2)s) AND name NOT LIKE '100%%%%' GROUP BY 1 ORDER BY 1",
}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_values_are_bound_and_stay_values(connections: Path, dialect: str) -> None:
    start = datetime(2024, 7, 1, 1, tzinfo=UTC)
    values = {
        "zone": "Europe/Berlin",
        "start": "2024-07-01 01:00:00" if dialect == "sqlite" else start,
        "names": ["'; DROP TABLE facts; --", "100%"],
        "name_1": "'; DROP TABLE facts; --",
        "name_2": "100%",
    }
    days = export(dialect, BY_DAY[dialect], (Column("day", "date"), Column("rows", "integer")), parameters=values)
    assert read(days)[0] == b"day,rows\r\n2024-07-01,4\r\n2024-07-02,2\r\n"


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_precondition_that_fails_delivers_nothing_and_says_its_sentence(connections: Path, dialect: str) -> None:
    holds = Precondition("SELECT 1 FROM facts WHERE name = '100%%' LIMIT 1", "This holds", "Nothing")
    fails = Precondition(
        "SELECT 1 FROM facts GROUP BY day HAVING count(*) > 1 LIMIT 1", "Two rows have one day", "Remove one"
    )
    one = (Column("id", "integer"),)
    assert read(export(dialect, "SELECT max(id) FROM facts", one, preconditions=(holds,)))[0] == b"id\r\n8\r\n"
    sink = io.BytesIO()
    broken = export(dialect, "SELECT max(id) FROM facts", one, preconditions=(holds, fails))
    with (
        open_source(broken.connection, dialect) as source,
        pytest.raises(TerminalError, match=r"^Two rows have one day\. Remove one\.$"),
    ):
        source.extract(broken, FileOptions(), sink, ReadOptions("UTC", "t", 60))
    assert sink.getvalue() == b""


LONG = {
    "postgres": "SELECT count(*) FROM generate_series(1, 100000000000)",
    "duckdb": "SELECT count(*) FROM range(1000000) a(i), range(10000000) b(j) WHERE i * j %% 7 = 3",
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_query_that_runs_too_long_is_ended(connections: Path, dialect: str) -> None:
    slow = export(dialect, LONG[dialect], (Column("n", "integer"),))
    with pytest.raises(TerminalError, match=r"'sales'.*more than 1 s.*EXPORT_JOBS_STATEMENT_TIMEOUT_S"):
        read(slow, timeout_s=1)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_rows_that_come_too_slowly_are_ended_too(connections: Path, dialect: str) -> None:
    rows = {
        "postgres": "SELECT i FROM generate_series(1, 100000000000) AS i",
        "duckdb": "SELECT i FROM range(100000000000) AS t(i)",
        "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n",
    }
    with pytest.raises(TerminalError, match=r"'sales'.*more than 1 s"):
        read(export(dialect, rows[dialect], (Column("n", "integer"),)), timeout_s=1)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM facts",
        "INSERT INTO facts (id) VALUES (9)",
        "DROP TABLE facts",
        "CREATE TABLE made AS SELECT 1 AS a",
    ],
)
def test_a_statement_that_writes_is_refused(connections: Path, dialect: str, statement: str) -> None:
    with pytest.raises(TerminalError):
        read(export(dialect, statement, ()))
    condition = Precondition(statement, "never said", "")
    with pytest.raises(TerminalError) as caught:
        read(export(dialect, "SELECT 1 AS a", (Column("a", "integer"),), preconditions=(condition,)))
    assert "never said" not in str(caught.value)
    assert read(export(dialect, "SELECT count(*) FROM facts", (Column("n", "integer"),)))[0] == b"n\r\n8\r\n"


def test_sqlite_itself_refuses_to_write(connections: Path) -> None:
    with pytest.raises(TerminalError, match="the statement tries to write, and an export only reads"):
        read(export("sqlite", "DELETE FROM facts RETURNING id", (Column("id", "integer"),)))


@pytest.mark.parametrize("dialect", OTHERS)
def test_a_second_statement_cannot_hide_in_the_text(connections: Path, dialect: str) -> None:
    with pytest.raises(TerminalError):
        read(export(dialect, "SELECT 1 AS a; COMMIT; DROP TABLE facts", (Column("a", "integer"),)))
    assert read(export(dialect, "SELECT count(*) FROM facts", (Column("n", "integer"),)))[0] == b"n\r\n8\r\n"


def test_duckdb_writes_no_file_of_its_own(connections: Path) -> None:
    """A transaction that is read only would let it."""
    target = connections / "stolen.csv"
    with pytest.raises(TerminalError, match="not one SELECT"):
        read(export("duckdb", f"COPY facts TO '{target}'", ()))
    assert not target.exists()


REFUSED = [
    ("duckdb", "SELECT nothing FROM facts", 'Referenced column "nothing" not found'),
    ("duckdb", "SELECT * FROM nowhere", "Table with name nowhere does not exist"),
    ("duckdb", "SELEC 1", "the catalogue does not fit the database"),
    ("duckdb", "SELECT CAST(name AS INTEGER) FROM facts", "a value in the data made the query fail"),
    ("sqlite", "SELECT f.gone FROM facts AS f", r"no such column: f\.gone"),
    ("sqlite", "SELECT * FROM nowhere", "no such table: nowhere"),
    ("sqlite", "SELEC 1", "the database refuses the query"),
    ("sqlite", "SELECT json(name) FROM facts", "the database refuses the query"),
    ("sqlite", "SELECT CAST(x'73616c617279ff' AS TEXT)", "the database refuses the query"),
]


@pytest.mark.parametrize(("dialect", "query", "sentence"), REFUSED, ids=[query for _, query, _ in REFUSED])
def test_what_cannot_pass_by_itself_fails_with_a_sentence(
    connections: Path, dialect: str, query: str, sentence: str
) -> None:
    with pytest.raises(TerminalError, match=f"Template 'sales': .*{sentence}") as caught:
        read(export(dialect, query, (Column("a", "text"),)))
    assert query not in str(caught.value)
    assert not any(str(row[1]) in str(caught.value) for row in ROWS[:3])
    assert "salary" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_locked_sqlite_file_is_tried_again(connections: Path) -> None:
    with sqlite3.connect(connections / "shop.db") as writer:
        writer.execute("BEGIN EXCLUSIVE")
        with pytest.raises(TransientError, match="another session holds a lock"):
            read(export("sqlite", "SELECT count(*) FROM facts", (Column("n", "integer"),)))
    writer.close()


def test_a_cell_of_another_type_names_its_column_and_no_value(connections: Path) -> None:
    wrong = export("sqlite", "SELECT id, name FROM facts", (Column("id", "integer"), Column("Name", "date")))
    with pytest.raises(
        TerminalError, match=r"Template 'sales', column 'Name': .*type str that is not a date"
    ) as caught:
        read(wrong)
    assert "plain" not in str(caught.value)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_file_that_is_too_large_is_refused(connections: Path, dialect: str) -> None:
    with pytest.raises(TerminalError, match="more than 20 bytes, the job's limit"):
        read(facts(dialect, FileOptions()), max_bytes=20)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_headings_that_do_not_belong_to_the_cells_are_refused(connections: Path, dialect: str) -> None:
    with pytest.raises(TerminalError, match="returns 2 columns but the file has 1"):
        read(export(dialect, "SELECT id, name FROM facts", (Column("id", "integer"),)))


@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_empty_result_is_its_header(connections: Path, dialect: str) -> None:
    nothing = export(dialect, "SELECT id FROM facts WHERE 1 = 0", (Column("id", "integer"),))
    content, found = read(nothing)
    assert (content, found.rows) == (b"id\r\n", 0)


def test_a_cursor_of_postgresqls_protocol_gives_the_same_bytes_and_reads_only(
    connections: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Redshift and others speak it and have no COPY to the client."""
    monkeypatch.setenv("AIRFLOW_CONN_IN_REDSHIFT", os.environ["AIRFLOW_CONN_IN_POSTGRES"])
    assert read(facts("redshift", FileOptions())) == read(facts("postgres", FileOptions()))
    days = export("redshift", "SELECT id FROM facts WHERE name = %(name)s", COLUMNS[:1], parameters={"name": "plain"})
    assert read(days, header=False)[0] == b"1\r\n"
    for statement in ("DELETE FROM facts RETURNING id", "SELECT nextval('made')"):
        with pytest.raises(TerminalError):
            read(export("redshift", statement, COLUMNS[:1]))
    with pytest.raises(TerminalError, match="more than 1 s"):
        read(export("redshift", LONG["postgres"], COLUMNS[:1]), timeout_s=1)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_preview_shows_the_cells_of_the_file(connections: Path, dialect: str) -> None:
    with open_source(f"in_{dialect}", dialect) as source:
        found = first_rows(
            source,
            facts(dialect, FileOptions()),
            FileOptions(),
            time_zone="Europe/Berlin",
            application_name="t",
            limit=4,
        )
    assert found.columns == COLUMNS
    assert found.truncated
    at, seen_at = "1997-01-02 13:00:00", "2024-07-01 15:30:00+02"
    assert found.rows[0] == ["1", "plain", "1234.50", "0.30000000000000004", "true", "1997-01-02", at, seen_at]
    assert found.rows[1][:6] == ["2", 'say "hi", twice', "-0.01", "9.999999999999999e+22", "false", "0001-01-01"]
    assert found.rows[2][1:5] == ["two\r\nlines", "99999999.99", "-1e-07", None]
    assert found.rows[3:] == [["4", "", None, "1e+15", "true", None, None, None]]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_preview_says_when_it_is_all(connections: Path, dialect: str) -> None:
    ordered = export(dialect, "SELECT id FROM facts ORDER BY id DESC -- the end", (Column("id", "integer"),))
    for limit, truncated in ((7, True), (8, False), (50, False)):
        with open_source(f"in_{dialect}", dialect) as source:
            found = first_rows(source, ordered, FileOptions(), time_zone="UTC", application_name="t", limit=limit)
        assert ([row[0] for row in found.rows], found.truncated) == (list("87654321")[:limit], truncated)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_preview_that_takes_too_long_says_what_to_do(connections: Path, dialect: str) -> None:
    slow = export(dialect, LONG[dialect], (Column("n", "integer"),))
    with (
        open_source(f"in_{dialect}", dialect) as source,
        pytest.raises(TerminalError, match=r"'sales': no preview within 1 s\. Choose a shorter window"),
    ):
        first_rows(source, slow, FileOptions(), time_zone="UTC", application_name="t", timeout_s=1)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_preview_of_huge_cells_is_refused(connections: Path, dialect: str) -> None:
    wide = {
        "postgres": "repeat('x', 1000000)",
        "duckdb": "repeat('x', 1000000)",
        "sqlite": "hex(zeroblob(500000))",
    }
    huge = export(dialect, f"SELECT {wide[dialect]} AS t FROM facts, facts AS f", (Column("t", "text"),))
    with (
        open_source(f"in_{dialect}", dialect) as source,
        pytest.raises(TerminalError, match="the first 50 rows are too large for a preview"),
    ):
        first_rows(source, huge, FileOptions(), time_zone="UTC", application_name="t")


@pytest.mark.parametrize("dialect", DIALECTS)
def test_all_that_is_read_in_one_snapshot_is_of_one_instant(
    connections: Path, warehouse_database: Warehouse, dialect: str
) -> None:
    """Somebody adds rows while the files are read."""
    counted = export(dialect, "SELECT count(*) AS id FROM facts", (Column("id", "integer"),))
    if dialect == "sqlite":  # else the writer would have to wait
        add_row(connections, warehouse_database, dialect, "PRAGMA journal_mode = WAL")
    found = []
    with (
        writable_source(connections, dialect) as source,
        source.snapshot([counted, counted], ReadOptions("UTC", "t", 60)) as snapshot,
    ):
        for _ in range(2):
            sink = io.BytesIO()
            snapshot.extract(counted, FileOptions(header=False), sink)
            found.append(sink.getvalue())
            add_row(connections, warehouse_database, dialect)
    assert found == [b"8\r\n", b"8\r\n"]
    with open_source(f"in_{dialect}", dialect) as source:
        sink = io.BytesIO()
        source.extract(counted, FileOptions(header=False), sink, ReadOptions("UTC", "t", 60))
    assert sink.getvalue() == b"10\r\n", "nobody has added a row, so nothing is proven"


@contextmanager
def writable_source(folder: Path, dialect: str) -> Iterator[Source]:
    """Airflow's hook opens DuckDB's file read only, and then nobody can write to it at all."""
    if dialect == "duckdb":
        with duckdb.connect(folder / "shop.duckdb") as database:
            yield CursorSource(session_for(database, "?"), 0)
    else:
        with open_source(f"in_{dialect}", dialect) as source:
            yield source


def add_row(
    folder: Path, warehouse: Warehouse, dialect: str, statement: str = "INSERT INTO facts (id) VALUES (99)"
) -> None:
    """In a session of its own, committed."""
    if dialect == "postgres":
        with psycopg.connect(**warehouse.server.dsn(DATABASE, "warehouse_owner")) as session:
            session.execute(statement.encode())
    elif dialect == "duckdb":
        with duckdb.connect(folder / "shop.duckdb") as database:
            database.execute(statement)
    else:
        with closing(sqlite3.connect(folder / "shop.db")) as file, file:
            file.execute(statement)


UNFIT = [
    (
        "in_sqlite",
        "postgres",
        "of type 'sqlite', but the catalogue says that its dialect is postgres.*`dialect: sqlite`",
    ),
    ("in_duckdb", "sqlite", "`dialect: duckdb`"),
    ("in_postgres", "duckdb", "Write the database's own dialect in the header of each fact"),
    ("in_odbc", "postgres", "of type 'odbc'"),
    ("in_mysql", "mysql", "the provider of that type is not installed here"),
    ("in_smtp", "mysql", "of type 'smtp', which does not lead to a SQL database"),
    ("in_nothing", "duckdb", "Airflow has no connection 'in_nothing', which is needed for reading the warehouse"),
    ("in_duckdb_uri", "duckdb", "has its DuckDB file in the field for the schema"),
    ("in_sqlite_uri", "sqlite", "has its SQLite file in the field for the schema"),
]


@pytest.mark.parametrize(("connection_id", "dialect", "sentence"), UNFIT)
def test_a_connection_that_does_not_fit_says_what_to_correct(
    connections: Path, monkeypatch: pytest.MonkeyPatch, connection_id: str, dialect: str, sentence: str
) -> None:
    connect(monkeypatch, "odbc", conn_type="odbc", host="h")
    connect(monkeypatch, "mysql", conn_type="mysql", host="h")
    connect(monkeypatch, "smtp", conn_type="smtp", host="h")
    monkeypatch.setenv("AIRFLOW_CONN_IN_DUCKDB_URI", "duckdb:////data/shop.duckdb")
    monkeypatch.setenv("AIRFLOW_CONN_IN_SQLITE_URI", "sqlite:////data/shop.db")
    with pytest.raises(UserError, match=sentence), open_source(connection_id, dialect):
        pass


def test_a_database_that_cannot_be_opened_shows_no_secret(connections: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    connect(monkeypatch, "gone", conn_type="postgres", host="127.0.0.1", port=9, login="u", password="canary-pw")
    connect(monkeypatch, "folder", conn_type="sqlite", host="/nowhere/canary-pw/x.db")
    for name, dialect in (("in_gone", "postgres"), ("in_folder", "sqlite")):
        with (
            pytest.raises(TransientError, match=f"'{name}' cannot be opened \\(OperationalError\\)") as caught,
            open_source(name, dialect),
        ):
            pass
        assert "canary" not in str(caught.value)


def test_without_a_view_of_open_transactions_only_time_settles_a_window(
    connections: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPORT_JOBS_SETTLE_DELAY_S", "3600")
    with open_source("in_sqlite", "sqlite") as source:
        source.settle(datetime.now(UTC) - timedelta(seconds=3601))
        with pytest.raises(TransientError, match="EXPORT_JOBS_SETTLE_DELAY_S"):
            source.settle(datetime.now(UTC) - timedelta(seconds=3500))
