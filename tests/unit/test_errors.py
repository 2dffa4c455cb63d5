"""An error is two fields and one text of both; nobody has to take a text apart again."""

from __future__ import annotations

import copy
import pickle

import pytest

from export_jobs.core.base.issue import Issue
from export_jobs.errors import ExportError, SupersededError, TerminalError, TransientError, UserError

KINDS = (ExportError, UserError, TransientError, TerminalError, SupersededError)


@pytest.mark.parametrize("kind", KINDS)
def test_the_text_is_what_happened_and_then_what_to_do(kind: type[ExportError]) -> None:
    error = kind("The login is refused", "Correct the password", line=3)
    assert (error.what, error.remedy, error.line) == ("The login is refused", "Correct the password", 3)
    assert str(error) == "The login is refused. Correct the password."


def test_an_error_may_have_no_remedy_and_no_line() -> None:
    error = TransientError("The server is busy")
    assert (error.what, error.remedy, error.line) == ("The server is busy", "", None)
    assert str(error) == "The server is busy."


@pytest.mark.parametrize("what", ["The disk is full", "The disk is full.", "  The disk is full. "])
@pytest.mark.parametrize("remedy", ["Free some", "Free some.", " Free some.\n"])
def test_no_full_stop_is_doubled(what: str, remedy: str) -> None:
    error = TerminalError(what, remedy)
    assert (error.what, error.remedy) == ("The disk is full", "Free some")
    assert str(error) == "The disk is full. Free some."


def test_either_part_may_hold_several_sentences() -> None:
    error = TerminalError("No key is pinned. The server showed SHA256:x", "Compare it. Then write it down")
    assert error.what == "No key is pinned. The server showed SHA256:x"
    assert error.remedy == "Compare it. Then write it down"
    assert str(error) == "No key is pinned. The server showed SHA256:x. Compare it. Then write it down."


def test_other_marks_at_the_end_stay() -> None:
    assert str(UserError("It reads 'a…'", "Write ssh-ed25519 AAAA…")) == "It reads 'a…'. Write ssh-ed25519 AAAA…."


@pytest.mark.parametrize("again", [copy.copy, lambda error: pickle.loads(pickle.dumps(error))], ids=["copy", "pickle"])
def test_a_copy_has_the_same_fields(again: type) -> None:
    error = again(UserError("It has no name", "Give it one", line=7))
    assert (error.what, error.remedy, error.line, str(error)) == (
        "It has no name",
        "Give it one",
        7,
        "It has no name. Give it one.",
    )


def test_an_issue_without_a_remedy_ends_with_one_full_stop() -> None:
    assert str(Issue("name", "the name is empty", "Give it one")) == "name: the name is empty. Give it one."
    assert str(Issue("name", "the name is empty", "")) == "name: the name is empty."
