"""The tree stays one that a newcomer can read: short files, short folders, and no rule about files that are gone."""

from __future__ import annotations

import ast
import subprocess
import tomllib
from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "plugins" / "export_jobs"
UNIT_TESTS = ROOT / "tests" / "unit"
FOLDERS_OF_CODE = ("plugins", "dags", "demo", "bench", "docs", "scripts", "tests")
MOCK_LIBRARIES = {"unittest.mock", "mock", "pytest_mock"}
MOST_FILES = 14
MOST_LINES = 300
MOST_COLUMNS = 120
MIGRATIONS = "store/migrations/versions"
"""Numbered and never edited: each release may add one, whatever the limit."""


def folders() -> Counter[str]:
    """By path below the package, how many Python files stand in a folder itself."""
    found = Counter(str(path.parent.relative_to(PACKAGE)) for path in PACKAGE.rglob("*.py"))
    del found["store/migrations/versions"]  # a file each, in the order of their numbers, and no more to be seen
    return found


def has_subject(module: Path) -> bool:
    """Whether the package has this module, or one whose part it is (`window_edits`), or it is about all of a folder."""
    words = module.name.split("_")
    names = ["_".join(words[:count]) for count in range(1, len(words) + 1)]
    is_module = any((PACKAGE / module.with_name(f"{name}.py")).is_file() for name in names)
    return is_module or module.name == module.parent.name


def test_a_folder_is_seen_at_a_glance() -> None:
    counts = folders()
    assert len(counts) > 20
    over = {name: count for name, count in counts.items() if count > MOST_FILES}
    over.pop(MIGRATIONS, None)
    assert over == {}, f"More than {MOST_FILES} files: give those of one subject a folder of their own."


def test_a_file_is_read_in_one_sitting() -> None:
    files = [path for folder in ("plugins", "tests") for path in (ROOT / folder).rglob("*.py")]
    lines = {path: len(path.read_text("utf-8").splitlines()) for path in files}
    assert len(lines) > 500
    over = {str(path.relative_to(ROOT)): count for path, count in lines.items() if count > MOST_LINES}
    assert over == {}, f"More than {MOST_LINES} lines: what part of it has a name of its own?"


def test_a_line_of_a_script_fits_beside_another_window() -> None:
    """ruff says so of Python; ESLint no longer has a rule about the length of a line."""
    found = subprocess.run(["git", "ls-files", "*.js", "*.ts"], cwd=ROOT, capture_output=True, text=True, check=True)
    scripts = [ROOT / name for name in found.stdout.split() if "/vendor/" not in name]
    assert len(scripts) > 50
    lines = [
        (path, number, line) for path in scripts for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
    ]
    over = [f"{path.relative_to(ROOT)}:{number}" for path, number, line in lines if len(line) > MOST_COLUMNS]
    assert over == []


def test_a_unit_test_stands_where_its_module_does() -> None:
    """Those at the top are about the whole tree; a test may also be of a folder, as `cli/test_cli.py` is."""
    tests = [path.relative_to(UNIT_TESTS) for path in UNIT_TESTS.rglob("test_*.py") if path.parent != UNIT_TESTS]
    assert len(tests) > 40
    lost = [str(path) for path in tests if not has_subject(path.with_name(path.stem.removeprefix("test_")))]
    assert lost == [], "Move each test file to the folder of the module that it is about, as test_<module>.py."


def test_nothing_stands_in_for_a_real_part() -> None:
    """A test that needs a server starts one; see tests/conftest.py and tests/servers/."""
    files = list((ROOT / "tests").rglob("*.py"))
    assert len(files) > 100
    users = [str(path.relative_to(ROOT)) for path in files if MOCK_LIBRARIES & set(imports(path))]
    assert users == [], "Use the real part. What it does not show on demand, put in at one function with monkeypatch."


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.Import(names=names):
                yield from (name.name for name in names)
            case ast.ImportFrom(module=str(module), names=names):
                yield from (module, *(f"{module}.{name.name}" for name in names))


def test_every_excuse_from_a_rule_is_about_files_that_exist() -> None:
    configuration = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    patterns = configuration["tool"]["ruff"]["lint"]["per-file-ignores"]
    files = [str(path.relative_to(ROOT)) for name in FOLDERS_OF_CODE for path in (ROOT / name).rglob("*.py")]
    unused = [pattern for pattern in patterns if not any(fnmatch(file, pattern) for file in files)]
    assert unused == [], "Take these out of [tool.ruff.lint.per-file-ignores] in pyproject.toml."
