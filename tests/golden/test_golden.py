"""Whole statements as reviewed text. ``EXPORT_JOBS_RENEW_GOLDEN=1 pytest tests/golden`` writes them anew.

They show a reviewer what a change of the compiler or the catalogue does to real SQL. That the SQL is *right* is not
shown here but in tests/cases, against queries written by hand.
"""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from export_jobs.core.catalogue.catalogue import Catalogue
from export_jobs.core.sql.compiler import compile_export
from tests.unit.core.samples import NEW_YEAR, catalogue, job

HERE = Path(__file__).parent
GOLDEN = sorted(HERE.glob("*.sql"))
RENEW = "EXPORT_JOBS_RENEW_GOLDEN"


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_statement_is_what_was_reviewed(path: Path) -> None:
    header, _, reviewed = path.read_text(encoding="utf-8").partition("*/\n")
    statement = _compile(yaml.safe_load(header.removeprefix("/*")))
    if os.environ.get(RENEW):
        path.write_text(f"{header}*/\n{statement}", encoding="utf-8")
        return
    assert statement == reviewed, (
        f"look at the difference; if it is meant, run {RENEW}=1 pytest tests/golden and commit"
    )


def test_there_are_a_few_and_only_a_few() -> None:
    assert 1 <= len(GOLDEN) <= 25, "golden files are read by people: replace one rather than adding a 26th"


def _compile(header: dict[str, Any]) -> str:
    template = {"name": "golden", **header["template"]}
    using = job(
        "golden",
        template_definitions=[template],
        templates=[{"template": "golden", **header.get("use", {})}],
        file=header.get("file", {}),
    )
    zone = header.get("time_zone", "Europe/Berlin")
    using = using.model_copy(update={"schedule": using.schedule.model_copy(update={"time_zone": zone})})
    export = compile_export(using, "golden", _catalogue(header.get("dialect", "postgres")), NEW_YEAR)
    columns = ", ".join(f"{column.name} {column.type}" for column in export.columns)
    bound = "".join(f"-- {name} = {_shown(value)}\n" for name, value in export.parameters.items())
    must_hold = "".join(f"-- nothing may come of:\n{_commented(one.sql)}" for one in export.preconditions)
    return f"-- columns: {columns}\n{bound}{must_hold}{export.sql.rstrip()}\n"


def _catalogue(dialect: str) -> Catalogue:
    found = catalogue()
    facts = {key: fact.model_copy(update={"dialect": dialect}) for key, fact in found.facts.items()}
    dimensions = {key: entry.model_copy(update={"dialect": dialect}) for key, entry in found.dimensions.items()}
    return replace(found, facts=facts, dimensions=dimensions)


def _shown(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime | date) else repr(value)


def _commented(sql: str) -> str:
    return "".join(f"--     {line}\n" for line in sql.splitlines())
