"""Every broken example says what its header says it says; whatever the input, an answer and never an exception."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from export_jobs.core.base.issue import Issue, errors
from export_jobs.core.catalogue.catalogue import Catalogue
from export_jobs.core.definitions.job import ExportJob, JobSpec, Template
from export_jobs.core.validation.definition_file import StoredReferences, check_file
from export_jobs.core.validation.definitions import (
    check_raw_job,
    check_stored_job,
    parse_job,
    parse_stored_job,
    validate_job,
)
from tests.unit.core.invalid_examples import INVALID, REPOSITORY, catalogue, expected, findings, stored

EXAMPLES = sorted(path for path in INVALID.glob("*.yaml") if not path.name.startswith("_"))
JOB: dict[str, Any] = {
    "name": "daily-purchases",
    "owner": "data-team@example.com",
    "destination": "partner-sftp",
    "schedule": {"frequency": "daily", "from": "2024-01-01", "until": "2024-01-14"},
    "templates": [{"template": "purchases"}],
}
ROW: dict[str, Any] = {
    **JOB,
    "job_id": 7,
    "version": 1,
    "dag_id": "daily-purchases",
    "template_definitions": [{"name": "purchases", "kind": "standard", "fact": "purchases"}],
}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_broken_example_says_what_its_header_says(path: Path) -> None:
    assert expected(path), f"{path.name} has no '# expect: <path> | <sentence>' line; say what its author must see."
    assert findings(path) == expected(path)


def test_there_is_an_example_for_every_rule() -> None:
    assert len(EXAMPLES) > 80


def test_samples_of_the_demo_are_valid() -> None:
    raw = yaml.safe_load((REPOSITORY / "demo" / "jobs" / "samples.yaml").read_text("utf-8"))
    definitions, issues = check_file(raw, catalogue=catalogue(), stored=StoredReferences())
    assert definitions is not None and not errors(issues), issues


def test_text_that_looks_like_jinja_stays_text() -> None:
    text = "{{ macros.json.codecs.builtins.eval('40+2') }} {% for x in y %}"
    job, issues = check_raw_job({**JOB, "description": text}, catalogue=catalogue(), templates=stored().templates)
    assert job is not None and job.description == text and issues == []


def test_a_stored_job_brings_its_own_templates() -> None:
    job, issues = parse_stored_job(ROW)
    assert job is not None and issues == []
    assert validate_job(job, catalogue=catalogue()) == []


def test_a_vanished_kpi_shows_in_the_job_that_uses_it() -> None:
    template = {"name": "purchases", "kind": "custom", "kpis": ["net_sales", "gone"]}
    job, issues = check_stored_job({**ROW, "template_definitions": [template]}, catalogue=catalogue())
    assert job is None
    assert [issue.path for issue in issues] == ["templates[0].template.kpis[1]"]
    assert issues[0].what == "in template 'purchases' there is no KPI 'gone' in the catalogue"


def test_a_catalogue_file_that_cannot_be_read_is_named_as_the_cause() -> None:
    unread = Catalogue(issues=(Issue("facts/purchases.sql: title", "Field required", "Correct the header"),))
    _, issues = check_stored_job(ROW, catalogue=unread)
    assert "facts/purchases.sql: title: Field required" in str(issues[0])


def test_a_broken_row_still_hears_of_its_other_faults() -> None:
    row = {**ROW, "owner": "nobody", "schedule": {**JOB["schedule"], "time_zone": "Mars", "until": None}, "extra": 1}
    job, issues = check_stored_job(row, catalogue=catalogue())
    assert job is None
    assert sorted(issue.path for issue in issues) == ["extra", "owner", "schedule.time_zone", "schedule.until"]


def test_a_json_bomb_is_an_answer_like_any_other() -> None:
    bomb: Any = []
    for _ in range(5000):
        bomb = [bomb, {"a": bomb}]
    _, issues = parse_job({**JOB, "recipients": bomb, "file": bomb})
    assert "file" in [issue.path for issue in issues]


def test_warnings_do_not_refuse() -> None:
    raw = {**JOB, "recipients": ["a@example.com", "A@example.com"]}
    job, issues = check_raw_job(raw, catalogue=catalogue(), templates=stored().templates)
    assert job is not None and len(issues) == 1 and not errors(issues)


def test_a_value_under_a_wrong_key_is_never_repeated() -> None:
    _, issues = parse_job({**JOB, "password": "hunter2-secret"})
    assert issues and "hunter2" not in json.dumps([str(issue) for issue in issues])


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=80) | st.dates() | st.binary()
ANY = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4)
)


def _definition(known: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Mappings with the right keys and now and then the wrong values, and the other way round."""
    right = {key: st.just(value) | ANY for key, value in known.items()}
    return st.fixed_dictionaries({}, optional={**right, "other": ANY})


SCHEDULE = {"frequency": "once", "from": "2024-01-01", "until": "2024-01-14", "execute_on": 31, "deliver_at": "02:00"}
ROWS = _definition(ROW).flatmap(lambda row: _definition(SCHEDULE).map(lambda schedule: {**row, "schedule": schedule}))


@settings(max_examples=300)
@given(ROWS | ANY)
def test_no_row_however_malformed_raises(raw: object) -> None:
    job, issues = check_stored_job(raw, catalogue=catalogue())
    assert isinstance(job, ExportJob) or errors(issues)
    spec, issues = check_raw_job(raw, catalogue=catalogue(), templates=stored().templates, destinations=[])
    assert isinstance(spec, JobSpec) or errors(issues)


@settings(max_examples=200)
@given(st.fixed_dictionaries({}, optional=dict.fromkeys(("destinations", "templates", "jobs"), ANY)) | ANY)
def test_no_file_however_malformed_raises(raw: object) -> None:
    definitions, issues = check_file(raw, catalogue=catalogue(), stored=stored())
    assert definitions is not None or errors(issues)


@settings(max_examples=200)
@given(
    st.fixed_dictionaries(
        {"name": st.just("t"), "kind": st.sampled_from(["standard", "custom", "dimension"])},
        optional={
            "fact": st.sampled_from(["purchases", "points", "x"]),
            "columns": st.lists(st.sampled_from(["purchase_id", "store_id", "x"])),
            "kpis": st.lists(st.sampled_from(["net_sales", "points_earned", "buyers", "x"])),
            "dimensions": st.lists(st.sampled_from(["store", "customer", "x"])),
        },
    )
)
def test_every_valid_template_can_be_compiled(raw: dict[str, Any]) -> None:
    from export_jobs.core.sql.compiler import compile_export
    from export_jobs.core.windows.window import bounds

    job, _ = check_stored_job(
        {**ROW, "templates": [{"template": "t"}], "template_definitions": [raw]}, catalogue=catalogue()
    )
    if job is not None:
        assert isinstance(job.template("t"), Template)
        assert compile_export(job, "t", catalogue(), bounds(job.schedule)).columns
