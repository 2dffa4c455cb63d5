"""The compiler is right: on a small warehouse full of borders, and on the demo's, it agrees with hand-written SQL."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml

from export_jobs.core.compiler import compile_export
from export_jobs.core.window import Window, day_start
from tests.unit.core.samples import STATEMENTS, catalogue, job

CASES = [case for path in sorted(Path(__file__).parent.glob("*.yaml")) for case in yaml.safe_load(path.read_text())]
BERLIN = "Europe/Berlin"

pytestmark = pytest.mark.integration


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
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
    export = compile_export(using, "case", catalogue(), window, STATEMENTS)
    with psycopg.connect(**case_warehouse, cursor_factory=psycopg.ClientCursor) as session:
        found = session.execute(export.sql.encode(), export.parameters).fetchall()
        expected = session.execute(case["expected"].replace("%", "%%").encode(), {}).fetchall()
    assert found == expected
    assert found or case.get("may_be_empty"), "a case without rows proves nothing: choose another window"
