"""What is put around a statement before it is read: proven on a database's results in ``tests/integration``."""

from __future__ import annotations

from dataclasses import replace

import pytest

from export_jobs.core.sql.compiled import CompiledExport
from export_jobs.core.sql.compiler import compile_export
from export_jobs.errors import TerminalError
from export_jobs.streaming.source import mask_columns
from tests.unit.core.samples import NEW_YEAR, catalogue, job

NAMES = ["store.region", "customer"]


def export(dialect: str = "postgres") -> CompiledExport:
    return replace(compile_export(job(), "purchases", catalogue(), NEW_YEAR), dialect=dialect)


def test_a_masked_column_is_null_of_its_own_type_and_the_others_stay() -> None:
    found = export()
    masked = mask_columns(found, {"customer"}, NAMES)
    assert masked.sql.startswith(
        'SELECT "store.region", CASE WHEN 1 = 0 THEN "customer" END AS "customer" FROM (\n' + found.sql
    )
    assert (masked.parameters, masked.columns) == (found.parameters, found.columns)


def test_without_a_column_to_mask_the_statement_is_the_runs_own() -> None:
    found = export("oracle")
    assert mask_columns(found, set(), NAMES) is found


@pytest.mark.parametrize("dialect", ["tsql", "oracle"])
def test_where_no_ordered_query_stands_within_another_one_nothing_is_read(dialect: str) -> None:
    with pytest.raises(TerminalError, match=r"access to the connection|personal columns"):
        mask_columns(export(dialect), {"customer"}, NAMES)
