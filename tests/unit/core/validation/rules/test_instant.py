"""Files that cannot be of one instant are saved with a warning that names what they are read from."""

from __future__ import annotations

from typing import Any

import pytest

from export_jobs.core.base.issue import Level
from export_jobs.core.catalogue.catalogue import Catalogue, Fact
from export_jobs.core.definitions.job import Template
from export_jobs.core.validation.definitions import validate_job
from tests.unit.core.shop import ORDERS, job, shop


def warnings(one: dict[str, Any], other: dict[str, Any], *names: str) -> list[str]:
    facts = {
        key: Fact.model_validate({**ORDERS, "key": key, **changes}) for key, changes in (("one", one), ("other", other))
    }
    templates = [Template(name=key, kind="standard", fact=key) for key in facts]
    using = job("rows").model_copy(
        update={
            "templates": tuple(job("rows").templates[0].model_copy(update={"template": name}) for name in names),
            "template_definitions": tuple(templates),
        }
    )
    found = validate_job(using, catalogue=Catalogue(facts, shop().kpis, shop().dimensions))
    assert all(issue.level is Level.WARNING for issue in found if issue.path == "templates")
    return [issue.what for issue in found if issue.path == "templates"]


@pytest.mark.parametrize("dialect", ["postgres", "duckdb", "sqlite", "redshift"])
def test_two_files_of_one_database_that_keeps_an_instant_are_fine(dialect: str) -> None:
    same = {"connection": "shop", "dialect": dialect}
    assert warnings(same, same, "one", "other") == []


def test_two_databases_have_two_instants() -> None:
    assert warnings({"connection": "shop"}, {"connection": "till"}, "one", "other") == [
        "the files come from 'shop' and 'till', which are read one after the other, not at the same instant"
    ]
    assert warnings({"connection": "shop"}, {"connection": "till"}, "one") == []


@pytest.mark.parametrize("dialect", ["snowflake", "mysql", "bigquery"])
def test_a_database_that_may_not_keep_an_instant_is_named(dialect: str) -> None:
    same = {"connection": "shop", "dialect": dialect}
    assert warnings(same, same, "one", "other") == [
        f"'shop' ({dialect}) may not show everything that one transaction reads at the same instant"
    ]
    assert warnings(same, same, "other") == [], "of one file there is nothing that could differ"
