"""The description of the API for logged-in users: OpenAPI for machines, one page for people.

The page is our own plain HTML. FastAPI's page loads scripts from another site. A closed network cannot reach them, and
a bank does not allow them on a page that is logged in to Airflow.
"""

from __future__ import annotations

import json
from html import escape
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse

from export_jobs.web.http.access import LoggedIn
from export_jobs.web.http.audit_log import api_router
from export_jobs.web.http.request_bodies import request_body_schemas

router = api_router("documentation")

_STYLE = """body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
:root { color-scheme: light dark } code, pre { font-size: 13px } pre { overflow: auto } h2 { margin-top: 2.5rem }
section { border-top: 1px solid #8886; padding: .5rem 0 } b { display: inline-block; min-width: 4.5rem }
dt { font-weight: 600 } dd { margin: 0 0 .4rem 1rem }"""


@router.get("/openapi.json", include_in_schema=False)
def openapi(request: Request, user: LoggedIn) -> dict[str, Any]:  # noqa: ARG001  the parameter is the permission
    """Return the OpenAPI description of every route."""
    return {**_description(request), "servers": [{"url": request.scope.get("root_path", "")}]}


@router.get("/docs", include_in_schema=False)
def documentation_page(request: Request, user: LoggedIn) -> HTMLResponse:  # noqa: ARG001  the parameter is the permission
    """Return the description as a page."""
    return HTMLResponse(_page(_description(request)))


def _description(request: Request) -> dict[str, Any]:
    described: dict[str, Any] = request.app.openapi()
    components = described.setdefault("components", {})
    components["schemas"] = {**request_body_schemas(), **components.get("schemas", {})}
    return described


def _page(described: dict[str, Any]) -> str:
    routes = [
        (path, method, route) for path, methods in described["paths"].items() for method, route in methods.items()
    ]
    title = escape(described["info"]["title"])
    body = "".join(_route(path, method, route) for path, method, route in sorted(routes, key=lambda one: one[:2]))
    schemas = "".join(
        f'<section id="{escape(name)}"><h3>{escape(name)}</h3>{_paragraph(schema.get("description"))}'
        f"<details><summary>Schema</summary><pre>{escape(json.dumps(schema, indent=2))}</pre></details></section>"
        for name, schema in sorted(described["components"]["schemas"].items())
    )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}: API</title><style>{_STYLE}</style>'
        f"</head><body><h1>{title}: API, version {escape(described['info']['version'])}</h1>"
        '<p>The same for machines: <a href="openapi.json">openapi.json</a>.</p>'
        f"<h2>Routes</h2>{body}<h2>Bodies and answers</h2>{schemas}</body></html>"
    )


def _route(path: str, method: str, route: dict[str, Any]) -> str:
    parameters = "".join(
        f"<dt><code>{escape(parameter['name'])}</code> ({escape(parameter['in'])})</dt>"
        f"<dd>{escape(_kind(parameter['schema']))}</dd>"
        for parameter in route.get("parameters", [])
    )
    body = route.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    answers = {
        status: answer.get("content", {}).get("application/json", {}).get("schema", {})
        for status, answer in route["responses"].items()
        if status.startswith("2")
    }
    answered = "".join(
        f"<dt>Answer {escape(status)}</dt><dd>{_link(schema)}</dd>" for status, schema in answers.items()
    )
    asked = f"<dt>Body</dt><dd>{_link(body)}</dd>" if body else ""
    return (
        f"<section><b>{escape(method.upper())}</b><code>{escape(path)}</code>{_paragraph(route.get('description'))}"
        f"<dl>{parameters}{asked}{answered}</dl></section>"
    )


def _paragraph(text: str | None) -> str:
    return f"<p>{escape(text)}</p>" if text else ""


def _kind(schema: dict[str, Any]) -> str:
    kinds = [str(option.get("type", "")) for option in schema.get("anyOf", [schema])]
    default = f", {json.dumps(schema['default'])} unless given" if "default" in schema else ""
    return " or ".join(filter(None, kinds)) + default


def _link(schema: dict[str, Any]) -> str:
    names = [option["$ref"].rpartition("/")[2] for option in schema.get("anyOf", [schema]) if "$ref" in option]
    return " or ".join(f'<a href="#{escape(name)}">{escape(name)}</a>' for name in names) or "nothing"
