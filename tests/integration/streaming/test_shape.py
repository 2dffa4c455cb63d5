"""The source's columns change: nothing is read, and the sentence says what has changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from export_jobs.core.sql.checks.shape import delivery_differences, shape_json
from export_jobs.errors import TerminalError
from export_jobs.streaming.cursor.sessions import session_for
from export_jobs.streaming.source import CursorSource, PostgresSource, Source
from tests.integration.streaming.conftest import Warehouse
from tests.integration.streaming.shop import ROWS, TABLES, TOTALS, catalogue, compiled, delivered

pytestmark = pytest.mark.integration
Database = tuple[Callable[..., None], Callable[[], Source]]


@pytest.fixture(params=["postgres", "duckdb"])
def dialect(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def database(dialect: str, warehouse_database: Warehouse, tmp_path: Path) -> Iterator[Database]:
    """How to run statements on a fresh pair of tables, and how to open them for an export."""
    if dialect == "postgres":
        warehouse_database.run("DROP TABLE IF EXISTS purchases CASCADE", "DROP TABLE IF EXISTS stores", *TABLES)
        yield warehouse_database.run, lambda: PostgresSource(warehouse_database.session())
        return
    file = tmp_path / "shop.duckdb"

    def run(*statements: str) -> None:
        with duckdb.connect(file) as session:
            for statement in statements:
                session.execute(statement)

    opened: list[Any] = []

    def source() -> Source:
        opened.append(session_for(duckdb.connect(file), "?"))
        return CursorSource(opened[-1], 0)

    run(*TABLES)
    yield run, source
    for session in opened:
        session.close()


CATALOGUE_SEES = {
    "a number becomes text": (
        ["ALTER TABLE purchases ALTER amount TYPE varchar", "UPDATE purchases SET amount = 'n/a'"],
        "purchases.amount is {text}, but number in the catalogue",
    ),
    "text becomes a number": (
        ["ALTER TABLE purchases DROP note", "ALTER TABLE purchases ADD note integer"],
        "purchases.note is integer, but text in the catalogue",
    ),
    "an instant loses its zone": (
        ["ALTER TABLE purchases ALTER bought_at TYPE timestamp"],
        "purchases.bought_at is {timestamp}, but timestamptz in the catalogue",
    ),
    "an instant becomes a date": (
        ["ALTER TABLE purchases ALTER bought_at TYPE date"],
        "purchases.bought_at is date, but timestamptz in the catalogue",
    ),
    "a time gets a zone": (
        ["ALTER TABLE purchases ALTER seen TYPE timestamptz"],
        "purchases.seen is {timestamptz}, but timestamp in the catalogue",
    ),
    "a date becomes a time": (
        ["ALTER TABLE purchases ALTER day TYPE timestamp"],
        "purchases.day is {timestamp}, but date in the catalogue",
    ),
    "a column goes": (["ALTER TABLE purchases DROP discount"], "purchases has no column discount"),
    "a column is renamed": (["ALTER TABLE purchases RENAME note TO remark"], "purchases has no column note"),
    "another column of another type takes the name": (
        ["ALTER TABLE purchases RENAME amount TO old", "ALTER TABLE purchases RENAME note TO amount"],
        "purchases.amount is {text}, but number in the catalogue",
    ),
}
NAMES = {
    "postgres": {
        "text": "character varying",
        "timestamp": "timestamp without time zone",
        "timestamptz": "timestamp with time zone",
    },
    "duckdb": {"text": "varchar", "timestamp": "timestamp", "timestamptz": "timestamp with time zone"},
}


@pytest.mark.parametrize("change", CATALOGUE_SEES)
def test_what_is_not_of_the_catalogues_type_is_not_read(database: Database, dialect: str, change: str) -> None:
    run, source = database
    export = compiled(catalogue(dialect), ROWS)
    assert delivered(source(), export)[0].count(b"\r\n") == 3
    statements, sentence = CATALOGUE_SEES[change]
    run(*statements)
    with pytest.raises(
        TerminalError, match=r"'t': the source has changed: .*Nothing was read.*clear this run"
    ) as caught:
        delivered(source(), export)
    assert sentence.format(**NAMES[dialect]) in str(caught.value).replace("(20)", "").lower()


@pytest.mark.parametrize(
    ("statements", "sentence"),
    [
        (
            ["ALTER TABLE purchases ALTER amount TYPE double precision"],
            "purchases.amount is double, but was numeric(10,2) at the last delivery",
        ),
        (
            ["ALTER TABLE purchases ALTER amount TYPE numeric(12, 4)"],
            "purchases.amount is numeric(12,4), but was numeric(10,2) at the last delivery",
        ),
        (
            ["ALTER TABLE purchases ALTER amount TYPE integer"],
            "purchases.amount is integer, but was numeric(10,2) at the last delivery",
        ),
    ],
)
@pytest.mark.parametrize("template", [ROWS, TOTALS], ids=["rows", "totals"])
def test_a_number_that_is_written_otherwise_differs_from_the_last_delivery(
    database: Database, dialect: str, template: dict[str, Any], statements: list[str], sentence: str
) -> None:
    """The catalogue calls all of them a number: 120.00, 120 and 120.0000 are told apart by what was sent before."""
    run, source = database
    export = compiled(catalogue(dialect), template)
    before = shape_json(delivered(source(), export)[1])
    run(*statements)
    found = delivery_differences(delivered(source(), export)[1], before)
    said = found[0].lower().replace("decimal", "numeric").replace(" precision", "")
    assert said == sentence


HARMLESS = [
    "ALTER TABLE purchases ALTER amount TYPE numeric(14, 2)",
    "ALTER TABLE purchases ALTER purchase_id TYPE bigint",
    "ALTER TABLE purchases ALTER note TYPE varchar(50)",
    "ALTER TABLE purchases ADD more integer",
]


@pytest.mark.parametrize("statement", HARMLESS)
def test_what_changes_no_cell_is_no_change(database: Database, dialect: str, statement: str) -> None:
    run, source = database
    export = compiled(catalogue(dialect), ROWS)
    content, shape = delivered(source(), export)
    run(statement)
    again, found = delivered(source(), export)
    assert again == content
    assert delivery_differences(found, shape_json(shape)) == []


def test_a_column_that_the_job_does_not_use_may_become_anything(database: Database, dialect: str) -> None:
    run, source = database
    export = compiled(catalogue(dialect), ROWS, columns=["purchase_id", "note"])
    run("ALTER TABLE purchases ALTER amount TYPE varchar", "ALTER TABLE purchases DROP discount")
    assert delivered(source(), export)[0] == b"purchase_id,note\r\n1,a\r\n2,b\r\n"


@pytest.mark.parametrize(
    "use",
    [
        {"filters": [{"column": "store.region", "op": "equals", "values": ["North"]}]},
        {"order_by": ["store.region"]},
        {"columns": ["purchase_id"], "filters": [{"column": "discount", "op": "greater_than", "values": [1]}]},
    ],
    ids=["filter of a dimension", "order", "filter of a column"],
)
def test_what_only_decides_which_rows_and_where_counts_too(
    database: Database, dialect: str, use: dict[str, Any]
) -> None:
    run, source = database
    export = compiled(catalogue(dialect), ROWS, **use)
    delivered(source(), export)
    run("ALTER TABLE stores DROP region", "ALTER TABLE stores ADD region integer")
    run("ALTER TABLE purchases ALTER discount TYPE varchar")
    with pytest.raises(TerminalError, match=r"(store\.region is (integer|INTEGER)|discount is .*), but (text|number)"):
        delivered(source(), export)


def test_another_column_of_the_same_type_that_takes_the_name_is_found_out(postgres_tables: Warehouse) -> None:
    export = compiled(catalogue("postgres"), ROWS)
    before = shape_json(delivered(PostgresSource(postgres_tables.session()), export)[1])
    postgres_tables.run(
        "ALTER TABLE purchases RENAME amount TO gross", "ALTER TABLE purchases RENAME discount TO amount",
        "ALTER TABLE purchases RENAME gross TO discount",
    )  # fmt: skip
    found = delivered(PostgresSource(postgres_tables.session()), export)[1]
    assert delivery_differences(found, before) == [
        "purchases.amount is a different column of its table than the one with this name at the last delivery",
        "purchases.discount is a different column of its table than the one with this name at the last delivery",
    ]


def test_a_table_that_was_made_anew_with_its_columns_in_another_order_is_no_change(postgres_tables: Warehouse) -> None:
    """Many warehouses do so every night."""
    export = compiled(catalogue("postgres"), ROWS)
    before = shape_json(delivered(PostgresSource(postgres_tables.session()), export)[1])
    postgres_tables.run(
        "ALTER TABLE purchases RENAME TO yesterday",
        "CREATE TABLE purchases AS SELECT note, discount, amount, day, bought_at, seen, store_id, purchase_id "
        "FROM yesterday",
        "DROP TABLE yesterday",
    )
    assert delivery_differences(delivered(PostgresSource(postgres_tables.session()), export)[1], before) == []


def test_a_custom_field_and_what_it_reads_count(postgres_tables: Warehouse) -> None:
    field = {"net": {"type": "number", "sql": "amount - discount"}}
    export = compiled(catalogue("postgres", custom_fields=field), ROWS, columns=["net"])
    content, shape = delivered(PostgresSource(postgres_tables.session()), export)
    assert content == b"net\r\n119.00\r\n-1.50\r\n"
    assert {"purchases.net", "purchases.amount", "purchases.discount"} <= set(shape)
    postgres_tables.run("ALTER TABLE purchases ALTER discount TYPE float8")
    found = delivery_differences(delivered(PostgresSource(postgres_tables.session()), export)[1], shape_json(shape))
    assert len(found) == 2
