"""The compiler is right: on a small warehouse full of borders, and on the demo's, it agrees with hand-written SQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml

from export_jobs.core.base.issue import errors
from export_jobs.core.sql.compiler import compile_export
from export_jobs.core.validation.definitions import validate_job
from export_jobs.core.windows.window import Window, day_start
from tests.unit.core.samples import catalogue, job

CASES = [case for path in sorted(Path(__file__).parent.glob("*.yaml")) for case in yaml.safe_load(path.read_text())]
PAIRS = [
    pytest.param(name, case, id=f"{name}: {case['name']}")
    for name in ("small", "demo")
    for case in CASES
    if case.get("only", name) == name
]
BERLIN = "Europe/Berlin"

pytestmark = pytest.mark.integration


@pytest.mark.parametrize(("case_warehouse", "case"), PAIRS, indirect=["case_warehouse"])
def test_an_export_gives_the_rows_of_a_query_written_by_hand(
    case: dict[str, Any], case_warehouse: dict[str, Any]
) -> None:
    first, last = case["window"]
    window = Window(day_start(first, BERLIN), day_start(last + timedelta(days=1), BERLIN))
    using = job(
        "case",
        template_definitions=[{"name": "case", **case["template"]}],
        templates=[{"template": "case", **case.get("use", {})}],
    )
    export = compile_export(using, "case", catalogue(), window)
    assert errors(validate_job(using, catalogue=catalogue())) == []
    with psycopg.connect(**case_warehouse, cursor_factory=psycopg.ClientCursor) as session:
        found = session.execute(export.sql.encode(), export.parameters).fetchall()
        expected = session.execute(case["expected"].replace("%", "%%").encode(), {}).fetchall()
    assert found == expected
    assert found or case.get("may_be_empty"), "a case without rows proves nothing: choose another window"


@pytest.mark.parametrize(
    ("rows", "is_held"),
    [
        ("(1, 'a'), (2, 'a')", True),
        ("(1, 'a'), (NULL, 'b'), (NULL, 'c')", True),
        ("(1, 'a'), (2, 'b'), (1, 'c')", False),
    ],
)
def test_an_id_that_is_there_twice_breaks_the_precondition(fresh_database: Any, rows: str, is_held: bool) -> None:
    found = catalogue()
    made = f"SELECT *, 'x' AS city, '' AS region, '' AS country FROM (VALUES {rows}) AS s (store_id, store_name)"
    store = found.dimensions["store"].model_copy(update={"sql": made})
    definition = {"name": "case", "kind": "custom", "kpis": ["cds_sold"], "dimensions": ["store"]}
    using = job("case", template_definitions=[definition])
    export = compile_export(
        using,
        "case",
        replace(found, dimensions={**found.dimensions, "store": store}),
        Window(day_start(date(1997, 1, 1), BERLIN), day_start(date(1997, 1, 2), BERLIN)),
    )
    [precondition] = export.preconditions
    with psycopg.connect(**fresh_database()) as session:
        assert (session.execute(precondition.sql.encode(), {}).fetchall() == []) is is_held
    assert "store_id more than once" in precondition.what
