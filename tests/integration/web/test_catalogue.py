"""The catalogue, previews and values over the API: the demo's catalogue, and a small warehouse of its tables."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from export_jobs.store.findings.permits import Permits
from tests.integration.store.samples import Store

if TYPE_CHECKING:
    from tests.integration.web.conftest import Ask

pytestmark = pytest.mark.integration
API = "/export-jobs/api"
JANUARY = {"start": "1997-01-01T00:00:00Z", "end": "1997-02-01T00:00:00Z"}
TOTALS = {"kind": "custom", "kpis": ["gross_sales", "purchases"], "dimensions": ["store.region"]}


def paths(answer: Any) -> list[str]:
    return [error["path"] for error in answer.json()["errors"]]


def test_the_catalogue_says_what_goes_together(ask: Ask) -> None:
    result = ask("viewer").get(f"{API}/catalogue").json()
    purchases = next(fact for fact in result["facts"] if fact["key"] == "purchases")
    assert {"store", "customer", "home_store"} <= set(purchases["dimensions"])
    assert [part["key"] for part in result["date_parts"]] == ["day", "week", "month"]
    roles = {column["name"]: column["role"] for column in purchases["columns"]}
    assert (roles["purchase_id"], roles["net_usd"]) == ("column", "custom_field")
    text = json.dumps(result)
    assert "SELECT" not in text and "export_jobs_warehouse" not in text, "queries and connections are for engineers"


def test_only_what_every_fact_reaches_is_offered(ask: Ask) -> None:
    client = ask("viewer")

    def offered(kpis: str) -> set[str]:
        answer = client.get(f"{API}/catalogue/dimensions", params={"kpis": kpis}).json()
        return {dimension["key"] for dimension in answer["dimensions"]}

    assert "store" in offered("gross_sales")
    assert "store" not in offered("gross_sales,points_earned"), "points are earned in no store"
    assert {"customer", "home_store"} <= offered("gross_sales,points_earned")
    assert paths(client.get(f"{API}/catalogue/dimensions?kpis=nothing")) == ["kpis"]


@pytest.mark.usefixtures("connected")
def test_a_preview_shows_the_files_own_cells(ask: Ask) -> None:
    wanted = {"template": TOTALS, "window": JANUARY, "rows": 2}
    answer = ask("user").post(f"{API}/preview", json=wanted)
    result = answer.json()
    assert answer.status_code == 200, result
    assert [column["name"] for column in result["columns"]] == ["store.region", "gross_sales", "purchases"]
    assert result["rows"] == [["100%_", "250.00", "25"], ["Benelux", "250.00", "25"]] and result["truncated"]
    assert "sales.purchases" in result["sql"] and "%(" not in result["sql"]
    use = {
        "filters": [{"column": "store.region", "op": "equals", "values": ["West"]}],
        "columns": [{"column": "purchases", "as": "Käufe"}],
    }
    result = ask("user").post(f"{API}/preview", json={**wanted, "use": use}).json()
    assert (result["columns"], result["rows"]) == (
        [{"name": "Käufe", "type": "integer", "masked": False}],
        [["50"]],
    )


@pytest.mark.usefixtures("connected")
def test_a_preview_of_days_without_rows_shows_the_newest_ones_and_says_so(ask: Ask) -> None:
    """No days are chosen, so it is last week or the schedule's last window. All rows are of 1 January 1997."""
    client = ask("user")
    result = client.post(f"{API}/preview", json={"template": TOTALS}).json()
    assert len(result["rows"]) == 3 and result["empty_window"]["start"] > "2020"
    assert (result["window"]["start"], result["window"]["end"]) == ("1996-12-26T00:00:00Z", "1997-01-02T00:00:00Z")
    monthly = {"frequency": "monthly", "execute_on": "last", "from": "1996-12-15", "until": "1997-12-14"}
    for template in (TOTALS, {"kind": "standard", "fact": "purchases"}):
        wanted = {"template": template, "schedule": {**monthly, "time_zone": "Europe/Berlin"}}
        result = client.post(f"{API}/preview", json=wanted).json()
        assert (result["window"]["start"], result["window"]["end"]) == ("1996-12-31T23:00:00Z", "1997-01-31T23:00:00Z")
        assert result["rows"] and result["empty_window"]["end"] == "1997-12-14T23:00:00Z"
    chosen = {"start": "2001-01-01T00:00:00Z", "end": "2001-02-01T00:00:00Z"}
    result = client.post(f"{API}/preview", json={"template": TOTALS, "window": chosen}).json()
    assert (result["rows"], result["empty_window"]) == ([], None), "these days somebody has chosen"
    nobody = {"filters": [{"column": "store.region", "op": "equals", "values": ["Nowhere"]}]}
    result = client.post(f"{API}/preview", json={"template": TOTALS, "use": nobody}).json()
    assert (result["rows"], result["empty_window"]) == ([], None)


@pytest.mark.usefixtures("connected")
def test_personal_data_is_masked_for_callers_who_may_not_use_the_connection(ask: Ask, audit: Any) -> None:
    """The same rule as for filter values. The audit row says what was previewed, and by whom."""
    template = {"name": "rows", "kind": "standard", "fact": "purchases", "columns": ["purchase_id", "customer_id"]}
    wanted = {"template": template, "window": JANUARY, "rows": 2}
    masked, whole = (ask(role).post(f"{API}/preview", json=wanted).json() for role in ("user", "op"))
    assert [column["masked"] for column in masked["columns"]] == [False, True]
    assert {row[1] for row in masked["rows"]} == {"•••"}
    assert all(row[1].isdigit() for row in whole["rows"])
    rows = [extra for event, _, _, extra in audit() if event == "export_jobs.preview"]
    assert [row["masked"] for row in rows] == [[1], []]
    assert rows[0]["columns"] == ["purchase_id", "customer_id"]
    assert {"kind", "template", "window", "filters", "audience", "rows"} <= set(rows[0])


@pytest.mark.usefixtures("connected")
def test_previews_of_all_api_servers_are_counted_together(ask: Ask, web_store: Store) -> None:
    """Another server (another engine on the store) runs as many previews as allowed; then one of them ends."""
    from export_jobs.web.catalogue.preview_rules import MAX_CONCURRENT_PREVIEWS

    elsewhere = Permits(web_store.engine)
    held = [elsewhere.take("previews", MAX_CONCURRENT_PREVIEWS, 60) for _ in range(MAX_CONCURRENT_PREVIEWS)]
    wanted = {"template": TOTALS, "window": JANUARY, "rows": 2}
    client = ask("user")
    refused = client.post(f"{API}/preview", json=wanted)
    assert (refused.status_code, refused.json()["errors"][0]["remedy"]) == (429, "Try again in a few seconds")
    elsewhere.give_back(held[0])
    assert [client.post(f"{API}/preview", json=wanted).status_code for _ in range(2)] == [200, 200]


def test_a_preview_refuses_with_every_issue(ask: Ask) -> None:
    wrong = {
        "template": TOTALS,
        "use": {"filters": [{"column": "store.colour", "op": "equals", "values": [1]}]},
        "file": {"delimiter": "ab"},
        "schedule": {"frequency": "daily", "from": "2024-01-01", "until": "2024-01-02", "time_zone": "Mars/Base"},
    }
    answer = ask("user").post(f"{API}/preview", json=wrong)
    assert answer.status_code == 422
    assert {"use.filters[0].column", "file.delimiter", "schedule.time_zone"} <= set(paths(answer))
    half = ask("user").post(f"{API}/preview", json={"template": {"kind": "custom"}})
    assert (half.status_code, paths(half)) == (422, ["template.kpis"])
    long = ask("user").post(
        f"{API}/preview",
        json={"template": TOTALS, "window": {"start": "1990-01-01T00:00:00Z", "end": "1997-01-01T00:00:00Z"}},
    )
    assert (long.status_code, paths(long)) == (422, ["window"])
    assert ask("viewer").post(f"{API}/preview", json={"template": TOTALS}).status_code == 403


def test_an_unreachable_warehouse_is_reported_without_internals(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = {"conn_type": "postgres", "host": "127.0.0.1", "port": 1, "login": "reader", "password": "s3cret!"}
    monkeypatch.setenv("AIRFLOW_CONN_EXPORT_JOBS_WAREHOUSE", json.dumps(nowhere))
    answer = ask("user").post(f"{API}/preview", json={"template": TOTALS, "window": JANUARY})
    assert answer.status_code == 503
    assert "s3cret" not in answer.text and "127.0.0.1" not in answer.text and "reader" not in answer.text


def test_a_warehouse_that_is_not_set_up_is_not_the_requests_fault(ask: Ask) -> None:
    preview = ask("user").post(f"{API}/preview", json={"template": TOTALS, "window": JANUARY})
    values = ask("user").get(f"{API}/catalogue/filter-values?column=store.region")
    for answer in (preview, values):
        assert answer.status_code == 503
        assert answer.json()["errors"][0]["remedy"] == "Create it under Admin > Connections, or correct its name"


@pytest.mark.usefixtures("connected")
def test_previews_are_five_at_once_and_a_place_is_given_back(ask: Ask, warehouse: dict[str, Any]) -> None:
    wanted = {"template": TOTALS, "window": JANUARY}
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'export-jobs preview%'"

    def preview(number: int = 0) -> int:  # one person may hold four places and no more
        answer = ask("user" if number % 2 else "op").post(f"{API}/preview", json=wanted)
        return int(answer.status_code)

    with ThreadPoolExecutor(5) as pool, psycopg.connect(**warehouse, autocommit=True) as watch:
        with psycopg.connect(**warehouse) as holder:
            holder.execute("LOCK TABLE sales.purchases IN ACCESS EXCLUSIVE MODE")
            five = [pool.submit(preview, number) for number in range(5)]
            until = time.monotonic() + 8
            while watch.execute(waiting).fetchone() != (5,) and time.monotonic() < until:
                time.sleep(0.05)
            assert watch.execute(waiting).fetchone() == (5,)
            assert preview() == 429
        assert [one.result() for one in five] == [200] * 5
    assert preview() == 200


@pytest.mark.usefixtures("connected")
def test_values_of_attributes_are_looked_up_and_no_others(ask: Ask) -> None:
    client = ask("user")

    def values(column: str, search: str = "", **more: Any) -> Any:
        query = {"column": column, "search": search, **more}
        return client.get(f"{API}/catalogue/filter-values", params=query).json()

    assert values("store.region") == {"values": ["100%_", "Benelux", "West"], "truncated": False}
    assert values("store.region", "WE") == {"values": ["West"], "truncated": False}
    assert values("store.region", "%_")["values"] == ["100%_"], "letters, not wildcards"
    assert values("store.region", "'; DROP TABLE sales.stores; --")["values"] == []
    assert values("store.region", limit=1) == {"values": ["100%_"], "truncated": True}
    assert values("store")["values"] == ["First", "Fourth", "Second", "Third"], "the label"
    assert values("store.city")["values"] == ["Bonn", "Gent", "Köln"], "NULL is no value"
    customers = ("customer", "customer.customer_id", "customer.joined_on")
    for column in ("customer_id", "purchases.customer_id", "store.nothing", "nothing.x", "month", *customers):
        assert values(column)["errors"][0]["path"] == "column"
    assert ask("viewer").get(f"{API}/catalogue/filter-values?column=store.region").status_code == 403
