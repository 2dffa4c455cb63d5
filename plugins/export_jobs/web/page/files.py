"""Serve the page's ES modules to logged-in users (a browser sends the cookie with module requests, too).

Their addresses begin with a stamp of all files, which relative imports inherit. With the current stamp a browser caches
them forever. With another stamp, from a page that was opened before an upgrade, it asks each time.
"""

from __future__ import annotations

import re
from functools import lru_cache

from fastapi import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from export_jobs.web.http.access import LoadsPage
from export_jobs.web.http.audit_log import api_router
from export_jobs.web.page.stamp import STAMP_LENGTH, STATIC_FOLDER, stamp

router = api_router("page")
CACHE_FOREVER = "private, max-age=31536000, immutable"
CACHE_REVALIDATE = "no-cache"
_FILES = StaticFiles(directory=STATIC_FOLDER, check_dir=False)
_STAMPED_PATH = re.compile(rf"([0-9a-f]{{{STAMP_LENGTH}}})/(.+)")


@router.get("/static/{path:path}", include_in_schema=False)
async def static(path: str, request: Request, user: LoadsPage) -> Response:  # noqa: ARG001  as above
    """Return one file, with or without a stamp before its path."""
    stamped = _STAMPED_PATH.fullmatch(path)
    response = await _FILES.get_response(stamped[2] if stamped else path, request.scope)
    is_todays = stamped is not None and stamped[1] == _stamp_at_start()
    response.headers["Cache-Control"] = CACHE_FOREVER if is_todays and response.status_code < 400 else CACHE_REVALIDATE
    return response


@lru_cache(maxsize=1)
def _stamp_at_start() -> str:
    return stamp()
