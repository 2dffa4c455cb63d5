"""The reference of the public Python names, from signatures and docstrings."""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Callable
from itertools import pairwise
from types import ModuleType

from typing_extensions import is_protocol

PUBLIC: dict[str, tuple[str, ...]] = {
    "export_jobs.orchestration.factory": ("build_dags",),
    "export_jobs.delivery.destination": ("Destination", "Credentials", "Target", "Receipt", "Fence"),
    "export_jobs.errors": ("ExportError", "UserError", "TransientError", "TerminalError", "SupersededError"),
}


def python_reference() -> str:
    """One section per module, one entry per name."""
    return "\n".join(_module(importlib.import_module(module), names) for module, names in PUBLIC.items())


def _module(module: ModuleType, names: tuple[str, ...]) -> str:
    entries = "\n\n".join(_entry(module, name) for name in names)
    return f"## {module.__name__}\n\n{_first_paragraph(module)}\n\n{entries}\n"


def _first_paragraph(module: ModuleType) -> str:
    return inspect.cleandoc(module.__doc__ or "").partition("\n\n")[0]


def _entry(module: ModuleType, name: str) -> str:
    value = getattr(module, name)
    if inspect.isclass(value):
        return _class(name, value)
    if inspect.isfunction(value):
        return _function(f"### {name}", name, value)
    return _alias(module, name)


def _class(name: str, of: type) -> str:
    bases = ", ".join(base.__name__ for base in of.__bases__ if base is not object)
    head = f"### {name}\n\n```python\nclass {name}({bases})\n```" if bases else f"### {name}"
    parts = [head, _docstring(of)]
    if "__init__" in vars(of) and not is_protocol(of):
        parts.append(f"```python\n{name}{_signature(of)}\n```")
    methods = [
        _function(f"#### {name}.{method}", method, function)
        for method, function in vars(of).items()
        if inspect.isfunction(function) and not method.startswith("_")
    ]
    return "\n\n".join((*parts, *methods))


def _function(head: str, name: str, of: Callable[..., object]) -> str:
    return f"{head}\n\n```python\n{name}{_signature(of)}\n```\n\n{_docstring(of)}"


class _Annotation(str):
    """A postponed annotation, which ``inspect`` would put in quotes."""

    def __repr__(self) -> str:
        return str(self)


def _signature(of: Callable[..., object]) -> str:
    """The signature as written in the file, without the return type of a class."""
    signature = inspect.signature(of)
    parameters = [one.replace(annotation=_annotation(one.annotation)) for one in signature.parameters.values()]
    returned = inspect.Signature.empty if inspect.isclass(of) else _annotation(signature.return_annotation)
    return str(signature.replace(parameters=parameters, return_annotation=returned))


def _annotation(written: object) -> object:
    return _Annotation(written) if isinstance(written, str) else written


def _docstring(of: object) -> str:
    """``Raises:`` becomes a list; the rest is Markdown already."""
    text, _, raised = (inspect.getdoc(of) or "").partition("\nRaises:\n")
    errors = "".join(f"\n- {line.strip()}" for line in _joined(raised))
    return f"{text.strip()}\n\nRaises:\n{errors}" if errors else text.strip()


def _joined(raised: str) -> list[str]:
    """One line per error: a continuation is indented deeper than the name of the error."""
    lines: list[str] = []
    for line in inspect.cleandoc(raised).splitlines():
        if line.startswith(" "):
            lines[-1] += f" {line.strip()}"
        elif line.strip():
            lines.append(line)
    return lines


def _alias(module: ModuleType, name: str) -> str:
    """A type alias: the assignment, and the docstring below it."""
    body = ast.parse(inspect.getsource(module)).body
    for statement, below in pairwise(body):
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == name:
            text = below.value.value if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant) else ""
            return f"### {name}\n\n```python\n{ast.unparse(statement)}\n```\n\n{inspect.cleandoc(str(text))}"
    raise LookupError(f"{module.__name__} has no {name}")
