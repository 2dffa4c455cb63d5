"""Not only what somebody thought of: any text is refused, or it compares and stands in the file letter for letter."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.injection.notes import Notes
from tests.injection.payloads import ALL
from tests.injection.test_nothing_is_executed import CONDITIONS, in_csv

pytestmark = pytest.mark.integration
ODD = st.text(st.sampled_from("'\"\\%${}();-*/ ,=sa\u0301\u00e5\u0130\u200b\ufeff{\U0001f600"), max_size=8)
ANY = ODD | st.text(max_size=20) | st.sampled_from(sorted(ALL.values()))
STORABLE = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20) | ODD
CHECKS = settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])


@st.composite
def texts_and_one(draw: st.DrawFn) -> tuple[list[str], str]:
    """Stored texts, and one to look for: any text, or a part of one that is there."""
    texts = draw(st.lists(STORABLE, min_size=1, max_size=5))
    there = draw(st.sampled_from(texts))
    ends = sorted(draw(st.lists(st.integers(0, len(there)), min_size=2, max_size=2)))
    return texts, draw(ANY | st.just(there) | st.just(there[slice(*ends)]))


@CHECKS
@given(texts_and_one(), st.sampled_from(sorted(CONDITIONS)))
def test_a_filter_refuses_or_compares_as_python_does(notes: Notes, found: tuple[list[str], str], op: str) -> None:
    texts, value = found
    job = notes.job({"filters": [{"column": "note", "op": op, "values": [value]}]})
    if job is None:
        return
    notes.fill(texts)
    assert [text for _, text in notes.executed(job)] == [text for text in texts if CONDITIONS[op](text, value)]
    assert notes.is_intact()


@CHECKS
@given(texts_and_one(), st.lists(ANY, max_size=3), st.booleans())
def test_an_audience_refuses_or_compares_as_python_does(
    notes: Notes, found: tuple[list[str], str], others: list[str], is_custom: bool
) -> None:
    texts, value = found
    use = {"audience": [value, *others]}
    template = {"kind": "custom", "kpis": ["note_count"], "dimensions": []} if is_custom else None
    job = notes.job(use, template)
    if job is None:
        return
    notes.fill(texts)
    kept = [text for text in texts if text in use["audience"]]
    rows = notes.executed(job)
    assert rows == [(len(kept),)] if is_custom else [text for _, text in rows] == kept
    assert notes.is_intact()


@CHECKS
@given(ANY, st.sampled_from([",", ";", "\t", "'", "|"]))
@example("\ufeffid", ",")
def test_a_heading_is_refused_or_stands_in_the_file(notes: Notes, heading: str, delimiter: str) -> None:
    use: dict[str, Any] = {"columns": [{"column": "note_id", "as": heading}, "note"]}
    job = notes.job(use, file={"delimiter": delimiter})
    if job is None:
        return
    notes.fill(["x"])
    assert notes.delivered(job) == [[heading or "note_id", "note"], ["0", "x"]]
    if delimiter == ",":
        assert notes.content(job) == f"{in_csv(heading or 'note_id')},note\r\n0,x\r\n".encode()
    assert notes.is_intact()
