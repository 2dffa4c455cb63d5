"""Every text field x every attempt: refused at the field's path, or kept letter for letter. Nothing in between."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from export_jobs.core.base.issue import Issue, errors
from export_jobs.core.base.yaml_file import MAX_BYTES, parse_yaml
from export_jobs.core.catalogue.catalogue import Catalogue
from export_jobs.core.catalogue.files import load_catalogue
from export_jobs.core.validation.definition_file import StoredReferences, check_file
from export_jobs.errors import UserError
from tests.injection.fields import FIELDS, SOUND, Field, Raw
from tests.injection.notes import CATALOGUE
from tests.injection.payloads import ALL
from tests.injection.table import as_table

ROOT = Path(__file__).parents[2]


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    return load_catalogue(CATALOGUE)


def checked(raw: Raw) -> tuple[Raw | None, list[Issue]]:
    """What is kept of a file of definitions, as ``dump`` would write it, and what is wrong with it."""
    definitions, issues = check_file(raw, catalogue=catalogue(), stored=StoredReferences())
    return (definitions.model_dump(mode="json", by_alias=True) if definitions else None), errors(issues)


def through_yaml(raw: Raw) -> tuple[Raw | None, list[Issue]]:
    """JSON is YAML; a half letter has no UTF-8 and comes as the bytes that a careless writer makes of it."""
    text = json.dumps(raw, ensure_ascii=False).encode("utf-8", "surrogatepass")
    try:
        return checked(parse_yaml(text, "attempt.yaml").data)
    except UserError as error:
        return None, [Issue("file", str(error), "")]


def test_the_definition_under_attack_is_sound() -> None:
    kept, issues = checked(SOUND)
    assert kept is not None and issues == []
    assert through_yaml(SOUND) == (kept, [])


def test_expectations_name_payloads_that_exist() -> None:
    assert {name for field in FIELDS for name in field.literal} <= set(ALL)
    assert len({field.name for field in FIELDS}) == len(FIELDS) >= 40 and len(ALL) >= 40


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_an_attempt_is_refused_or_literal(field: Field) -> None:
    wrong = {name: said for name in ALL if (said := fault(field, name, ALL[name]))}
    assert wrong == {}


def fault(field: Field, name: str, payload: str) -> str | None:
    """How an attempt did not go as expected; None when it did."""
    raw = field.definition(payload)
    kept, issues = checked(raw)
    if name not in field.literal:
        return _refusal_fault(field, kept, issues)
    if issues:
        return f"refused: {[str(issue) for issue in issues]}"
    return None if payload in texts_of(kept) or f"{payload}@example.com" in texts_of(kept) else "changed on the way"


def _refusal_fault(field: Field, kept: Raw | None, issues: list[Issue]) -> str | None:
    if kept is not None or not issues:
        return "accepted"
    if not any(issue.path.startswith(field.path) for issue in issues):
        return f"blamed on {[issue.path for issue in issues]}"
    sentences = [f"{issue.path} {issue.what} {issue.remedy}" for issue in issues]
    if any(len(sentence) > 1000 for sentence in sentences):
        return f"a sentence of {max(map(len, sentences))} characters"
    odd = next((char for sentence in sentences for char in sentence if not char.isprintable()), None)
    return f"a sentence that shows {odd!a} as it is" if odd else None


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_a_yaml_file_is_judged_as_any_other_door(field: Field) -> None:
    for name, payload in ALL.items():
        raw = field.definition(payload)
        kept, issues = through_yaml(raw)
        if [issue.path for issue in issues] == ["file"]:
            assert len(payload) >= MAX_BYTES or "\ud800" in payload or not payload.isprintable(), (name, issues)
        else:
            assert (kept, issues) == checked(raw), name


def texts_of(value: Any) -> set[str]:
    """Every text in it."""
    if isinstance(value, str):
        return {value}
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return {text for part in parts for text in texts_of(part)}


def test_the_page_on_security_shows_what_is_refused_and_what_is_literal() -> None:
    """What stands there is what was tried here; ``pytest tests/injection -s`` prints it anew."""
    table = as_table(FIELDS)
    print(f"\n{table}\n\n{len(FIELDS) * len(ALL)} attempts")  # noqa: T201  it is what -s is for
    assert table in (ROOT / "docs" / "explanation" / "security.md").read_text("utf-8")
