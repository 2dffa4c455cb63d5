"""``docs/reference/catalogue.md`` names every key of a header, every type, every limit and every operator."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from export_jobs.catalogue_check.session import QUESTION_TIMEOUT_S
from export_jobs.catalogue_check.tables import SAMPLE_ROWS
from export_jobs.core.catalogue.catalogue import DATE_PARTS, ColumnType, DateColumn, Dimension, Fact, Kpi, TableColumn
from export_jobs.core.definitions.filter import Operator
from export_jobs.core.definitions.job import TemplateUse
from export_jobs.core.validation.catalogue_rules.names import MAX_IDENTIFIER_BYTES, MAX_KEY, RESERVED_KEYS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "catalogue.md").read_text("utf-8")
BY_LOADER = {"key", "sql", "file", "line", "lines"}
SECTIONS = {"Facts": Fact, "KPIs": Kpi, "Dimensions": Dimension, "Columns": TableColumn, "Dates": DateColumn}


@pytest.mark.parametrize(("heading", "model"), SECTIONS.items(), ids=SECTIONS)
def test_every_key_is_explained_in_the_table_of_its_section(heading: str, model: type[BaseModel]) -> None:
    [section] = [part for part in PAGE.split("\n## ") + PAGE.split("\n### ") if part.startswith(f"{heading}\n")]
    cells = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    explained = {name.strip(" `") for cell in cells for name in cell.split(",")}
    kept = BY_LOADER if model is not TableColumn else set()
    assert set(model.model_fields) - kept <= explained
    assert explained <= {*model.model_fields, "column", "type", "time_zone"}, "the page explains what there is not"


def test_types_parts_operators_and_limits_are_named() -> None:
    for word in (*get_args(ColumnType), *DATE_PARTS, *Operator, *RESERVED_KEYS):
        assert f"`{word}`" in PAGE
    for limit in (
        f"{MAX_KEY} characters",
        f"{MAX_IDENTIFIER_BYTES} bytes",
        f"{SAMPLE_ROWS:,} rows",
        f"{QUESTION_TIMEOUT_S} seconds",
    ):
        assert limit in PAGE


def test_what_a_job_chooses_is_named() -> None:
    section = PAGE.partition("\n## What jobs choose")[2]
    for name in set(TemplateUse.model_fields) - {"template", "subfolder"}:
        assert f"| `{name}` |" in section
