"""The rows that a statement reads: source, joins, window, filters, audience. tests/cases proves what comes of them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from export_jobs.core.catalogue.catalogue import Catalogue
from export_jobs.core.definitions.job import DateBasis, ExportJob
from export_jobs.core.sql.draft import StatementDraft
from export_jobs.core.sql.rows import Join, TableRows, column_sql, table_rows
from export_jobs.errors import UserError
from tests.unit.core.samples import NEW_YEAR
from tests.unit.core.shop import job, shop


def draft(template: str = "rows", found: Catalogue | None = None, basis: str = "event", **use: Any) -> StatementDraft:
    using: ExportJob = job(template, use=use)
    return StatementDraft.of(using, template, found or shop(), NEW_YEAR, DateBasis(basis))


def rows(one: StatementDraft, *references: str, prefix: str = "") -> TableRows:
    table = one.tables[0]
    return table_rows(one, table, [one.resolve(name, table) for name in references], prefix)


def test_custom_fields_are_beside_the_columns_of_the_query() -> None:
    assert rows(draft()).source == (
        'SELECT source.*\n    , amount - tax AS "net"\nFROM (\n    SELECT * FROM orders\n) AS source'
    )
    assert rows(draft("stores", basis="none")).source == "SELECT * FROM stores"


def test_a_percent_sign_of_the_catalogue_is_doubled() -> None:
    custom = {"net": {"type": "number", "sql": "amount % 7"}}
    source = rows(draft(found=shop(fact={"sql": "SELECT '5%' AS x", "custom_fields": custom}))).source
    assert "'5%%'" in source and "amount %% 7" in source


def test_a_dimension_two_hops_away_brings_the_one_between_and_each_once() -> None:
    one = draft()
    assert rows(one, "town", "town.size", "store", "amount").joins == (
        Join("SELECT * FROM stores", '"dim_store"', '"store_id"', 'fact."store_id"'),
        Join("SELECT * FROM towns", '"dim_town"', '"town_id"', '"dim_store"."town_id"'),
    )
    assert list(one.preconditions) == ["store", "town"]
    assert 'GROUP BY "store_id" HAVING count(*) > 1' in one.preconditions["store"].sql
    assert "'store' has a store_id more than once" in one.preconditions["store"].what


def test_without_a_dimension_there_are_no_joins_and_no_preconditions() -> None:
    one = draft()
    assert rows(one, "amount").joins == ()
    assert one.preconditions == {}


def test_a_filter_joins_what_it_needs() -> None:
    one = draft(filters=[{"column": "town.size", "op": "at_least", "values": 5}])
    assert [join.alias for join in rows(one).joins] == ['"dim_store"', '"dim_town"']


@pytest.mark.parametrize(
    ("event_date", "start", "end"),
    [
        ({"column": "d", "type": "date"}, date(1997, 1, 1), date(1997, 1, 2)),
        ({"column": "d", "type": "timestamp"}, datetime(1996, 12, 31, 23), datetime(1997, 1, 1, 23)),
        ({"column": "d"}, datetime(1996, 12, 31, 23, tzinfo=UTC), datetime(1997, 1, 1, 23, tzinfo=UTC)),
    ],
)
def test_the_window_comes_first_and_is_bound_as_the_column_compares_it(
    event_date: dict[str, str], start: Any, end: Any
) -> None:
    one = draft(
        found=shop(fact={"event_date": event_date}),
        filters=[{"column": "amount", "op": "at_least", "values": 5}, {"column": "store", "op": "is_null"}],
    )
    assert rows(one).conditions == (
        'fact."d" >= %(window_start)s',
        'fact."d" < %(window_end)s',
        'fact."amount" >= %(filter_1_1)s',
        '"dim_store"."name" IS NULL',
    )
    assert one.conditions.parameters == {"window_start": start, "window_end": end, "filter_1_1": 5}


def test_the_updated_date_has_a_zone_of_its_own() -> None:
    one = draft(basis="updated")
    assert rows(one).conditions[0] == 'fact."changed_at" >= %(window_start)s'
    assert one.conditions.parameters["window_start"] == datetime(1997, 1, 1, 8)  # Tokyo


def test_a_dimension_has_no_window() -> None:
    assert rows(draft("stores", basis="none")).conditions == ()


def test_an_audience_is_held_against_the_customer_and_prefixes_keep_facts_apart() -> None:
    found = shop(fact={"columns": {"order_id": "integer", "buyer_id": "integer", "store_id": "integer"}})
    one = draft(found=found, audience=[7, 9])
    assert rows(one, prefix="f2_").conditions[-1] == 'fact."buyer_id" = ANY (%(f2_audience)s)'
    assert one.conditions.parameters["f2_audience"] == [7, 9]
    assert one.conditions.parameters.keys() == {"f2_window_start", "f2_window_end", "f2_audience"}


def test_what_cannot_be_compiled_is_an_error() -> None:
    with pytest.raises(UserError, match="'store' has no customer"):
        rows(draft("stores", basis="none", audience=[7]))
    with pytest.raises(UserError, match="the fact 'orders' has no updated date"):
        rows(draft(found=shop(fact={"updated_at": None}), basis="updated"))
    with pytest.raises(UserError, match="the catalogue has no 'colour'"):
        rows(draft(filters=[{"column": "colour", "op": "is_null"}]))


def test_a_part_of_the_event_date_binds_the_zone_of_the_job() -> None:
    one = draft()
    table = one.tables[0]
    assert "AT TIME ZONE %(time_zone)s" in column_sql(one, table, one.resolve("month", table))
    assert one.conditions.parameters == {"time_zone": "Europe/Berlin"}
