"""``docs/howto/destinations.md`` says for every field that Airflow's providers read whether it counts or is refused.

The names are read out of the providers' own code, so that a release with one more of them is noticed.
"""

from __future__ import annotations

import ast
import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from export_jobs.delivery.ftp.login import FTP_FIELDS
from export_jobs.delivery.ssh.connection_fields import SSH_FIELDS
from export_jobs.orchestration.airflow.s3_client import AWS_FIELDS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "howto" / "destinations.md").read_text("utf-8")
EXTRAS = {"extra", "extra_options", "extra_config", "extra_dejson"}
"""Names of a connection's extra in the providers' code."""
TAKES_WHOLE_EXTRA = {"_get_credentials", "_get_assume_role_configs"}
"""Functions that are called with the whole extra, one argument per field."""
MODULES = {
    "sftp": ("Of type SFTP or SSH", ["sftp.hooks.sftp", "ssh.hooks.ssh"]),
    "ftp": ("Of type FTP", ["ftp.hooks.ftp"]),
    "aws": ("Of type AWS", ["amazon.aws.utils.connection_wrapper", "amazon.aws.hooks.base_aws"]),
}


def fields_in_table(heading: str) -> set[str]:
    """Return the field names in the table of a section."""
    section = re.split(r"\n#{2,3} ", PAGE.split(f"\n### {heading}\n")[1])[0]
    cells = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    return {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}


def fields_read_by(module: str) -> set[str]:
    """Every key of a connection's extra, or of its form, that a provider's module names."""
    found = importlib.util.find_spec(f"airflow.providers.{module}")
    assert found is not None and found.origin is not None
    return set(_names(ast.parse(Path(found.origin).read_text("utf-8"))))


def _names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
            yield from _texts(node.args[:1]) if _is_extra(node.func.value) else ()
        elif isinstance(node, ast.Subscript) and _is_extra(node.value):
            yield from _texts([node.slice])
        elif isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In) and _is_extra(node.comparators[0]):
            yield from _texts([node.left])
        elif isinstance(node, ast.FunctionDef) and node.name in TAKES_WHOLE_EXTRA:
            yield from (argument.arg for argument in node.args.kwonlyargs)
        elif isinstance(node, ast.FunctionDef) and node.name == "get_connection_form_widgets":
            yield from (text for part in ast.walk(node) if isinstance(part, ast.Dict) for text in _texts(part.keys))


def _is_extra(node: ast.AST) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    return name in EXTRAS


def _texts(nodes: list[ast.expr] | list[ast.expr | None]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


@pytest.mark.parametrize("kind", MODULES)
def test_every_field_that_a_provider_reads_is_in_the_table(kind: str) -> None:
    heading, modules = MODULES[kind]
    if importlib.util.find_spec("airflow.providers") is None or _is_missing(modules[0]):
        pytest.skip(f"NOT CHECKED: the provider of {modules[0]} is not installed (airflow-export-jobs[{kind}])")
    read = {name for module in modules for name in fields_read_by(module)}
    assert read, "the provider's code is written in another way: read it anew"
    assert read <= fields_in_table(heading)


def _is_missing(module: str) -> bool:
    try:
        return importlib.util.find_spec(f"airflow.providers.{module}") is None
    except ModuleNotFoundError:
        return True


def test_the_reading_finds_each_way_in_which_providers_name_a_field() -> None:
    code = """
def f(conn, extra_options, extra):
    extra_options.get("a"); extra_options["b"]; "c" in extra_options; conn.extra_dejson.get("d"); other.get("e")
def _get_credentials(*, g=None, **kwargs): ...
def get_connection_form_widgets(): return {"h": 1}
"""
    assert set(_names(ast.parse(code))) == {"a", "b", "c", "d", "g", "h"}


def test_what_is_refused_or_known_here_is_in_the_table() -> None:
    assert fields_in_table("Of type SFTP or SSH") == SSH_FIELDS
    assert fields_in_table("Of type FTP") == FTP_FIELDS
    assert fields_in_table("Of type AWS") == AWS_FIELDS
