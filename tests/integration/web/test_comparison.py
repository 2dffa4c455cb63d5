"""The comparison of two deliveries: what it shows to whom, and what the audit log records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from export_jobs.core.files.column_numbers import ColumnNumbers
from tests.integration.store.samples import Store, delivery
from tests.integration.web.samples import JOBS, body, instant, past

if TYPE_CHECKING:
    from tests.integration.web.conftest import Ask

pytestmark = pytest.mark.integration

CHOSEN = ["customer_id", "amount_usd", "purchase_date"]


def numbers(total: str, nulls: int = 0) -> tuple[ColumnNumbers, ...]:
    """As if the customer had not been marked as personal when the file was written."""
    return (
        ColumnNumbers(name="customer_id", type="integer", nulls=0, min="4711", max="4712", sum="9423"),
        ColumnNumbers(name="amount_usd", type="number", decimals=2, nulls=nulls, min="1.00", max="2.00", sum=total),
        ColumnNumbers(name="purchase_date", type="date", nulls=0, min="1997-01-01", max="1997-01-31"),
    )


def deliver(store: Store, job: Any, days_ago: int, stage: str, **changes: Any) -> None:
    execution = store.run(
        job, window_start=instant(days_ago), window_end=instant(days_ago - 1), run_id=f"manual__{days_ago}"
    )
    record = delivery(execution, stage=stage, **{"columns": tuple(CHOSEN), "template": "rows", **changes})
    store.ledger.claim(execution.id, record.template, "upload", stage)
    with store.ledger.fence_delivery(record, "upload", stage):
        pass


@pytest.fixture
def job(web_store: Store) -> Any:
    from export_jobs.core.definitions.job import JobSpec

    wanted = body("daily", schedule=past(9, 0))
    wanted["templates"][0]["columns"] = CHOSEN
    return web_store.definitions.create(JobSpec.model_validate(wanted), "anna")


@pytest.fixture
def ids(web_store: Store, job: Any) -> list[int]:
    """The first delivery of a window, the one that replaced it, the previous window's, and one of another template."""
    deliver(web_store, job, 6, "s0", path="a", rows=90, column_numbers=numbers("80.00"))
    deliver(web_store, job, 5, "s1", path="b", rows=100, column_numbers=numbers("100.00"))
    deliver(web_store, job, 5, "s2", path="b", rows=110, sha256="bb", column_numbers=numbers("150.25", nulls=4))
    deliver(web_store, job, 4, "s3", path="c", template="totals", columns=("store",))
    rows = web_store.hand("SELECT id FROM export_jobs.delivery ORDER BY id")
    return [row[0] for row in rows]


def compared(ask: Ask, job: Any, before: int, after: int, *who: str, without: str = "") -> Any:
    query = {"before": before, "after": after}
    return ask(*who, without=without).get(f"{JOBS}/{job.dag_id}/comparison", params=query)


def test_the_deliveries_of_a_template_are_listed(ask: Ask, job: Any, ids: list[int]) -> None:
    path = f"{JOBS}/{job.dag_id}/deliveries"
    found = ask("viewer").get(path, params={"template": "rows"}).json()["deliveries"]
    assert [one["id"] for one in found] == [ids[2], ids[1], ids[0]]
    assert [(one["revision"], one["rows"]) for one in found] == [(2, 110), (1, 100), (1, 90)]
    assert "sha256" not in found[0] and found[0]["days"] and found[0]["parts"] == 1
    assert ask("viewer").get(path, params={"template": "none"}).json() == {"deliveries": []}
    assert ask("viewer").get(path).status_code == 422
    assert ask(None).get(path, params={"template": "rows"}).status_code == 401


def test_a_revision_beside_the_one_that_it_replaced(ask: Ask, job: Any, ids: list[int]) -> None:
    result = compared(ask, job, ids[1], ids[2]).json()
    assert result["rows"] == {"before": "100", "after": "110", "difference": "+10", "percent": 10.0}
    assert result["bytes"]["difference"] is None and not result["is_same_file"] and result["numbers"] == "kept"
    customer, amount, day = result["columns"]
    assert amount["figures"]["sum"] == {"before": "100.00", "after": "150.25", "difference": "+50.25", "percent": 50.2}
    assert amount["figures"]["nulls"]["percent"] is None and amount["figures"]["nulls"]["difference"] == "+4"
    assert day["figures"]["max"]["before"] == "1997-01-31" and "sum" not in day["figures"]
    assert customer["figures"]["max"]["before"] == "4712", "an administrator may use the warehouse's connection"
    assert compared(ask, job, ids[1], ids[1]).json()["is_same_file"] is True


def test_personal_data_is_masked_as_in_a_preview(ask: Ask, job: Any, ids: list[int]) -> None:
    for role in ("viewer", "user"):
        result = compared(ask, job, ids[1], ids[2], role)
        assert result.status_code == 200 and "4711" not in result.text and "9423" not in result.text, role
        customer = result.json()["columns"][0]
        assert customer["masked"] and list(customer["figures"]) == ["nulls"]


def test_a_column_that_only_the_older_file_has_is_masked(ask: Ask, web_store: Store, job: Any, ids: list[int]) -> None:
    gone = ColumnNumbers(name="phone", type="integer", nulls=0, min="555111", max="555222", sum="1110333")
    older = {"columns": (*CHOSEN, "phone"), "column_numbers": (*numbers("1.00"), gone)}
    deliver(web_store, job, 3, "s4", path="d", **older)
    ((newest,),) = web_store.hand("SELECT max(id) FROM export_jobs.delivery")
    assert "555111" not in compared(ask, job, newest, ids[2], "user").text
    assert "555111" in compared(ask, job, newest, ids[2]).text


def test_who_may_not_read_what_runs_have_made_sees_rows_and_columns_alone(
    ask: Ask, job: Any, ids: list[int], audit: Any
) -> None:
    result = compared(ask, job, ids[1], ids[2], without=f"data of {job.dag_id}")
    assert result.json()["numbers"] == "not yours" and result.json()["rows"]["difference"] == "+10"
    assert [column["figures"] for column in result.json()["columns"]] == [{}, {}, {}]
    assert [column["types"] for column in result.json()["columns"]][1] == ["number", "number"]
    assert audit() == [], "no number was told"
    assert compared(ask, job, ids[1], ids[2], without=job.dag_id).status_code == 403


def test_of_deliveries_without_numbers_the_rest_is_compared(
    ask: Ask, web_store: Store, job: Any, ids: list[int], audit: Any
) -> None:
    deliver(web_store, job, 3, "s4", path="d", column_numbers=[c.model_copy(update={"nulls": None, "min": None,
        "max": None, "sum": None}) for c in numbers("1")])  # fmt: skip
    ((newest,),) = web_store.hand("SELECT max(id) FROM export_jobs.delivery")
    result = compared(ask, job, ids[1], newest).json()
    assert result["numbers"] == "not kept" and len(result["columns"]) == 3 and result["rows"]["before"] == "100"
    assert all(not column["figures"] for column in result["columns"]) and audit() == []


def test_a_look_at_numbers_is_audited(ask: Ask, job: Any, ids: list[int], audit: Any) -> None:
    compared(ask, job, ids[0], ids[2], "user")
    ((event, user, dag_id, extra),) = audit()
    assert (event, user, dag_id) == ("export_jobs.comparison_of", "user", job.dag_id)
    assert (
        extra["deliveries"] == [ids[0], ids[2]] and extra["masked"] == ["customer_id"] and extra["template"] == "rows"
    )


def test_deliveries_of_others_and_of_two_templates_are_refused(
    ask: Ask, web_store: Store, job: Any, ids: list[int]
) -> None:
    from export_jobs.core.definitions.job import JobSpec

    other = web_store.definitions.create(JobSpec.model_validate(body("other")), "anna")
    assert compared(ask, other, ids[1], ids[2]).status_code == 404
    assert compared(ask, job, ids[1], 10**9).status_code == 404
    refused = compared(ask, job, ids[2], ids[3])
    assert refused.status_code == 422 and "two templates, rows and totals" in refused.text
    for wrong in ("0", "x", str(2**63)):
        assert compared(ask, job, wrong, ids[2]).status_code == 422, wrong  # type: ignore[arg-type]
