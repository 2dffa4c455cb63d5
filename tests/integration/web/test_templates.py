"""Templates over the API: searched, checked, created, and deleted while no job uses them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.store.samples import Store
from tests.integration.web.samples import JOBS, body

if TYPE_CHECKING:
    from tests.integration.web.conftest import Ask

pytestmark = pytest.mark.integration
API = "/export-jobs/api"
TOTALS = {"kind": "custom", "kpis": ["gross_sales", "purchases"], "dimensions": ["store.region"]}


def paths(answer: Any) -> list[str]:
    return [error["path"] for error in answer.json()["errors"]]


def test_templates_are_searched_and_read_in_full(ask: Ask, web_store: Store) -> None:
    client = ask("viewer")
    found = client.get(f"{API}/templates").json()
    assert [(one["name"], one["kind"], one["used_by"]) for one in found["templates"]] == [
        ("rows", "standard", 0),
        ("totals", "custom", 0),
    ]
    assert client.get(f"{API}/templates?kind=custom").json()["total"] == 1
    assert client.get(f"{API}/templates?search=TOTALS gross").json()["total"] == 1, "names and columns"
    assert client.get(f"{API}/templates?search=nothing").json()["total"] == 0
    ask().post(f"{API}/jobs", json=body())
    totals = client.get(f"{API}/templates/totals").json()
    assert totals["used_by"] == 1 and [job["name"] for job in totals["jobs"]] == ["weekly-sales"]
    assert [column["column"] for column in totals["file_columns"]] == ["store", "gross_sales"]
    filters = {one["column"]: one["has_values"] for one in totals["choices"]["filters"]}
    assert filters["store.region"] is True and filters["customer_id"] is False
    assert totals["choices"]["date_bases"] == ["event", "updated"]
    assert client.get(f"{API}/templates/none").status_code == 404


def test_each_column_says_which_operators_it_can_be_filtered_by(ask: Ask, web_store: Store) -> None:
    filters = ask("viewer").get(f"{API}/templates/rows").json()["choices"]["filters"]
    operators = {one["column"]: {each["op"]: each["values"] for each in one["operators"]} for one in filters}
    assert operators["is_refund"] == {
        "equals": "one", "not_equals": "one", "in": "many", "not_in": "many", "is_null": "none", "is_not_null": "none"
    }  # fmt: skip
    assert operators["store.region"]["starts_with"] == "one" and "starts_with" not in operators["cds"]
    assert operators["cds"]["between"] == "two"


def test_what_nobody_may_filter_by_can_be_listed_and_filtered_by_through_no_door(ask: Ask) -> None:
    """Outlier, fraud, merge status and till of the staff: allowed in the file, never in filters."""
    checks = {"kind": "standard", "fact": "purchase_checks"}
    checked = ask("user").post(f"{API}/templates/check", json={"name": "checks", **checks}).json()
    assert not checked["issues"]
    withheld = ["is_outlier", "is_suspected_fraud", "merge_status", "is_admin_till"]
    assert {*withheld} <= {one["column"] for one in checked["file_columns"]}
    assert checked["choices"]["protected"] == ["Outlier", "Suspected fraud", "Merge status", "Admin till"]
    assert not {*withheld} & {one["column"] for one in checked["choices"]["filters"]}
    assert ask("user").post(f"{API}/templates", json={"name": "checks", **checks}).status_code == 201
    for column in withheld:
        use = {"template": "checks", "filters": [{"column": column, "op": "is_not_null", "values": []}]}
        refused = ask("user").post(JOBS, json=body(templates=[use]))
        assert refused.status_code == 422 and "cannot be used in a filter" in refused.text, refused.text
    look_up = ask("user").get(f"{API}/catalogue/filter-values?column=purchase_checks.merge_status")
    assert look_up.status_code in {404, 422}, look_up.text


def test_what_the_page_offers_for_true_and_false_can_be_saved(ask: Ask) -> None:
    client = ask("user")
    columns = client.get(f"{API}/templates/rows").json()["choices"]["filters"]
    (offered,) = [one["operators"] for one in columns if one["column"] == "is_refund"]
    values = {"none": [], "one": ["true"], "many": ["true", "false"]}
    filters = [{"column": "is_refund", "op": one["op"], "values": values[one["values"]]} for one in offered]
    checked = client.post(f"{JOBS}/check", json=body(templates=[{"template": "rows", "filters": filters}])).json()
    assert [issue for issue in checked["issues"] if "filters" in issue["path"]] == []


def test_a_template_is_made_once_and_deleted_while_unused(ask: Ask, web_store: Store, audit: Any) -> None:
    made = {"name": "by-region", **TOTALS}
    assert ask("viewer").post(f"{API}/templates", json=made).status_code == 403
    result = ask("user").post(f"{API}/templates/check", json={**TOTALS, "name": "rows"}).json()
    assert [issue["path"] for issue in result["issues"]] == ["name"]
    assert result["file_columns"][0]["title"] == "Store: Region"
    assert ask("user").post(f"{API}/templates", json=made).status_code == 201
    again = ask("user").post(f"{API}/templates", json={**made, "name": "By-Region"})
    assert (again.status_code, paths(again)) == (409, ["name"])
    wrong = ask("user").post(f"{API}/templates", json={"name": "a b", "kind": "custom", "kpis": ["x"], "colour": 1})
    assert (wrong.status_code, set(paths(wrong))) == (422, {"name", "kpis[0]", "colour"})
    assert ask("viewer").delete(f"{API}/templates/by-region").status_code == 403
    assert ask("user").delete(f"{API}/templates/by-region").status_code == 204
    ask().post(f"{API}/jobs", json=body())
    used = ask("user").delete(f"{API}/templates/totals")
    what = "a job uses the template 'totals', so it cannot be deleted: weekly-sales"
    assert (used.status_code, used.json()["errors"][0]["what"]) == (409, what)
    assert {template.name for template in web_store.definitions.templates()} == {"rows", "totals"}
    done = [(event, extra["status"]) for event, _, _, extra in audit() if "template" in event]
    assert ("export_jobs.create_template", 201) in done and ("export_jobs.delete_template", 204) in done
    assert not any("check_template" in event for event, _ in done), "looking is not recorded"


def test_a_dry_run_looks_and_saves_nothing(ask: Ask, web_store: Store, audit: Any) -> None:
    made = {"name": "by-region", **TOTALS}
    looked = ask("user").post(f"{API}/templates?dry_run=true", json=made)
    assert (looked.status_code, looked.json()) == (200, ask("user").post(f"{API}/templates/check", json=made).json())
    wrong = ask("user").post(f"{API}/templates?dry_run=true", json={"name": "a b", "kind": "dimension"})
    assert wrong.status_code == 200 and "name" in {issue["path"] for issue in wrong.json()["issues"]}
    assert ask("viewer").post(f"{API}/templates?dry_run=true", json=made).status_code == 403
    assert {template.name for template in web_store.definitions.templates()} == {"rows", "totals"}
    assert {(event, extra["status"]) for event, _, _, extra in audit()} == {("export_jobs.create_template", 403)}


def test_values_of_customers_are_not_offered_for_look_up(ask: Ask) -> None:
    def offered(template: dict[str, Any]) -> dict[str, bool]:
        result = ask("user").post(f"{API}/templates/check", json={"name": "one", **template}).json()
        return {one["column"]: one["has_values"] for one in result["choices"]["filters"]}

    customers = offered({"kind": "dimension", "dimensions": ["customer"]})
    assert customers and not any(customers.values())
    stores = offered({"kind": "dimension", "dimensions": ["store"]})
    assert stores and all(stores.values())
    assert offered({"kind": "dimension"}) == {}, "not finished"
    rows = offered({"kind": "standard", "fact": "purchases"})
    assert rows["home_store.region"] is True, "where customers live is told of no single one"
    assert not any(has for column, has in rows.items() if column.partition(".")[0] == "customer")
