"""A preset is what it sets: each makes a valid job, and a key beside it comes first."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from export_jobs.core.catalogue.catalogue import Catalogue
from export_jobs.core.definitions.job import FileOptions
from export_jobs.core.definitions.presets import PRESETS, PresetKey
from export_jobs.core.validation.rule import RuleContext
from export_jobs.core.validation.rules.file import FILE_RULES
from export_jobs.core.validation.rules.text_file import TEXT_FILE_RULES
from tests.unit.core.samples import job


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_sets_valid_keys_and_is_not_kept(name: PresetKey) -> None:
    options = FileOptions.model_validate({"preset": name})
    assert options.preset is None
    assert {key: getattr(options, key) for key in PRESETS[name].sets} == PRESETS[name].sets
    context = RuleContext(Catalogue())
    for rules in (FILE_RULES, TEXT_FILE_RULES):
        found = [
            issue for issue in rules.issues(job(file={"preset": name}), context) if issue.path != "file.empty_result"
        ]
        assert found == []


@pytest.mark.parametrize("name", PRESETS)
def test_what_a_preset_sets_can_be_written_out_and_read_again(name: PresetKey) -> None:
    options = FileOptions.model_validate({"preset": name})
    assert FileOptions.model_validate(options.model_dump(mode="json", exclude_defaults=True)) == options


def test_a_key_beside_the_preset_comes_first() -> None:
    options = FileOptions.model_validate({"preset": "excel-german", "delimiter": ",", "decimal_mark": None})
    assert (options.delimiter, options.decimal_mark, options.date_format) == (",", None, "%d.%m.%Y")


@pytest.mark.parametrize(("encoding", "bom"), [("utf-8", True), ("windows-1252", False), ("utf-16", False)])
def test_the_byte_order_mark_of_a_preset_goes_with_its_encoding(encoding: str, bom: bool) -> None:
    assert FileOptions.model_validate({"preset": "excel-german", "encoding": encoding}).bom is bom


@pytest.mark.parametrize("value", ["lotus", ["excel-us"], {"a": 1}, 5])
def test_what_is_no_preset_is_refused(value: object) -> None:
    with pytest.raises(ValidationError):
        FileOptions.model_validate({"preset": value})


def test_a_preset_of_another_format_brings_what_that_format_has_by_itself() -> None:
    options = FileOptions.model_validate({"preset": "sap-fixed"})
    assert (options.format, options.header, options.line_breaks) == ("fixed", False, "blank")
