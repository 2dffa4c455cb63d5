"""What `make demo EXECUTOR=celery` and `make drill-celery` import has to be in the environment that they run in."""

from __future__ import annotations

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STARTED = ("demo.__main__", "demo.celery_drill")
OF_THIS_REPOSITORY = {"demo", "export_jobs"}


def imports_of(module: str) -> set[str]:
    """The modules that this module of the demo imports, wherever in it."""
    path = ROOT / module.replace(".", "/")
    file = path.with_suffix(".py")
    tree = ast.parse((file if file.is_file() else path / "__init__.py").read_text("utf-8"))
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module == "demo":
            found |= {f"demo.{name.name}" for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def loaded_by(module: str, seen: set[str]) -> set[str]:
    """All that is imported when this module is, as far as it stands in the demo; `seen` grows by the demo's own."""
    seen.add(module)
    found = imports_of(module)
    for name in sorted(found):
        if name.startswith("demo.") and name not in seen:
            found |= loaded_by(name, seen)
    return found


def locked() -> set[str]:
    lines = (ROOT / "requirements-celery-lock.txt").read_text("utf-8").splitlines()
    return {line.split("==")[0] for line in lines if "==" in line}


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("started", STARTED)
def test_whatever_the_demo_imports_is_locked_for_celery(started: str) -> None:
    seen: set[str] = set()
    packages = {name.split(".")[0] for name in loaded_by(started, seen)}
    assert "demo.stack" in seen
    owners = packages_distributions()
    missing = {
        name: owners.get(name, [])
        for name in packages - set(sys.stdlib_module_names) - OF_THIS_REPOSITORY
        if not {canonical(owner) for owner in owners.get(name, [])} & locked()
    }
    assert not missing, "add these to requirements-celery.txt, then run `make lock`"
