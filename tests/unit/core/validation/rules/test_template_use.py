"""Rules of columns, headings and order; tests/invalid has a broken definition and its sentence for each."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from export_jobs.core.base.issue import Issue, errors
from export_jobs.core.validation.definitions import validate_job
from export_jobs.core.validation.rules.template_use import MAX_COLUMNS, MAX_HEADING
from tests.unit.core.shop import job, shop


def issues(template: str = "rows", **use: Any) -> list[Issue]:
    return errors(validate_job(job(template, use={"subfolder": "", **use}), catalogue=shop()))


def paths(template: str = "rows", **use: Any) -> list[str]:
    return [issue.path.removeprefix("templates[0].") for issue in issues(template, **use)]


def renamed(*headings: str) -> list[dict[str, str]]:
    return [{"column": column, "as": text} for column, text in zip(("order_id", "amount"), headings, strict=False)]


def test_a_use_without_choices_is_valid() -> None:
    assert paths() == paths("totals", date_basis=None) == paths("stores", date_basis=None) == []


@pytest.mark.parametrize(
    "heading", ["Größe", "売上", "ملاحظة", "a,b", 'a"b', "{{ 7*7 }}", "%s", "😀", "x" * MAX_HEADING, "a  b"]
)
def test_a_heading_may_be_any_text_that_can_be_read(heading: str) -> None:
    assert paths(columns=renamed(heading)) == []


@pytest.mark.parametrize(
    "heading",
    [
        "a\nb",
        "a\0",
        "\tx",
        "\u202ex",
        "\ud800",
        " x",
        "x\u00a0",
        "\u200b",
        "\ufeffx",
        "a\u00adb",
        "\U000e0041",
        "x" * 201,
    ],
)
def test_a_heading_that_cannot_be_read_is_refused(heading: str) -> None:
    assert set(paths(columns=renamed(heading))) == {"columns[0].as"}


@pytest.mark.parametrize(
    ("one", "other"),
    [("a", "a"), ("a", "A"), ("Straße", "STRASSE"), ("amount", "AMOUNT"), ("", "Order_ID"),
     ("\u00f6", "o\u0308"), ("\u00d6", "o\u0308"), ("\u03ab\u0301", "\u03b0")],
)  # fmt: skip
def test_headings_that_look_or_sound_alike_are_one(one: str, other: str) -> None:
    assert paths(columns=renamed(one, other)) == ["columns[1]"]


@pytest.mark.parametrize(
    ("one", "other"), [("a", "b"), ("o", "\u00f6"), ("amount", "order_id"), ("a b", "ab"), ("", "")]
)
def test_headings_that_differ_are_two(one: str, other: str) -> None:
    assert paths(columns=renamed(one, other)) == []


# Not the i without a dot, whose capital is another letter's in most languages, nor the iota below other Greek letters.
LETTERS = st.characters(max_codepoint=0x5FF, exclude_characters="\u0131\u0345")


@given(st.text(LETTERS, min_size=1, max_size=5))
def test_a_valid_heading_has_no_twin_in_capitals_or_in_other_accents(heading: str) -> None:
    for twin in (heading.upper(), heading.lower(), *(unicodedata.normalize(form, heading) for form in ("NFC", "NFD"))):
        found = paths(columns=renamed(heading, twin))
        assert found, (heading, twin)


def test_the_heading_of_one_column_may_not_be_the_name_of_another() -> None:
    assert paths(columns=[{"column": "order_id", "as": "amount"}, "amount"]) == ["columns[1]"]
    assert paths(columns=[{"column": "order_id", "as": "amount"}, {"column": "amount", "as": "order_id"}]) == []


@pytest.mark.parametrize(
    ("template", "chosen", "where"),
    [
        ("rows", ["amount", "order_id"], []),
        ("rows", ["net"], ["columns[0]"]),
        ("rows", ["order_id", "order_id"], ["columns[1]"]),
        ("totals", ["revenue"], []),
        ("totals", ["revenue", "store"], []),
        ("totals", ["store"], ["columns"]),
        ("totals", ["store.name", "revenue"], ["columns[0]"]),
        ("stores", ["name"], []),
        ("stores", ["size"], ["columns[0]"]),
    ],
)
def test_a_job_chooses_from_the_columns_of_the_template(template: str, chosen: list[str], where: list[str]) -> None:
    basis = {} if template == "rows" else {"date_basis": None}
    assert paths(template, columns=chosen, **basis) == where


@pytest.mark.parametrize(
    ("template", "asked", "where"),
    [
        ("rows", ["-amount", "net", "store", "town.size"], []),
        ("rows", ["amount", "-amount"], ["order_by[1]"]),
        ("rows", ["--amount"], ["order_by[0]"]),
        ("rows", ["", "-"], ["order_by[0]", "order_by[1]"]),
        ("totals", ["-revenue", "store"], []),
        ("totals", ["store.name", "amount"], ["order_by[0]", "order_by[1]"]),
        ("stores", ["-name"], []),
        ("stores", ["store"], ["order_by[0]"]),
    ],
)
def test_rows_come_in_the_order_of_what_they_have(template: str, asked: list[str], where: list[str]) -> None:
    basis = {} if template == "rows" else {"date_basis": None}
    assert paths(template, order_by=asked, **basis) == where


def test_groups_come_in_the_order_of_what_is_left_of_them() -> None:
    assert paths("totals", columns=["revenue"], order_by=["store"], date_basis=None) == ["order_by[0]"]


@pytest.mark.parametrize("name", ["columns", "order_by"])
def test_a_list_without_an_end_is_one_issue_at_once(name: str) -> None:
    [issue] = issues("rows", **{name: ["amount"] * 50_000})
    assert (issue.path, issue.what) == (
        f"templates[0].{name}",
        f"there are 50000 entries; at most {MAX_COLUMNS} are allowed",
    )


def test_a_template_that_is_not_known_has_no_say() -> None:
    use = {"columns": ["x"], "order_by": ["y"], "filters": [{"column": "z", "op": "is_null"}], "date_basis": None}
    assert paths("lost", **use) == ["template.kpis[0]", "template.dimensions[0]"]
