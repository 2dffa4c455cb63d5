"""What a database says of a catalogue that the rules alone find sound: each fault at its file and line."""

from __future__ import annotations

import pytest

from export_jobs.catalogue_check.probe import find_refused_keys
from export_jobs.catalogue_check.session import RefusedError
from tests.integration.catalogue.conftest import Shop

pytestmark = pytest.mark.integration

ORDERS, STORE, TOWN, REVENUE = "facts/orders.sql", "dimensions/store.sql", "dimensions/town.sql", "kpis/revenue.sql"


def test_a_catalogue_that_fits_its_database_has_no_issue(shop: Shop) -> None:
    checked = shop.check()
    assert checked.issues == ()
    assert checked.types_checked
    # 3 tables, custom fields, KPIs, 2 date bases, 5 groups, 2 whole dimensions, 2 x 2 ids, 1 order
    assert checked.questions == 19


FAULTS = {
    "table missing": ("DROP TABLE shop.towns", 'dimensions/town.sql:9: the database refuses the query: relation "shop'),
    "column missing": (
        "ALTER TABLE shop.stores DROP town_id",
        "dimensions/store.sql:10: the database refuses the query: col",
    ),
    "text for an integer": (
        "ALTER TABLE shop.orders ALTER items TYPE text",
        "facts/orders.sql:19: measures.items: 'items' is declared integer, but the database returns text. "
        "Write items: text, or cast it in the SQL.",
    ),
    "fraction for an integer": (
        "ALTER TABLE shop.orders ALTER items TYPE numeric",
        "'items' is declared integer, but the database returns number",
    ),
    "clock for an instant": (
        "ALTER TABLE shop.orders ALTER ordered_at TYPE timestamp",
        "facts/orders.sql:15: columns.ordered_at: 'ordered_at' is declared timestamptz, but the database returns time",
    ),
    "a type of its own": (
        "ALTER TABLE shop.orders ALTER buyer_id TYPE uuid USING gen_random_uuid()",
        "'buyer_id' is declared text, but the database returns uuid. Cast it in the SQL to text, a number or a date",
    ),
    "an enum": (
        "CREATE TYPE shop.size AS ENUM ('S'); ALTER TABLE shop.towns ALTER town_name TYPE shop.size USING 'S'",
        "dimensions/town.sql:7: columns.town_name: 'town_name' is declared text, but the database returns shop.size.",
    ),
    "id twice": (
        "INSERT INTO shop.stores VALUES (3, 'West again', 2)",
        "dimensions/store.sql:4: id: 1 values of 'store_id' occur more than once, so rows would be counted twice.",
    ),
    "ids empty": (
        "INSERT INTO shop.stores VALUES (NULL, 'a', 2), (NULL, 'b', 2)",
        "dimensions/store.sql:4: id: 2 rows have no 'store_id'; no row of a fact reaches them.",
    ),
    "order not unique": (
        "INSERT INTO shop.orders (order_id) VALUES (1)",
        "facts/orders.sql:9: order_by: some rows are equal in order_id, so their order may differ",
    ),
    "no permission": (
        "REVOKE ALL ON shop.towns FROM CURRENT_USER",
        "dimensions/town.sql:9: the database refuses the query: permission denied for table towns.",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_database_that_differs_is_one_issue(shop: Shop, fault: str) -> None:
    change, words = FAULTS[fault]
    shop.execute(change)
    [said] = shop.said()
    assert words in said


def test_several_faults_are_found_at_once(shop: Shop) -> None:
    shop.execute("ALTER TABLE shop.orders ALTER items TYPE text")
    shop.execute("DROP TABLE shop.towns")
    shop.execute("INSERT INTO shop.stores VALUES (1, 'again', 1)")
    assert [line.partition(":")[0] for line in shop.said()] == [ORDERS, TOWN, STORE]


def test_an_integer_may_be_called_a_number_and_every_width_of_text_is_text(shop: Shop) -> None:
    shop.change(ORDERS, "order_id: integer", "order_id: number")
    shop.execute("ALTER TABLE shop.towns ALTER town_name TYPE char(10)")
    shop.execute("ALTER TABLE shop.orders ALTER buyer_id TYPE name")
    assert shop.said() == []


def test_a_custom_field_that_the_database_refuses_is_named_alone(shop: Shop) -> None:
    more = 'custom_fields:\n  vat: {type: number, sql: "our_vat(amount)"}\n  on_day: {type: date, sql: ordered_at}\n'
    shop.change(ORDERS, "custom_fields:\n", more)
    vat, day = shop.said()
    assert vat.startswith("facts/orders.sql:21: custom_fields.vat.sql: the database refuses the expression: function")
    assert day.startswith(
        "facts/orders.sql:22: custom_fields.on_day: 'on_day' is declared date, but the database returns"
    )


def test_one_kpi_among_many_is_found_by_halving(shop: Shop) -> None:
    for number in range(40):
        shop.write(f"kpis/good_{number}.sql", f"/*\ntitle: Good\nfact: orders\n*/\nsum(amount) + {number}")
    shop.write("kpis/bad.sql", "/*\ntitle: Bad\nfact: orders\n*/\n\nour_sum(amount)")
    checked = shop.check()
    [issue] = checked.issues
    assert str(issue).startswith("kpis/bad.sql:6: the database refuses the expression: function our_sum")
    assert checked.questions < 40


def test_a_kpi_of_another_type_than_it_says(shop: Shop) -> None:
    shop.write("kpis/last.sql", "/*\ntitle: Last\nfact: orders\nadditive: false\ntype: date\n*/\nmax(ordered_at)")
    assert shop.said() == [
        "kpis/last.sql:5: type: the KPI is declared date, but the database returns timestamptz. "
        "Write type: timestamptz, or cast it in the SQL."
    ]


def test_a_whole_number_may_come_as_numeric_from_a_sum(shop: Shop) -> None:
    shop.write("kpis/ids.sql", "/*\ntitle: Ids\nfact: orders\ntype: integer\n*/\nsum(order_id)")
    assert shop.said() == []


def test_a_name_that_statements_use_themselves_is_found_by_every_group(shop: Shop) -> None:
    shop.change(ORDERS, "amount, items\n", 'amount, items, 1 AS "group 1"\n')
    said = shop.said()
    assert [line.partition(": the database refuses")[0] for line in said] == [
        "dimensions/store.sql:7: facts.orders",
        *["facts/orders.sql:6: event_date"] * 3,
    ]
    assert "the database refuses 'orders' by 'store': column reference \"group 1\" is ambiguous." in said[0]


def test_culprits_are_told_from_the_rest() -> None:
    asked = []

    def ask(keys: list[str]) -> RefusedError | None:
        asked.append(keys)
        return RefusedError("no") if {"c", "f"} & set(keys) else None

    assert sorted(find_refused_keys(list("abcdefgh"), ask)) == ["c", "f"]
    assert find_refused_keys([], ask) == {}
    assert len(asked) < 14


def test_what_the_rules_found_is_not_asked_about_again(shop: Shop) -> None:
    shop.change(REVENUE, "sum(amount)", "sum(amont)")
    shop.change(TOWN, "label: town_name", "label: town")
    assert shop.said() == []


def test_nothing_can_be_written(shop: Shop) -> None:
    shop.execute("CREATE FUNCTION shop.write() RETURNS integer LANGUAGE sql AS 'DELETE FROM shop.towns RETURNING 1'")
    shop.change(TOWN, "SELECT town_id, town_name FROM shop.towns", "SELECT shop.write() AS town_id, 'x' AS town_name")
    said = shop.said()
    assert said and all("could not be checked: ReadOnlySqlTransaction (25006)" in line for line in said)
    shop.execute("DO $$ BEGIN ASSERT (SELECT count(*) FROM shop.towns) = 2; END $$")


def test_a_database_that_is_away_is_an_issue_of_the_file_without_its_password(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_SHOP_WAREHOUSE", "postgres://reader:not-to-be-shown@127.0.0.1:1/shop")
    [said] = shop.said()
    assert said == (
        "facts/orders.sql:5: connection: The database of the connection 'shop_warehouse' cannot be opened "
        "(OperationalError). Check its host, path and password under Admin > Connections."
    )


def test_a_connection_of_another_kind_than_the_dialect_says(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_SHOP_WAREHOUSE", "sqlite:///nowhere.db")
    [said] = shop.said()
    assert said.startswith(
        "facts/orders.sql:5: connection: The connection 'shop_warehouse' is of type 'sqlite', but the"
    )
    assert "Write `dialect: sqlite`" in said
