"""The reference of the REST API, from the description that the running app serves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from fastapi.routing import APIRoute
from starlette.requests import Request

from docs.site.table import table


def rest_reference() -> str:
    """Every route by noun, then every body and answer."""
    described = served_description()
    schemas = described["components"]["schemas"]
    routes = sorted(_routes(described), key=lambda route: (route[2]["tags"][0], route[0], route[1]))
    nouns = [
        f"## Routes: {noun}\n\n" + "\n\n".join(_route(*route) for route in of_noun)
        for noun, of_noun in groupby(routes, key=lambda route: route[2]["tags"][0])
    ]
    bodies = "\n\n".join(_schema(name, schemas[name]) for name in sorted(schemas))
    return "\n\n".join((*nouns, "## Bodies and answers", bodies))


def served_description() -> dict[str, Any]:
    """Call the route's function directly, without the login that an HTTP request needs."""
    from export_jobs.web.app import PREFIX, create_app  # noqa: PLC0415  imports Airflow, which reads its home folder

    app = create_app()
    route = next(one for one in app.routes if isinstance(one, APIRoute) and one.path == "/api/openapi.json")
    described: dict[str, Any] = route.endpoint(Request({"type": "http", "app": app, "root_path": PREFIX}), user=None)
    return described


def _routes(described: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in described["paths"].items():
        for method, route in methods.items():
            yield path, method.upper(), route


def _route(path: str, method: str, route: dict[str, Any]) -> str:
    rows = [
        (f"`{one['name']}`", one["in"], _kind(one["schema"]), _default(one["schema"], required=one["required"]))
        for one in route.get("parameters", [])
    ]
    lines = [f"### {method} {path}", route.get("description", "")]
    if rows:
        lines.append(table(("parameter", "in", "type", "default"), rows))
    body = _json(route.get("requestBody", {}))
    if body:
        lines.append(f"Body: {_kind(body)}")
    lines.extend(
        f"Answer {status}: {_kind(_json(answer)) or 'nothing'}"
        for status, answer in sorted(route["responses"].items())
        if status.startswith("2")
    )
    return "\n\n".join(filter(None, lines))


def _json(part: dict[str, Any]) -> dict[str, Any]:
    schema: dict[str, Any] = part.get("content", {}).get("application/json", {}).get("schema", {})
    return schema


def _schema(name: str, schema: dict[str, Any]) -> str:
    required = schema.get("required", ())
    rows = [
        (f"`{key}`", _kind(of_key), _default(of_key, required=key in required), of_key.get("description", ""))
        for key, of_key in schema.get("properties", {}).items()
    ]
    lines = [f"### {name}", schema.get("description", "")]
    if rows:
        lines.append(table(("key", "type", "default", ""), rows))
    elif schema.get("type") != "object":
        lines.append(_kind(schema))
    return "\n\n".join(filter(None, lines))


def _kind(schema: dict[str, Any]) -> str:
    """A type as a person reads it: a link to a schema, ``list of …``, or the values that are allowed."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return " or ".join(_kind(one) for one in schema[several])
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    return _plain_kind(schema)


def _plain_kind(schema: dict[str, Any]) -> str:
    kind = str(schema.get("type", ""))
    if kind == "array":
        return f"list of {_kind(schema.get('items', {})) or 'anything'}"
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"mapping to {_kind(schema['additionalProperties'])}"
    return str(schema.get("format", kind))


def _default(schema: dict[str, Any], *, required: bool) -> str:
    if required:
        return "needed"
    default = schema.get("default")
    return "" if default in (None, "", [], {}) else f"`{json.dumps(default, ensure_ascii=False)}`"
