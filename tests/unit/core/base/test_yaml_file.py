"""Plain YAML with the line of each entry; what surprises or attacks is refused with its line."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export_jobs.core.base.yaml_file import MAX_BYTES, YamlError, parse_yaml, read_yaml
from export_jobs.errors import UserError


def test_scalars_are_read_as_they_look() -> None:
    text = b"a: 10:30\nb: 2024-02-30\nc: yes\nd: true\ne: 007\nf: 12\ng: 1.5\nh:\ni: '12'\nj: 1_000\nk: |\n  x\n  y\n"
    assert parse_yaml(text, "f").data == {
        "a": "10:30",
        "b": "2024-02-30",
        "c": "yes",
        "d": True,
        "e": "007",
        "f": 12,
        "g": 1.5,
        "h": None,
        "i": "12",
        "j": "1_000",
        "k": "x\ny\n",
    }


def test_each_entry_knows_its_line() -> None:
    file = parse_yaml(b"# a comment\njobs:\n  - name: a\n    schedule:\n      from: x\n  - name: b\n", "f")
    assert file.line("jobs[0].schedule.from") == 5
    assert file.line("jobs[1].name") == 6
    assert file.line("jobs[1].schedule.until") == 6, "a missing key is at the entry that lacks it"
    assert file.line("elsewhere") is None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"", "The file f is empty. Give it destinations, templates or jobs."),
        (b"# only a comment\n", "The file f is empty. Give it destinations, templates or jobs."),
        (
            b"just text",
            "The file f contains a single value, not a mapping. Start it with destinations, templates or jobs.",
        ),
        (b"\xff\xfe", "f, line 1: this is not UTF-8 text. Save the file as UTF-8."),
        (b"a: \x07", "f: this is not YAML: "),
        (b"a: 1\na: 2\n", "f, line 2: the key 'a' appears twice. Remove one of the two."),
        (b"? [a]\n: b\n", "f, line 1: a list or mapping is in the place of a key. Write a plain word"),
        (
            b"a: &x 1\n",
            "f, line 1: anchors and aliases (& and *) are not supported. Write the value out in each place.",
        ),
        (b"a: !!str 1\n", "f, line 1: tags (!) are not supported. Write a plain value, in quotes if it is text."),
        (b"a: [1\nb: 2\n", "f, line "),
        (b"x" * (MAX_BYTES + 1), "The file f is larger than 10 MB. Split it into several files."),
    ],
)
def test_refusals_are_sentences(text: bytes, sentence: str) -> None:
    with pytest.raises(UserError) as caught:
        parse_yaml(text, "f")
    assert str(caught.value).startswith(sentence)


def test_a_refusal_knows_its_line_and_its_own_part_of_the_text() -> None:
    with pytest.raises(YamlError) as caught:
        parse_yaml(b"a: 1\n'x. y': 1\n'x. y': 2\n", "jobs, line 9: old.yaml")
    error = caught.value
    assert (error.detail, error.remedy, error.line) == ("the key 'x. y' appears twice", "Remove one of the two", 3)
    assert error.what == "jobs, line 9: old.yaml, line 3: the key 'x. y' appears twice"


def test_a_million_brackets_are_refused_quickly() -> None:
    with pytest.raises(UserError, match="nested more than 20 deep"):
        parse_yaml(b"[" * MAX_BYTES, "f")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"absent\.yaml cannot be read: No such file or directory"):
        read_yaml(tmp_path / "absent.yaml")
    with pytest.raises(UserError, match="cannot be read: Is a directory"):
        read_yaml(tmp_path)


@settings(max_examples=300)
@given(st.text(alphabet=st.sampled_from("ab:- []{}\n'\"&*!#?|>%@\t1"), max_size=40) | st.text(max_size=20))
def test_no_text_raises_anything_but_a_sentence(text: str) -> None:
    try:
        parse_yaml(text.encode("utf-8", "surrogatepass"), "f")
    except UserError as error:
        assert str(error).endswith(".")
