from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from export_jobs.core.version import definition_hash
from tests.unit.core.samples import catalogue, job

PLAIN = definition_hash(job(), catalogue())


@pytest.mark.parametrize(
    "changes",
    [
        {"recipients": ("new@example.com",)},
        {"owner": "other@example.com"},
        {"description": "said otherwise"},
        {"enabled": False},
        {"destination": "elsewhere"},
        {"version": 4},
        {"schedule": {"frequency": "weekly", "from": "1997-01-01", "until": "1997-06-30", "execute_on": "sunday",
                      "time_zone": "Europe/Berlin"}},
        {"file": {"max_bytes": 1000}},
    ],
)  # fmt: skip
def test_what_changes_no_file_changes_no_hash(changes: dict[str, Any]) -> None:
    assert definition_hash(job(**changes), catalogue()) == PLAIN


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "retail-2"},
        {"file": {"delimiter": ";"}},
        {"file": {"empty_result": "skip"}},
        {"templates": [{"template": "purchases", "subfolder": "daily"}]},
        {"templates": [{"template": "purchases", "date_basis": "updated"}]},
        {"schedule": {"frequency": "daily", "from": "1997-01-01", "until": "1997-01-14", "time_zone": "UTC"}},
    ],
)
def test_what_changes_a_file_changes_the_hash(changes: dict[str, Any]) -> None:
    assert definition_hash(job(**changes), catalogue()) != PLAIN


def test_an_edited_catalogue_file_changes_the_hash_of_jobs_that_use_it_and_of_no_other() -> None:
    before = catalogue()
    kpis = dict(before.kpis)
    kpis["net_sales"] = kpis["net_sales"].model_copy(update={"sql": "sum(amount_usd)"})
    after = replace(before, kpis=kpis)
    assert definition_hash(job("sales-by-store"), after) != definition_hash(job("sales-by-store"), before)
    assert definition_hash(job("totals"), after) == definition_hash(job("totals"), before)


def test_titles_and_descriptions_of_the_catalogue_do_not_count() -> None:
    before = catalogue()
    facts = {key: fact.model_copy(update={"title": "T", "description": "D"}) for key, fact in before.facts.items()}
    assert definition_hash(job(), replace(before, facts=facts)) == PLAIN


def test_the_order_of_a_facts_columns_counts() -> None:
    before = catalogue()
    fact = before.facts["purchases"]
    turned = fact.model_copy(update={"columns": dict(reversed(fact.columns.items()))})
    after = replace(before, facts={**before.facts, "purchases": turned})
    assert definition_hash(job("purchases"), after) != definition_hash(job("purchases"), before)


def test_a_catalogue_without_what_the_job_names_still_has_a_hash() -> None:
    assert definition_hash(job(), replace(catalogue(), kpis={}, facts={}, dimensions={})) != PLAIN
