"""Every broken example says what it says it says, and what is sound is left alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export_jobs.core.catalogue.catalogue import Catalogue, Fact, Kpi
from export_jobs.core.catalogue.files import load_catalogue
from export_jobs.core.validation.catalogue import validate_catalogue
from export_jobs.core.validation.catalogue_rules import sql
from export_jobs.core.validation.catalogue_rules.stray_files import stray_files
from tests.unit.core.invalid_catalogues import EXAMPLES, SOUND, expected, findings, issues_of
from tests.unit.core.samples import CATALOGUE
from tests.unit.core.shop import ORDERS, shop


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_broken_example_says_what_it_says_it_says(example: Path, tmp_path: Path) -> None:
    assert expected(example), (
        f"{example.name} has no '# expect: <path> | <sentence>' line; write down what its author sees."
    )
    assert findings(example, tmp_path) == expected(example)


def test_there_is_an_example_for_every_rule() -> None:
    assert len(EXAMPLES) > 75


@pytest.mark.parametrize("folder", [SOUND, CATALOGUE], ids=["sound", "demo"])
def test_a_sound_catalogue_has_no_issue(folder: Path) -> None:
    assert issues_of(folder) == []


def test_every_line_that_is_named_is_there(tmp_path: Path) -> None:
    for example in EXAMPLES:
        for place, _ in findings(example, tmp_path / example.stem):
            file, _, rest = place.partition(":")
            line = rest.partition(":")[0]
            lines = (tmp_path / example.stem / file).read_text("utf-8").count("\n") if line else 0
            assert not line or 1 <= int(line) <= lines, f"{example.name}: {place}"


WORDS = [
    *("SELECT", "FROM", "WHERE", "WITH", "DELETE", "CASE", "WHEN", "END", "OVER", "FILTER", "DISTINCT", "AS", "NOT"),
    *("amount", "store_id", '"q"', "'x'", "sum", "count", "int", "1", "MAP", "epoch", "INTERVAL", "ARRAY", "x.y"),
    *("(", ")", ",", ";", "*", "'", '"', "/", "::", "--", "/*", "*/", "\n", "\x00", "->", "->>", ".", "..", "%"),
]
ADDITIVE = [
    "sum(amount)",
    "count(*)",
    "count(amount)",
    "sum(amount) - sum(tax)",
    "-sum(amount) * 2",
    "coalesce(sum(amount), 0) / 100",
    "sum(amount)::numeric + 0",
    "sum(amount)::double precision",
    "count(*)::integer",
    "(1.5 * 2) * sum(amount)",
    "sum(round(amount, 0))",
    "sum(our_own_function(amount))",
    "sum(amount) FILTER (WHERE store_id IS NOT NULL)",
    "sum(CASE WHEN amount > 0 THEN amount / 2 END)",
    "sum(amount / nullif(tax, 0))",
    "count(*) FILTER (WHERE amount > 0) + count(*)",
    "our_own_aggregate(amount)",
]
NOT_ADDITIVE = [
    "sum(amount) / nullif(count(*), 0)",
    "100.0 * sum(tax) / sum(amount)",
    "1 / sum(amount)",
    "sum(amount) * sum(tax)",
    "avg(amount)",
    "min(amount)",
    "max(ordered_at)",
    "count(DISTINCT store_id)",
    "sum(DISTINCT amount)",
    "percentile_cont(0.5) WITHIN GROUP (ORDER BY amount)",
    "stddev(amount)",
    "bool_or(amount > 0)",
    "string_agg(store_id::text, ',')",
    "greatest(sum(amount), 0)",
    "sqrt(sum(amount))",
    "CASE WHEN count(*) > 10 THEN sum(amount) END",
    "sum(amount) + 5",
    "100 - sum(amount)",
    "2 * (sum(amount) + 1)",
    "coalesce(sum(amount), 1)",
    "coalesce(sum(amount), sum(tax))",
    "nullif(sum(amount), 10)",
    "nullif(sum(amount), 0)",
    "round(sum(amount), 0)",
    "round(sum(amount)::numeric, 2)",
    "sum(amount)::integer",
    "sum(amount)::numeric(12, 2)",
    "sum(amount)::real::integer",
    "cast(sum(amount) AS text)",
    "sum(amount) % 10",
    "abs(sum(amount))",
    "sum(amount) ^ 2",
    "sum(amount) * random()",
    "floor(sum(amount))",
    "our_own_function(sum(amount))",
    "sum(amount) + count(DISTINCT store_id)",
    "our_own_aggregate(amount) + 5",
    "sum(amount) > 5",
]


@pytest.mark.parametrize("sql", ADDITIVE)
def test_sums_and_counts_may_be_called_additive(sql: str) -> None:
    assert texts_of_kpi(sql, additive=True) == []


@pytest.mark.parametrize("sql", NOT_ADDITIVE)
def test_everything_else_must_not_be_called_additive(sql: str) -> None:
    assert ["additive: the KPI is declared additive" in text for text in texts_of_kpi(sql, additive=True)] == [True]
    assert texts_of_kpi(sql, additive=False) == []


@pytest.mark.parametrize(
    ("dialect", "sql", "is_sound"),
    [
        ("postgres", "sum(AMOUNT)", True),
        ("postgres", 'sum("AMOUNT")', False),
        ("postgres", 'sum("Tax Paid")', True),
        ("postgres", "sum(tax_paid)", False),
        ("duckdb", 'sum("AMOUNT")', True),
        ("sqlite", 'sum("tax PAID")', True),
        ("snowflake", "sum(amount)", False),
        ("snowflake", 'sum("amount")', True),
    ],
)
def test_capitals_of_columns_follow_the_dialect(dialect: str, sql: str, *, is_sound: bool) -> None:
    fact: dict[str, object] = {"dialect": dialect, "columns": {**ORDERS["columns"], "Tax Paid": "number"}}
    assert (texts_of_kpi(sql, additive=True, fact=fact) == []) is is_sound


def test_a_column_that_an_asterisk_may_yield_is_left_to_the_database() -> None:
    sql = "SELECT o.*, 1 AS more FROM shop.orders AS o"
    sound = load_catalogue(SOUND)
    orders = sound.facts["orders"].model_copy(update={"sql": sql})
    assert validate_catalogue(replace(sound, facts={"orders": orders})) == []


def test_a_title_that_looks_like_code_is_just_text() -> None:
    sound = load_catalogue(SOUND)
    revenue = sound.kpis["revenue"].model_copy(update={"title": "{{ 7*7 }} '; DROP TABLE x --"})
    assert validate_catalogue(replace(sound, kpis={"revenue": revenue})) == []


def test_sql_nested_beyond_reason_is_an_issue_and_no_crash() -> None:
    deep = "(" * 5000 + "sum(amount)" + ")" * 5000
    assert len(texts_of_kpi(deep, additive=True)) == 1


@pytest.mark.parametrize("dialect", ["postgres", "duckdb", "sqlite", "hive"])
@given(words=st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join))
@settings(max_examples=30)
def test_any_text_as_sql_gives_an_issue_and_never_a_crash(dialect: str, words: str) -> None:
    for issue in validate_catalogue(shop(fact={"sql": words, "dialect": dialect}, kpi={"sql": words})):
        assert issue.what and issue.remedy and "\n" not in str(issue)


def test_what_sqlglot_stumbles_over_is_an_issue() -> None:
    assert isinstance(sql.parse_expression("MAP ( epoch WHEN -- FILTER", "hive"), sql.SqlFault)


def test_notes_may_lie_beside_the_files(tmp_path: Path) -> None:
    for name in ("README.md", ".gitkeep", "facts/notes.txt", "variables.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x: y")
    assert list(stray_files(tmp_path)) == []
    assert load_catalogue(tmp_path) == Catalogue()


def texts_of_kpi(sql: str, *, additive: bool, fact: dict[str, object] | None = None) -> list[str]:
    """The issues of one KPI of the shop."""
    columns = {**ORDERS["columns"], "tax": "number"}
    orders = Fact.model_validate({**ORDERS, "columns": columns, "file": "facts/orders.sql", **(fact or {})})
    kpi = Kpi(key="k", title="K", fact="orders", sql=sql, additive=additive, decimals=2, file="kpis/k.sql")
    issues = validate_catalogue(Catalogue({"orders": orders}, {"k": kpi}))
    return [str(issue) for issue in issues if issue.path.startswith("kpis/")]
