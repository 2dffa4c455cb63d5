"""The page's own files: ES modules, for those who are logged in (a browser sends the cookie with a module, too)."""

from __future__ import annotations

from pathlib import Path

from fastapi import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from export_jobs.web.access import LoggedIn
from export_jobs.web.audit import api_router

router = api_router("page")
FOLDER = Path(__file__).parent / "static"
_FILES = StaticFiles(directory=FOLDER, check_dir=False)


@router.get("/static/{path:path}", include_in_schema=False)
async def static(path: str, request: Request, user: LoggedIn) -> Response:  # noqa: ARG001  as above
    """One file; a browser asks each time whether it has changed, so that no two versions of the page are mixed."""
    response = await _FILES.get_response(path, request.scope)
    response.headers["Cache-Control"] = "no-cache"
    return response
