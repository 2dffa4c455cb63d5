"""What is literal goes through a real database: it selects what it says, stands in the file as it is, runs nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from tests.injection.fields import FIELDS
from tests.injection.notes import Notes
from tests.injection.payloads import ALL, VISIBLE

pytestmark = pytest.mark.integration
STORABLE = [text for name, text in ALL.items() if name.partition(":")[0] not in {"NUL", "1 MB", "half letter"}]
FORMULAS = ["=1+1", "+1", "-1", "@x", "\tx", "\rx"]
ROWS: list[str | None] = [*STORABLE, *FORMULAS, "alive", "", "x", "window_start", "49", "nobody", None]
BY_NAME = {field.name: field for field in FIELDS}
ATTEMPTS = pytest.mark.parametrize("name", sorted(VISIBLE))


@pytest.fixture(scope="module", autouse=True)
def _rows(notes: Notes) -> None:
    notes.fill(ROWS)


def where(notes: Notes, use: dict[str, Any], **changes: Any) -> list[str | None]:
    """The notes that a job selects; the canary lives, and the delivered file holds the same rows."""
    job = notes.job(use, **changes)
    assert job is not None
    found = notes.executed(job)
    assert notes.is_intact()
    assert notes.delivered(job)[1:] == [[str(number), text or ""] for number, text in found]
    assert notes.is_intact()
    return [text for _, text in found]


CONDITIONS: dict[str, Callable[[str | None, str], bool]] = {
    "equals": lambda text, payload: text == payload,
    "not_equals": lambda text, payload: text != payload,
    "starts_with": lambda text, payload: text is not None and text.startswith(payload),
    "contains": lambda text, payload: text is not None and payload in text,
    "at_most": lambda text, payload: text is not None and text <= payload,
    "greater_than": lambda text, payload: text is not None and text > payload,
}


@ATTEMPTS
def test_a_filter_compares_it_letter_for_letter(notes: Notes, name: str) -> None:
    payload = ALL[name]
    for op, holds in CONDITIONS.items():
        found = where(notes, {"filters": [{"column": "note", "op": op, "values": [payload]}]})
        assert found == [text for text in ROWS if holds(text, payload)], op


@ATTEMPTS
def test_a_list_compares_it_letter_for_letter(notes: Notes, name: str) -> None:
    values = [ALL[name], "x", 'a,"b"}', "NULL"]
    for op, is_in in (("in", True), ("not_in", False)):
        found = where(notes, {"filters": [{"column": "note", "op": op, "values": values}]})
        assert found == [text for text in ROWS if (text in values) is is_in], op


@ATTEMPTS
def test_an_audience_and_an_attribute_of_a_dimension_compare_it_too(notes: Notes, name: str) -> None:
    payload = ALL[name]
    assert where(notes, {"audience": [payload]}) == [payload]
    assert where(notes, {"filters": [{"column": "author", "op": "equals", "values": [payload]}]}) == [payload]


@ATTEMPTS
def test_a_filter_of_a_custom_template_counts_what_it_says(notes: Notes, name: str) -> None:
    template = {"kind": "custom", "kpis": ["note_count"], "dimensions": ["author"]}
    use = {"filters": [{"column": "note", "op": "contains", "values": [ALL[name]]}], "audience": [ALL[name], "x"]}
    job = notes.job(use, template)
    assert job is not None
    assert notes.executed(job) == [(ALL[name], 1)]
    assert notes.is_intact()


@ATTEMPTS
def test_a_heading_stands_in_the_file_as_written(notes: Notes, name: str) -> None:
    payload = ALL[name]
    job = notes.job({"columns": [{"column": "note_id", "as": payload}, "note"], "audience": ["alive"]})
    assert job is not None
    number = ROWS.index("alive")
    assert notes.executed(job) == [(number, "alive")]
    assert notes.content(job) == f"{in_csv(payload)},note\r\n{number},alive\r\n".encode()
    assert notes.is_intact()


@pytest.mark.parametrize("name", sorted(BY_NAME["file: null_text"].literal))
def test_a_text_for_empty_cells_stands_in_the_file_as_written(notes: Notes, name: str) -> None:
    job = notes.job({"filters": [{"column": "note", "op": "is_null"}]}, file={"null_text": ALL[name]})
    assert job is not None
    assert notes.content(job) == f"note_id,note\r\n{ROWS.index(None)},{ALL[name]}\r\n".encode()
    assert notes.is_intact()


@pytest.mark.parametrize("name", sorted(BY_NAME["file: delimiter"].literal))
def test_a_delimiter_stands_in_the_file_as_written(notes: Notes, name: str) -> None:
    job = notes.job({"audience": ["alive"]}, file={"delimiter": ALL[name]})
    assert job is not None
    assert notes.content(job) == f"note_id{ALL[name]}note\r\n{ROWS.index('alive')}{ALL[name]}alive\r\n".encode()
    assert notes.is_intact()


def test_every_cell_comes_back_as_it_is_stored(notes: Notes) -> None:
    assert where(notes, {}) == ROWS


def test_a_formula_is_escaped_when_asked_for_and_nothing_else(notes: Notes) -> None:
    job = notes.job({"columns": ["note_id", {"column": "note", "as": "=1+1"}]}, file={"escape_formulas": True})
    assert job is not None
    cells = [text or "" for text in ["=1+1", *ROWS]]
    escaped = [f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text for text in cells]
    assert [row[1] for row in notes.delivered(job)] == escaped
    assert escaped != cells


@pytest.mark.parametrize("escape_formulas", [False, True])
def test_a_server_that_takes_a_backslash_for_an_escape_changes_nothing(notes: Notes, escape_formulas: bool) -> None:
    file = {"escape_formulas": escape_formulas}
    jobs = [
        notes.job({"filters": [{"column": "note", "op": op, "values": [ALL[name]]}]}, file=file)
        for name in sorted(VISIBLE)
        for op in ("equals", "in")
    ]
    before = [notes.executed(job) for job in jobs if job]
    with notes.writer.transaction():
        notes.writer.execute("SET LOCAL standard_conforming_strings = off; SET LOCAL escape_string_warning = off")
        assert [notes.executed(job) for job in jobs if job] == before
    assert notes.is_intact() and len(before) == len(jobs)


def test_a_value_that_is_spliced_in_kills_the_canary(notes: Notes) -> None:
    """The proof of the proofs: this role, session and cursor would run what got through."""
    payload = ALL["SQL: stacked"]
    job = notes.job({"filters": [{"column": "note", "op": "equals", "values": [payload]}]})
    assert job is not None
    export = notes.compiled(job)
    careless = export.sql.replace("%(filter_1_1)s", f"'{payload}'")
    with notes.writer.transaction(force_rollback=True):
        psycopg.ClientCursor(notes.writer).execute(careless.encode(), export.parameters)
        assert notes.writer.execute("SELECT to_regclass('canary')").fetchone() == (None,)
    assert notes.is_intact()


def in_csv(text: str) -> str:
    """RFC 4180: quotes where a comma, a quote or the end of a line is inside."""
    return f'"{text.replace(chr(34), chr(34) * 2)}"' if set(text) & set(',"\r\n') else text
