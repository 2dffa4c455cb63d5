"""A key of the catalogue is the name of a file, which somebody chose: refused by the check, and harmless without it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from export_jobs.core.catalogue.catalogue import Catalogue
from export_jobs.core.catalogue.files import load_catalogue
from export_jobs.core.validation.catalogue import validate_catalogue
from tests.injection.notes import CATALOGUE, Notes
from tests.injection.payloads import ALL

pytestmark = pytest.mark.integration
NO_FILE_NAME = {"NUL", "1 MB", "half letter"}
KEYS = {name: text.replace("/", "|") for name, text in ALL.items() if name.partition(":")[0] not in NO_FILE_NAME}


@pytest.fixture(params=KEYS)
def key(request: pytest.FixtureRequest) -> str:
    return KEYS[request.param]


@pytest.fixture
def named(key: str) -> Catalogue:
    """The catalogue with this key for its fact and its dimension, and one that ends with it for its KPI."""
    found = load_catalogue(CATALOGUE)
    count = f"count {key}"
    fact = found.facts["notes"].model_copy(update={"key": key, "file": f"facts/{key}.sql"})
    kpi = found.kpis["note_count"].model_copy(update={"key": count, "file": f"kpis/{count}.sql", "fact": key})
    author = found.dimensions["author"].model_copy(
        update={"key": key, "file": f"dimensions/{key}.sql", "facts": {key: "author"}}
    )
    return Catalogue({key: fact}, {count: kpi}, {key: author})


def test_a_file_name_is_refused(named: Catalogue) -> None:
    paths = [issue.path for issue in validate_catalogue(named)]
    assert {path.partition("/")[0] for path in paths} >= {"facts", "kpis", "dimensions"}


def test_a_file_name_runs_nothing_where_nobody_checked(named: Catalogue, key: str, notes: Notes) -> None:
    notes.fill(["x", "y"])
    unchecked = replace(notes, catalogue=named)
    fact = {"kind": "standard", "fact": key, "columns": ["note_id", "note"]}
    by_author = {"filters": [{"column": f"{key}.author", "op": "equals", "values": ["x"]}]} if "." not in key else {}
    rows = unchecked.job({**by_author, "audience": ["x"]}, fact)
    assert rows is not None
    assert unchecked.executed(rows) == [(0, "x")]
    groups = {"kind": "custom", "kpis": [f"count {key}"], "dimensions": [key] if "." not in key else []}
    job = unchecked.job({"columns": [{"column": one, "as": "n"} for one in groups["kpis"]]}, groups)
    assert job is not None
    assert unchecked.executed(job) == [(2,)]
    job = unchecked.job({}, groups)
    if job is not None:  # a key that no heading can be
        assert unchecked.executed(job) == ([("x", 1), ("y", 1)] if groups["dimensions"] else [(2,)])
    assert notes.is_intact()
