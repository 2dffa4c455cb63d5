"""The plan of a file: what is new, changed, the same or refused, and which windows an edited schedule goes on with."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from itertools import pairwise
from typing import Any

import pytest

from export_jobs.core.definitions.job import (
    DefinitionFile,
    DestinationSpec,
    ExportJob,
    FileOptions,
    Frequency,
    JobSpec,
    Schedule,
    Template,
    TemplateUse,
)
from export_jobs.core.validation.changes import Action, Change, StoredDefinitions, plan_changes

DESTINATION = DestinationSpec(tag="partner", kind="sftp", connection="partner_sftp", folder="/exports")
TEMPLATE = Template(name="rows", kind="standard", fact="purchases")
SCHEDULE = Schedule(frequency="daily", valid_from=date(2024, 1, 1), valid_until=date(2024, 3, 31))
JOB = JobSpec(
    name="daily",
    owner="a@example.com",
    destination="partner",
    schedule=SCHEDULE,
    templates=[TemplateUse(template="rows")],
)
FILE = DefinitionFile(destinations=(DESTINATION,), templates=(TEMPLATE,), jobs=(JOB,))


def stored(job: JobSpec, **more: Any) -> StoredDefinitions:
    values = {name: getattr(job, name) for name in JobSpec.model_fields}
    row = ExportJob(**values, job_id=1, version=1, dag_id="daily", template_definitions=(TEMPLATE,))
    return StoredDefinitions({"daily": row}, {"rows": TEMPLATE}, {"partner": DESTINATION}, **more)


def only(found: Iterator[Change]) -> Change:
    [change] = found
    return change


def with_schedule(**new: Any) -> JobSpec:
    return JOB.model_copy(update={"schedule": SCHEDULE.model_copy(update=new)})


def test_everything_is_new_in_an_empty_store() -> None:
    assert [(c.action, c.noun, c.name) for c in plan_changes(FILE, StoredDefinitions())] == [
        (Action.CREATE, "destination", "partner"),
        (Action.CREATE, "template", "rows"),
        (Action.CREATE, "job", "daily"),
    ]


def test_what_is_stored_already_is_unchanged() -> None:
    assert {c.action for c in plan_changes(FILE, stored(JOB))} == {Action.UNCHANGED}


def test_the_stores_own_anchor_is_no_change() -> None:
    anchored = with_schedule(anchor=datetime(2024, 1, 5, tzinfo=UTC))
    assert {c.action for c in plan_changes(FILE, stored(anchored))} == {Action.UNCHANGED}


def test_an_update_names_its_fields() -> None:
    edited = JOB.model_copy(update={"recipients": ("b@example.com",), "file": FileOptions(delimiter=";")})
    change = only(plan_changes(DefinitionFile(jobs=(edited,)), stored(JOB)))
    assert change.action is Action.UPDATE
    assert [(f.path, f.before, f.after) for f in change.fields] == [
        ("recipients", [], ["b@example.com"]),
        ("file.delimiter", ",", ";"),
    ]
    assert not change.windows_after


def test_what_changes_of_a_template_is_named_by_it() -> None:
    narrowed = TemplateUse.model_validate(
        {"template": "rows", "filters": [{"column": "region", "op": "=", "values": "north"}], "audience": []}
    )
    edited = JOB.model_copy(update={"templates": (TemplateUse(template="totals", subfolder="a"), narrowed)})
    before = JOB.model_copy(update={"templates": (TemplateUse(template="rows", order_by=("day",)),)})
    change = only(plan_changes(DefinitionFile(jobs=(edited,)), stored(before)))
    assert [(f.path, f.before, f.after) for f in change.fields] == [
        ("templates", ["rows"], ["totals", "rows"]),
        ("templates[rows].order_by", ["day"], None),
        ("templates[totals].subfolder", None, "a"),
        ("templates[rows].filters", None, [{"column": "region", "op": "equals", "values": ["north"]}]),
    ]


def test_an_edited_template_is_refused() -> None:
    edited = DefinitionFile(templates=(TEMPLATE.model_copy(update={"fact": "points"}),))
    change = only(plan_changes(edited, stored(JOB)))
    assert change.action is Action.REFUSED and "give it a new name" in change.reason


@pytest.mark.parametrize(
    "new",
    [
        {"frequency": Frequency.WEEKLY, "execute_on": "sunday"},
        {"frequency": Frequency.MONTHLY, "execute_on": "31"},
        {"deliver_at": time(6)},
        {"time_zone": "Asia/Tokyo"},
    ],
)
def test_an_edited_schedule_goes_on_where_the_last_window_ended(new: dict[str, Any]) -> None:
    last_window_end = datetime(2024, 1, 10, tzinfo=UTC)
    file = DefinitionFile(jobs=(with_schedule(**new),))
    change = only(plan_changes(file, stored(JOB, last_window_end={"daily": last_window_end})))
    for windows in (change.windows_before, change.windows_after):
        assert windows[0].window.start == last_window_end
        assert all(one.window.end == two.window.start for one, two in pairwise(windows))


def test_a_row_that_cannot_be_read_is_not_overwritten() -> None:
    change = only(plan_changes(DefinitionFile(jobs=(JOB,)), StoredDefinitions(jobs={"daily": None})))
    assert change.action is Action.REFUSED and "cannot be read" in change.reason
