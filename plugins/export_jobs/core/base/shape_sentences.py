"""Turn pydantic's findings into sentences for the author of a definition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from export_jobs.core.base.issue import Issue
from export_jobs.core.base.text import quote_value, suggest

_REMEDY_BY_PREFIX = {
    "string": "Write text; put it in quotes if YAML reads it as something else",
    "bool": "Write true or false",
    "int": "Write a whole number",
    "date": "Write a date that exists as '2024-12-31'",
    "time": "Write a time of day as '02:00'",
    "tuple": "Write a list: one line with a dash for each entry",
    "model": "Write it as key: value lines",
}
_NOUN_BY_PREFIX = {
    "string": "text",
    "bool": "true or false",
    "int": "a whole number",
    "date": "a date",
    "time": "a time of day",
    "tuple": "a list",
    "model": "a mapping of keys to values",
}
_PART_BY_MODEL = {
    "ColumnUse": ("the name of a column", "Write its name; to give it a heading, write column: and as: lines"),
    "Filter": ("a filter", "Write it as column:, op: and values: lines"),
}
_KINDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (bool, "true or false"),
    (str, "text"),
    ((int, float), "a number"),
    (date, "a date"),
    (Mapping, "a mapping"),
    ((list, tuple), "a list"),
)


def kind_of(value: object) -> str:
    """Return what ``value`` is, in a reader's words."""
    if value is None:
        return "empty"
    return next((words for kind, words in _KINDS if isinstance(value, kind)), f"a {type(value).__name__}")


def shape_issue(path: str, detail: ErrorDetails, model: type[BaseModel]) -> Issue:
    """Return one finding as an issue. ``model`` is the model of the whole definition."""
    kind, value, key = detail["type"], detail["input"], str(detail["loc"][-1])
    if kind == "extra_forbidden":
        return _unknown_key(path, detail, model)
    if kind == "missing":
        return Issue(path, f"the key {key!r} is missing", "Add it")
    if kind == "invalid_key":
        return Issue(
            path, f"the key {quote_value(detail['loc'][-1])} is not text", "Put the key in quotes, or remove it"
        )
    if kind in {"enum", "literal_error"}:
        allowed = str(detail.get("ctx", {}).get("expected", "")).replace("'", "")
        return Issue(path, f"{_describe_value(value)} is not one of {allowed}", "Choose one of them")
    return _wrong_type(path, detail)


def _wrong_type(path: str, detail: ErrorDetails) -> Issue:
    value = detail["input"]
    if value is None and "values" in detail["loc"][-2:-1]:
        return Issue(path, "an empty value never matches", "Remove it; the operator is_null finds empty cells")
    prefix = detail["type"].split("_", 1)[0]
    noun = _NOUN_BY_PREFIX.get(prefix)
    if noun is None:
        return Issue(path, f"{_describe_value(value)} is not allowed: {detail['msg']}", "Correct it")
    part = _PART_BY_MODEL.get(str(detail.get("ctx", {}).get("class_name")), (noun, _REMEDY_BY_PREFIX[prefix]))
    return Issue(path, f"{_describe_value(value)} is not {part[0]}", part[1])


def _describe_value(value: object) -> str:
    """Return a value and, where YAML may have read it differently from what its author meant, its kind."""
    if value is None:
        return "an empty value"
    if isinstance(value, str):
        return quote_value(value)
    if isinstance(value, bool | Mapping | list | tuple):
        return kind_of(value) if not isinstance(value, bool) else f"{str(value).lower()} (true or false)"
    return f"{quote_value(value)} ({kind_of(value)})"


def _unknown_key(path: str, detail: ErrorDetails, model: type[BaseModel]) -> Issue:
    """Report an unknown key without its value, which may be a password."""
    key = str(detail["loc"][-1])
    owner = _model_at(model, detail["loc"][:-1])
    known = [field.alias or name for name, field in owner.model_fields.items()] if owner else []
    if " " in key:
        return Issue(
            path,
            f"there is no key {quote_value(key)}",
            "A comma within braces starts a new key; put the text in quotes",
        )
    return Issue(path, f"there is no key {quote_value(key)}", suggest(key, known, none="Remove it"))


def _model_at(model: type[BaseModel], location: tuple[int | str, ...]) -> type[BaseModel] | None:
    """Return the model whose keys are at ``location`` below ``model``."""
    is_key = False  # of a mapping from names to models: any name will do
    for part in location:
        if isinstance(part, int) or is_key:
            is_key = False
            continue
        fields = model.model_fields
        field = next((field for name, field in fields.items() if part in {name, field.alias}), None)
        inner = next(_models(field.annotation), None) if field else None
        if field is None or inner is None:
            return None
        is_key = get_origin(field.annotation) is dict
        model = inner
    return model


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """Yield every model that a type names, such as that of ``dict[str, Annotated[TableColumn, …]]``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)
