"""Rules of filters and audiences that need a catalogue of their own, or many values; tests/invalid has the others."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from export_jobs.core.base.issue import Issue, errors
from export_jobs.core.catalogue.catalogue import Catalogue, Fact, Kpi
from export_jobs.core.definitions.filter import Operator
from export_jobs.core.definitions.job import JobSpec, Template
from export_jobs.core.sql.compiler import compile_export
from export_jobs.core.validation.definitions import check_raw_job, check_stored_job
from export_jobs.core.validation.rules.filter import MAX_FILTERS, MAX_VALUES
from tests.unit.core.samples import NEW_YEAR
from tests.unit.core.shop import job

COLUMNS = {
    "id": "integer", "name": "text", "amount": "number", "is_open": "boolean", "day": "date",
    "seen_at": "timestamp", "done_at": "timestamptz", "fraud": {"type": "text", "filterable": False},
}  # fmt: skip
BOTH = {"name": "t", "kind": "custom", "kpis": ["a_count", "b_count"]}
ONE = {"name": "t", "kind": "standard", "fact": "a"}


def catalogue(**of_b: Any) -> Catalogue:
    """Two facts of every type of column; ``of_b`` is what the second one says otherwise."""
    at = {"column": "done_at"}
    plain: dict[str, Any] = {
        "title": "X", "connection": "w", "event_date": at, "sql": "SELECT * FROM x", "customer": "id"
    }  # fmt: skip
    columns = {**COLUMNS, **of_b.pop("columns", {})}
    facts = {
        "a": Fact.model_validate({**plain, "key": "a", "columns": COLUMNS}),
        "b": Fact.model_validate({**plain, "key": "b", "columns": columns, **of_b}),
    }
    kpis = {f"{key}_count": Kpi(key=f"{key}_count", title="X", fact=key, sql="count(*)") for key in facts}
    return Catalogue(facts, kpis)


def issues(use: dict[str, Any], template: dict[str, Any], found: Catalogue | None = None) -> list[Issue]:
    using = job("rows").model_dump(mode="json", by_alias=True)
    raw = {**using, "templates": [{"template": "t", **use}], "template_definitions": [template]}
    kept, found_issues = check_stored_job(raw, catalogue=found or catalogue())
    if kept is not None:
        assert compile_export(kept, "t", found or catalogue(), NEW_YEAR).sql
    return errors(found_issues)


def one(column: str, op: str = "equals", *values: object) -> dict[str, Any]:
    return {"filters": [{"column": column, "op": op, "values": list(values)}]}


def only_text(found: list[Issue]) -> str:
    assert len(found) == 1, found
    return str(found[0])


def test_a_column_of_its_owners_is_not_filtered_by() -> None:
    text = only_text(issues(one("fraud", "equals", "yes"), ONE))
    assert text.startswith("templates[0].filters[0].column: 'fraud' cannot be used in a filter")
    assert "fraud" not in text.partition("Choose")[2]


def test_nor_through_another_fact_of_the_same_file() -> None:
    found = catalogue(columns={"name": {"type": "text", "filterable": False}})
    for kpis in (["a_count", "b_count"], ["b_count", "a_count"]):
        assert "'name' cannot be used in a filter" in only_text(
            issues(one("name", "is_null"), {**BOTH, "kpis": kpis}, found)
        )
    assert issues(one("name", "is_null"), ONE, found) == []


@pytest.mark.parametrize("column", ["id", "name", "amount", "is_open", "day", "seen_at", "done_at"])
def test_an_operator_is_refused_exactly_where_it_does_not_fit(column: str) -> None:
    def is_refused(op: Operator) -> bool:
        return any(issue.path.endswith(".op") for issue in issues(one(column, op), ONE))

    assert {op for op in Operator if is_refused(op)} == {op for op in Operator if not op.fits(str(COLUMNS[column]))}


def test_a_column_of_two_types_cannot_be_compared_with_one_value() -> None:
    found = catalogue(columns={"id": "text"})
    text = only_text(issues(one("id", "equals", "7"), BOTH, found))
    assert "'id' has different types in the facts (a: integer, b: text)" in text
    text = only_text(issues({"audience": [7]}, BOTH, found))
    assert "the customer columns of the facts have different types (a: integer, b: text)" in text


def test_an_audience_needs_customers_in_every_fact() -> None:
    text = only_text(issues({"audience": [7]}, BOTH, catalogue(customer=None)))
    assert text.startswith("templates[0].audience: 'b' has no customer")
    assert issues({"audience": [7]}, BOTH) == issues({"audience": [7]}, ONE, catalogue(customer=None)) == []


VALUES = {"id": 7, "name": "x", "amount": 1.5, "is_open": True, "day": "1997-01-31", "seen_at": "1997-01-31 18:30",
          "done_at": "1997-01-31T18:30Z"}  # fmt: skip


@pytest.mark.parametrize("column", VALUES)
@pytest.mark.parametrize("op", Operator)
def test_an_operator_fits_the_type_and_what_fits_can_be_compiled(column: str, op: Operator) -> None:
    count = {Operator.IS_NULL: 0, Operator.IS_NOT_NULL: 0, Operator.BETWEEN: 2}.get(op, 1)
    is_for_text = op in {Operator.STARTS_WITH, Operator.CONTAINS}
    has_order = op in {Operator.LESS_THAN, Operator.AT_MOST, Operator.GREATER_THAN, Operator.AT_LEAST, Operator.BETWEEN}
    fits = (column == "name" or not is_for_text) and not (column == "is_open" and has_order)
    found = issues(one(column, op, *[VALUES[column]] * count), BOTH)
    assert [issue.path for issue in found] == ([] if fits else ["templates[0].filters[0].op"])


@pytest.mark.parametrize(
    ("column", "value"),
    [("id", "1.5"), ("amount", "1,5"), ("is_open", "yes"), ("day", "1997-02-30"), ("seen_at", "18:30"),
     ("seen_at", "1997-01-31T18:30Z"), ("done_at", "1997-01-31 25:00"), ("name", "a\nb"), ("name", "x" * 1001)],
)  # fmt: skip
def test_a_value_is_of_the_type_of_the_column(column: str, value: str) -> None:
    for found in (issues(one(column, "equals", value), ONE), issues(one(column, "in", VALUES[column], value), ONE)):
        [issue] = found
        assert issue.path.startswith("templates[0].filters[0].values[")
        assert issue.what.startswith(("the value is ", "the value has ", "the value contains "))


@pytest.mark.parametrize(
    ("column", "low", "high"),
    [("id", -5, 5), ("amount", 9, 10.5), ("name", "B", "a"), ("day", "1997-01-31", "1997-02-01"),
     ("done_at", "1997-01-31T01:00+02:00", "1997-01-31T00:00+00:00")],
)  # fmt: skip
def test_bounds_go_from_low_to_high(column: str, low: object, high: object) -> None:
    assert issues(one(column, "between", low, high), ONE) == issues(one(column, "between", low, low), ONE) == []
    assert only_text(issues(one(column, "between", high, low), ONE)).endswith("Swap the two.")


def test_lists_end() -> None:
    assert issues(one("id", "in", *range(MAX_VALUES)), ONE) == []
    assert f"there are {MAX_VALUES + 1} values" in only_text(issues(one("id", "in", *range(MAX_VALUES + 1)), ONE))
    assert f"there are {MAX_VALUES + 1} values" in only_text(issues({"audience": [*range(MAX_VALUES + 1)]}, ONE))
    many = [{"column": "id", "op": "is_null"}] * (MAX_FILTERS + 1)
    assert issues({"filters": many[1:]}, ONE) == []
    assert f"there are {MAX_FILTERS + 1} filters" in only_text(issues({"filters": many}, ONE))


def test_many_wrong_values_are_six_issues() -> None:
    found = issues(one("id", "in", *["x"] * MAX_VALUES), ONE)
    assert [issue.path for issue in found[:2]] == [f"templates[0].filters[0].values[{n}]" for n in (0, 1)]
    assert len(found) == 6
    assert found[-1].what == f"{MAX_VALUES - 5} more values of the list are not valid for the type integer"


ANY = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.datetimes(timezones=st.just(UTC))
)


@given(
    st.lists(
        st.fixed_dictionaries(
            {"column": st.sampled_from([*COLUMNS, "month", "x"]), "op": st.sampled_from(Operator)},
            optional={"values": ANY | st.lists(ANY, max_size=3)},
        ),
        max_size=3,
    ),
    st.lists(ANY, max_size=2),
    st.sampled_from([ONE, BOTH]),
)
def test_every_valid_use_can_be_compiled(filters: list[Any], audience: list[Any], template: dict[str, Any]) -> None:
    issues({"filters": filters, "audience": audience}, template)


def test_a_filter_by_a_name_that_is_a_kpi_and_a_column_is_refused_in_a_new_job_and_goes_on_in_an_old_one() -> None:
    """The catalogue's check refuses such a pair; what was delivered by it until then must not change its meaning."""
    found = catalogue()
    amount = Kpi(key="amount", title="X", fact="a", sql="sum(amount)")
    found = Catalogue(found.facts, {**found.kpis, "amount": amount})
    template = {"name": "t", "kind": "custom", "kpis": ["a_count", "amount"]}
    using = one("amount", "greater_than", 100)
    assert issues(using, template, found) == []
    raw = job("rows").model_dump(mode="json", by_alias=True, include=set(JobSpec.model_fields))
    raw["templates"] = [{"template": "t", **using}]
    _, new = check_raw_job(
        raw, catalogue=found, templates={"t": Template.model_validate(template)}, now=datetime(1990, 1, 1, tzinfo=UTC)
    )
    assert only_text(errors(new)).startswith(
        "templates[0].filters[0].column: 'amount' is a KPI of this file and a column of its fact, so the filter could"
    )
