"""``docs/reference/definitions.md`` names every key of a definition, and its example is valid."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from export_jobs.core.base.issue import errors
from export_jobs.core.base.yaml_file import read_yaml
from export_jobs.core.catalogue.files import load_catalogue
from export_jobs.core.definitions.column_use import ColumnUse
from export_jobs.core.definitions.job import (
    DestinationSpec,
    FileEncryption,
    FileOptions,
    FileSplit,
    JobSpec,
    Schedule,
    Template,
    TemplateUse,
)
from export_jobs.core.definitions.key import KeySpec
from export_jobs.core.files.name_pattern import FIELDS
from export_jobs.core.validation.definition_file import StoredReferences, check_file
from export_jobs.store.definitions import EDITABLE

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "reference" / "definitions.md").read_text("utf-8")
SECTIONS = {
    "Destinations": DestinationSpec,
    "Keys": KeySpec,
    "Templates": Template,
    "Jobs": JobSpec,
    "Schedule": Schedule,
    "Templates of a job": TemplateUse,
    "Columns": ColumnUse,
    "File": FileOptions,
    "Encryption": FileEncryption,
    "Parts": FileSplit,
}


def section(heading: str) -> str:
    return re.split(r"\n#{2,3} ", re.split(rf"\n#{{2,3}} {heading}\n", PAGE)[1])[0]


def keys_of(text: str) -> set[str]:
    cells = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    return {key for cell in cells for key in re.findall(r"`(\w+)`", cell)}


@pytest.mark.parametrize(("heading", "model"), SECTIONS.items(), ids=SECTIONS)
def test_every_key_is_in_the_table_of_its_section(heading: str, model: type[BaseModel]) -> None:
    wanted = {field.alias or name for name, field in model.model_fields.items()} - {"anchor"}
    assert keys_of(section(heading)) == wanted


def test_every_field_of_a_name_is_in_its_table() -> None:
    cells = [line.split("|")[1] for line in section("Names of files").splitlines() if line.startswith("| `{")]
    assert {field for cell in cells for field in re.findall(r"`{(\w+)}`", cell)} == set(FIELDS)


def test_the_page_says_what_can_change() -> None:
    rows = [line.split("|") for line in section("Jobs").splitlines() if line.startswith("| `")]
    said = {row[1].strip(" `") for row in rows if row[2].strip() != "no"}
    assert said == {path.partition(".")[0] for path in EDITABLE}


def test_the_example_is_valid(tmp_path: Path) -> None:
    [example] = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "jobs.yaml").write_text(example)
    document = read_yaml(tmp_path / "jobs.yaml")
    file, issues = check_file(
        document.data, catalogue=load_catalogue(ROOT / "include" / "sql", {}), stored=StoredReferences()
    )
    assert errors(issues) == []
    assert file is not None and [job.name for job in file.jobs] == ["weekly-sales"]
