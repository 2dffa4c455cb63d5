"""``docs/reference/files.md`` says what the code does for every format and type."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import get_args

import pytest

from export_jobs.core.catalogue.catalogue import Catalogue, ColumnType
from export_jobs.core.definitions.cell_format import CSV_KEYS, TEXT_KEYS, FileFormat
from export_jobs.core.definitions.column_use import MAX_WIDTH, WIDTHS
from export_jobs.core.definitions.job import FileOptions
from export_jobs.core.definitions.presets import PRESETS
from export_jobs.core.files.column_numbers import ColumnNumbers
from export_jobs.core.files.names import FORMAT_SUFFIXES, SHEET_ROWS
from export_jobs.core.sql.compiled import Column
from export_jobs.core.validation.rule import RuleContext
from export_jobs.core.validation.rules.file import FILE_RULES
from export_jobs.streaming.formats import parquet, xlsx
from tests.unit.core.samples import job

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "files.md").read_text("utf-8")
COMPRESSIONS = get_args(FileOptions.model_fields["compression"].annotation)


CONTEXT = RuleContext(Catalogue())


def rows(heading: str) -> dict[str, list[str]]:
    """The first table behind ``heading``, by its first column."""
    table = PAGE.split(heading, 1)[1].split("\n\n|", 1)[1].split("\n\n", 1)[0]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]
    return {first.strip("`"): rest for first, *rest in cells}


def test_every_format_has_its_ending() -> None:
    found = rows("# Formats of files")
    assert set(found) == set(get_args(FileFormat))
    assert {name: cells[0].strip("`") for name, cells in found.items()} == FORMAT_SUFFIXES


@pytest.mark.parametrize("name", get_args(FileFormat))
def test_the_compressions_that_are_named_are_those_that_are_allowed(name: FileFormat) -> None:
    said = re.findall(r"`(\w+)`", rows("# Formats of files")[name][1])
    packed = ({"format": name, "compression": found, "empty_result": "skip"} for found in COMPRESSIONS)
    allowed = [file["compression"] for file in packed if not [*FILE_RULES.issues(job(file=file), CONTEXT)]]
    assert said == allowed
    assert FileOptions.model_validate({"format": name}).compression == said[0]


def test_the_keys_of_csv_are_named() -> None:
    [sentence] = re.findall(r"The keys ([^.]*?) say how CSV is written", PAGE)
    assert tuple(re.findall(r"`(\w+)`", sentence)) == CSV_KEYS
    [sentence] = re.findall(r"The keys ([^.]*?) say how text is written", PAGE)
    assert tuple(re.findall(r"`(\w+)`", sentence)) == TEXT_KEYS


def test_what_presets_set_is_said() -> None:
    said = rows("## Presets")
    assert set(said) == set(PRESETS)
    for name, (title, sets) in said.items():
        found = dict(re.findall(r"`(\w+): (.*?)`", sets))
        assert (title, {key: json.loads(value) for key, value in found.items()}) == PRESETS[name]  # type: ignore[index]


def test_the_numbers_of_the_manifest_are_said() -> None:
    said = {key for name in rows("## Numbers in the manifest") for key in re.findall(r"\w+", name)}
    assert said == set(ColumnNumbers.model_fields)


def test_widths_are_said() -> None:
    said = {name: int(cells[0].partition(",")[0]) for name, cells in rows("## Fixed width").items()}
    assert said == WIDTHS
    assert f"{MAX_WIDTH:,} characters at most" in PAGE


def test_types_of_parquet() -> None:
    found = {name: cells[1].strip("`") for name, cells in rows("## Types").items()}
    assert found.pop("number` with `decimals") == "decimal128(38, decimals)"
    assert found.pop("number` without") == str(parquet._arrow_type(Column("a", "number")))
    assert found.pop("NULL") == "null"
    kinds = set(get_args(ColumnType)) - {"number"}
    assert found == {kind: str(parquet._arrow_type(Column("a", kind))) for kind in kinds}


def test_numbers_of_parquet_and_excel() -> None:
    assert f"{parquet.GROUP_ROWS:,} rows or {parquet.GROUP_BYTES >> 20} MiB" in PAGE
    limits = (SHEET_ROWS, xlsx.SHEET_COLUMNS, xlsx.MAX_CELL_CHARACTERS)
    for limit in limits:
        assert f"{limit:,}" in PAGE
