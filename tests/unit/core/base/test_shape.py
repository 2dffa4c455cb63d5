"""Broken parts of what a job chooses: each has a sentence of its own, and hides none of the others."""

from __future__ import annotations

from typing import Any

import pytest

from export_jobs.core.base.shape import ParseResult, parse_shape
from export_jobs.core.definitions.column_use import ColumnUse
from export_jobs.core.definitions.filter import Operator
from export_jobs.core.definitions.job import JobSpec, Template, TemplateUse

FILTER = {"column": "region", "op": "in", "values": ["north"]}
CHOICES = [
    (
        {"filters": [{**FILTER, "op": "like"}]},
        "filters[0].op: 'like' is not one of equals, not_equals, in, not_in, between, less_than, at_most, "
        "greater_than, at_least, starts_with, contains, is_null or is_not_null. Choose one of them.",
    ),
    ({"filters": [{**FILTER, "op": 5}]}, "filters[0].op: 5 (a number) is not one of equals, not_equals"),
    ({"filters": [{"column": "region"}]}, "filters[0].op: the key 'op' is missing. Add it."),
    ({"filters": [{"op": "is_null"}]}, "filters[0].column: the key 'column' is missing. Add it."),
    ({"filters": [{**FILTER, "column": 5}]}, "filters[0].column: 5 (a number) is not text"),
    ({"filters": [{**FILTER, "values": None}]}, "filters[0].values: an empty value is not a list"),
    ({"filters": [{**FILTER, "values": {"a": 1}}]}, "filters[0].values: a mapping is not a list"),
    (
        {"filters": [{**FILTER, "values": ["a", None]}]},
        "filters[0].values[1]: an empty value never matches. Remove it; the operator is_null finds empty cells.",
    ),
    ({"filters": [{**FILTER, "values": [["a"]]}]}, "filters[0].values[0]: a list is not text"),
    (
        {"filters": ["region = north"]},
        "filters[0]: 'region = north' is not a filter. Write it as column:, op: and values: lines.",
    ),
    ({"filters": FILTER}, "filters: a mapping is not a list"),
    (
        {"filters": [{**FILTER, "north or": None}]},
        "filters[0].north or: there is no key 'north or'. "
        "A comma within braces starts a new key; put the text in quotes.",
    ),
    (
        {"filters": [{**FILTER, "value": "north"}]},
        "filters[0].value: there is no key 'value'. Perhaps you mean 'values'.",
    ),
    (
        {"columns": ["amount", 5]},
        "columns[1]: 5 (a number) is not the name of a column. "
        "Write its name; to give it a heading, write column: and as: lines.",
    ),
    ({"columns": "amount"}, "columns: 'amount' is not a list"),
    ({"columns": [{"as": "Amount"}]}, "columns[0].column: the key 'column' is missing. Add it."),
    ({"columns": [{"column": "amount", "as": 5}]}, "columns[0].as: 5 (a number) is not text"),
    (
        {"columns": [{"column": "amount", "title": "Amount"}]},
        "columns[0].title: there is no key 'title'. Choose one of align, as, column, date_format, decimal_mark, "
        "false_text, thousands_mark, timestamp_format, timestamptz_format, true_text, width.",
    ),
    ({"audience": None}, "audience: an empty value is not a list"),
    ({"audience": [17, {"id": 18}]}, "audience[1]: a mapping is not text"),
    ({"order_by": "amount"}, "order_by: 'amount' is not a list"),
    ({"order_by": [{"amount": "desc"}]}, "order_by[0]: a mapping is not text"),
]


def reading(**use: Any) -> ParseResult[JobSpec]:
    raw = {
        "name": "daily",
        "destination": "partner",
        "schedule": {"frequency": "hourly", "from": "2024-01-01", "until": "2024-03-31"},
        "templates": [{"template": "rows", **use}],
    }
    return parse_shape(JobSpec, raw)


@pytest.mark.parametrize(("use", "sentence"), CHOICES)
def test_a_broken_choice_says_so_and_hides_nothing(use: dict[str, Any], sentence: str) -> None:
    found = reading(**use)
    assert found.value is not None
    said = [str(issue) for issue in found.issues]
    own = [text for text in said if text.startswith("templates")]
    assert len(own) == 1 and own[0].startswith(f"templates[0].{sentence}"), said
    assert [issue.path for issue in found.issues if issue.path not in own[0]] == ["owner", "schedule.frequency"]


def test_several_faults_of_one_filter_come_at_once() -> None:
    found = reading(filters=[FILTER, {"op": "like", "values": [None], "colum": "region"}, 7])
    assert {issue.path.removeprefix("templates[0].") for issue in found.issues} == {
        "filters[1].op",
        "filters[1].values[0]",
        "filters[1].colum",
        "filters[1].column",
        "filters[2]",
        "owner",
        "schedule.frequency",
    }
    assert found.value is not None and found.value.templates[0].filters[0].values == ("north",)


@pytest.mark.parametrize(("values", "stand_in"), [(["a", "b"], Operator.IN), ([], Operator.IS_NULL)])
def test_the_placeholder_of_an_operator_takes_the_given_values(values: list[str], stand_in: Operator) -> None:
    found = reading(filters=[{"column": "region", "op": "like", "values": values}])
    assert found.value is not None and found.value.templates[0].filters[0].op is stand_in


def test_columns_of_a_template_are_names_and_those_of_a_job_may_have_headings() -> None:
    columns = ["amount", {"column": "region", "as": "Region"}]
    template = parse_shape(Template, {"name": "rows", "kind": "standard", "fact": "purchases", "columns": columns})
    assert [str(issue) for issue in template.issues] == [
        "columns[1]: a mapping is not text. Write text; put it in quotes if YAML reads it as something else."
    ]
    use = parse_shape(TemplateUse, {"template": "rows", "columns": columns})
    assert use.value is not None and not use.issues
    assert use.value.columns == (ColumnUse(column="amount"), ColumnUse(column="region", heading="Region"))


@pytest.mark.parametrize("half", ["\ud800", "x\udfff"])
def test_half_a_character_in_a_text_or_a_key_hides_no_other_issue(half: str) -> None:
    found = parse_shape(Template, {"name": half, "kind": "no such kind", half: 1, "columns": [half, 5]})
    paths = {issue.path for issue in found.issues}
    assert {"name", "kind", "columns[0]", "columns[1]"} <= paths
    assert len(paths) == 5
    assert all(path.isascii() for path in paths)
