"""What is called additive adds up: expressions are made up, computed for groups and for all rows, and compared."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Sequence

import duckdb
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sqlglot import exp

from export_jobs.core.catalogue.catalogue import TableColumn
from export_jobs.core.validation.catalogue_rules.additive import Additivity
from export_jobs.core.validation.catalogue_rules.sql import SqlFault, parse_expression

COLUMNS = {"a": TableColumn(type="integer"), "b": TableColumn(type="integer"), "n": TableColumn(type="number")}
Row = tuple[int, int, int, float]

rows = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.integers(-20, 20),
        st.integers(-20, 20),
        st.integers(-80, 80).map(lambda quarters: quarters / 4),
    ),
    min_size=1,
    max_size=12,
)
aggregate = st.sampled_from(
    [
        *("sum(a)", "sum(b)", "sum(n)", "count(*)", "sum(a * n)", "sum(CASE WHEN a > b THEN n ELSE 0 END)"),
        *("sum(DISTINCT a)", "count(DISTINCT b)", "min(a)", "max(n)", "avg(n)"),
    ]
)
constant = st.sampled_from(["0", "1", "2", "5", "0.5", "1.0", "100"])


def compound(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    either = inner | constant
    return st.one_of(
        st.builds("({} {} {})".format, either, st.sampled_from("+-*/"), either),
        st.builds("coalesce({}, {})".format, inner, either),
        st.builds("nullif({}, {})".format, inner, constant),
        st.builds("round({}, {})".format, inner, st.sampled_from("01")),
        st.builds("cast({} AS {})".format, inner, st.sampled_from(["integer", "numeric", "numeric(4, 1)", "double"])),
        st.builds("{}({})".format, st.sampled_from(["-", "abs", "floor"]), inner),
        st.builds("CASE WHEN {} > 3 THEN {} END".format, inner, inner),
    )


expressions = st.recursive(aggregate, compound, max_leaves=5)


def computed(dialect: str, sql: str, table: Sequence[Row]) -> tuple[float | None, list[float | None]]:
    """The KPI over all rows, and over each group of them."""
    database = sqlite3.connect(":memory:") if dialect == "sqlite" else duckdb.connect()
    database.execute("CREATE TABLE t (g integer, a integer, b integer, n double precision)")
    database.executemany("INSERT INTO t VALUES (?, ?, ?, ?)", table)
    [(whole,)] = database.execute(f"SELECT {sql} FROM t").fetchall()
    groups = [cell for (cell,) in database.execute(f"SELECT {sql} FROM t GROUP BY g").fetchall()]
    database.close()
    return whole, groups


@pytest.mark.parametrize("dialect", ["sqlite", "duckdb"])
@settings(max_examples=80)
@given(sql=expressions, table=rows)
def test_what_is_called_additive_adds_up(dialect: str, sql: str, table: list[Row]) -> None:
    tree = parse_expression(sql, dialect)
    assert not isinstance(tree, SqlFault)
    assume(tree.find(exp.AggFunc))  # what aggregates nothing is no KPI, as another rule says
    if Additivity(COLUMNS, dialect).objection(tree) is None:
        whole, groups = computed(dialect, sql, table)
        if whole is not None and math.isfinite(whole):  # else a division by 0
            total = sum(float(cell) for cell in groups if cell is not None)
            assert math.isclose(float(whole), total, rel_tol=1e-9, abs_tol=1e-6)


@pytest.mark.parametrize("sql", ["sum(a) + 5", "round(sum(n), 0)", "cast(sum(n) AS integer)", "sum(a) / 2"])
def test_the_comparison_finds_what_does_not_add_up(sql: str) -> None:
    whole, groups = computed("sqlite", sql, [(0, 3, 1, 0.75), (1, 3, 1, 0.75), (2, 4, 1, 0.75)])
    assert whole != sum(cell or 0 for cell in groups)
    tree = parse_expression(sql, "sqlite")
    assert not isinstance(tree, SqlFault)
    assert Additivity(COLUMNS, "sqlite").objection(tree)


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("sum(a) + 5", "it counts '5' once for each group"),
        ("100 - sum(a)", "it counts '100' once for each group"),
        ("coalesce(sum(a), 1)", "it counts '1' once for each group"),
        ("sum(a) / 2", "'SUM(a) / 2' drops a fraction in each group"),
        ("sum(n)::integer", "'CAST(SUM(n) AS INT)' rounds each group"),
        ("round(sum(n), 0)", "'ROUND(SUM(n), 0)' of several groups is not the sum of the groups' values"),
    ],
)
def test_the_operand_is_named(sql: str, words: str) -> None:
    tree = parse_expression(sql, "postgres")
    assert not isinstance(tree, SqlFault)
    assert Additivity(COLUMNS, "postgres").objection(tree) == words
