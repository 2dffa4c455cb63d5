"""One public name, one meaning: what two modules call by one name is one thing, or has two names."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import export_jobs

PACKAGE = Path(export_jobs.__file__).parent

IN_EVERY_MODULE = {
    "log": "the logger of a module",
    "router": "the routes of a module",
}
MIGRATIONS = "store/migrations/"
"""Alembic names what a migration consists of."""

SAME_FOR_EACH_READER = (
    {"cli/commands/", "web/api/"},  # a command and a route of one name do the same, and only their registry calls them
    {"cli/session.py", "web/http/dependencies.py"},  # what commands and what routes work on
)


def names_of(source: str) -> Iterator[str]:
    """The public names that a module defines at its top level."""
    for statement in ast.parse(source).body:
        match statement:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.Assign(targets=targets):
                yield from (node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name


def homonyms(sources: dict[str, str]) -> dict[str, list[str]]:
    """By name, the modules that give it to different things; ``sources``: by path below the package."""
    modules: dict[str, list[str]] = defaultdict(list)
    for path, source in sources.items():
        for name in {name for name in names_of(source) if not name.startswith("_")}:
            modules[name].append(path)
    return {
        name: paths
        for name, paths in modules.items()
        if len(paths) > 1
        and name not in IN_EVERY_MODULE
        and not any(is_one(paths, same) for same in SAME_FOR_EACH_READER)
    }


def is_one(paths: list[str], readers: set[str]) -> bool:
    """Whether no two of ``paths`` are of one reader, and none is of any other."""
    return len(paths) <= len(readers) and all(sum(path.startswith(one) for path in paths) == 1 for one in readers)


def test_no_name_stands_for_two_things() -> None:
    sources = {str(path.relative_to(PACKAGE)): path.read_text("utf-8") for path in PACKAGE.rglob("*.py")}
    assert len(sources) > 200
    found = homonyms({path: source for path, source in sources.items() if not path.startswith(MIGRATIONS)})
    assert found == {}, "give each its own name, or one definition to all"


def test_two_things_of_one_name_are_seen() -> None:
    text, other = "def window_text(): ...", "class window_text: ...\n_own = 1\nLIMIT: int = 3"
    assert homonyms({"core/a.py": text, "web/b.py": other, "cli/c.py": "_own, LIMIT = 2, 4"}) == {
        "window_text": ["core/a.py", "web/b.py"],
        "LIMIT": ["web/b.py", "cli/c.py"],
    }
    assert homonyms({"cli/commands/a.py": text, "web/api/b.py": text}) == {}
    assert homonyms({"cli/commands/a.py": text, "cli/commands/b.py": text}) != {}
    assert homonyms({"cli/commands/a.py": text, "web/api/b.py": text, "core/c.py": text}) != {}
