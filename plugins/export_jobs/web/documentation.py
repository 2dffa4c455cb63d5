"""The API's own description, for those who are logged in."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse

from export_jobs.web.access import LoggedIn
from export_jobs.web.audit import api_router
from export_jobs.web.described import described_bodies

router = api_router("documentation")


@router.get("/openapi.json", include_in_schema=False)
def openapi(request: Request, user: LoggedIn) -> dict[str, Any]:  # noqa: ARG001  the parameter is the permission
    """The description of every route."""
    described: dict[str, Any] = request.app.openapi()
    components = described.setdefault("components", {})
    components["schemas"] = {**described_bodies(), **components.get("schemas", {})}
    return {**described, "servers": [{"url": request.scope.get("root_path", "")}]}


@router.get("/docs", include_in_schema=False)
def docs(request: Request, user: LoggedIn) -> HTMLResponse:  # noqa: ARG001  the parameter is the permission
    """The same, to read and to try."""
    root = request.scope.get("root_path", "")
    return get_swagger_ui_html(openapi_url=f"{root}/api/openapi.json", title="Export Jobs API")
