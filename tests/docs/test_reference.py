"""The generated reference shows what people may rely on, and the pages name every setting."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

from docs.site.command_line import command_line_reference
from docs.site.python_api import PUBLIC, python_reference
from docs.site.table import table

ROOT = Path(__file__).resolve().parents[2]


def test_every_command_has_a_section_with_its_help() -> None:
    text = command_line_reference()
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert {"export-jobs", "export-jobs db upgrade", "export-jobs rerun", "export-jobs catalogue docs"} <= set(headings)
    assert "export-jobs db" not in headings, "a group of commands is no command"
    assert len(headings) == len(set(headings)) == text.count("usage: export-jobs")


@pytest.mark.parametrize("module", PUBLIC)
def test_public_names_exist_and_are_explained(module: str) -> None:
    text = python_reference()
    loaded = importlib.import_module(module)
    for name in PUBLIC[module]:
        assert hasattr(loaded, name)
        entry = re.split(r"^#{2,3} ", text.split(f"\n### {name}\n")[1], flags=re.MULTILINE)[0]
        assert re.sub(r"```.*?```", "", entry, flags=re.DOTALL).strip(), f"{module}.{name} has no docstring"
    exported = getattr(loaded, "__all__", PUBLIC[module])
    assert set(PUBLIC[module]) <= set(exported)


def test_errors_that_a_docstring_names_are_a_list() -> None:
    assert "\nRaises:\n\n- TransientError: connection lost" in python_reference()


def test_the_readme_names_every_setting() -> None:
    names = re.findall(
        r'"(EXPORT_JOBS_[A-Z_]+)"', (ROOT / "plugins" / "export_jobs" / "settings.py").read_text("utf-8")
    )
    readme = (ROOT / "README.md").read_text("utf-8")
    assert [name for name in names if name not in readme] == []


def test_a_cell_is_one_line_and_keeps_its_bars() -> None:
    assert table(("a", "b"), [("x | y", "two\nlines")]) == "| a | b |\n| --- | --- |\n| x \\| y | two lines |"
