"""The outermost middleware: refuses writes from other sites, sets security headers, hides tracebacks."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from export_jobs.core.base.issue import Issue
from export_jobs.orchestration.airflow.address import airflow_address
from export_jobs.web.http.access import LOGIN_COOKIE
from export_jobs.web.http.audit_log import record_refused_request
from export_jobs.web.http.error_responses import MAX_BODY_BYTES, REMEDIES, error_response, unexpected_error_response
from export_jobs.web.http.origin import cross_site_reason

SAFE_HEADERS = {
    "Content-Security-Policy": "frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


class Guard:
    """The ASGI middleware around the whole app."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        has_started = False

        async def send_safely(message: Message) -> None:
            nonlocal has_started
            if message["type"] == "http.response.start":
                has_started = True
                headers = MutableHeaders(scope=message)
                for name, value in SAFE_HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        refusal = _refusal(scope)
        if refusal:
            status, issue = refusal
            await record_refused_request(scope, status, issue)
            await error_response(status, [issue])(scope, receive, send_safely)
            return
        bounded = _BoundedBody(receive)
        try:
            await self.app(scope, bounded, send_safely)
        except Exception as error:
            if has_started:
                raise
            await unexpected_error_response(error)(scope, receive, send_safely)
        if bounded.is_too_large:
            await record_refused_request(scope, 413, Issue("", *REMEDIES[413]))


def _has_login_cookie(headers: Headers) -> bool:
    return f"{LOGIN_COOKIE}=" in headers.get("cookie", "")


class _BoundedBody:
    """Limits the size of the body, whatever length the request declares."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._received = 0

    @property
    def is_too_large(self) -> bool:
        return self._received > MAX_BODY_BYTES

    async def __call__(self) -> Message:
        message = await self._receive()
        self._received += len(message.get("body", b""))
        if self.is_too_large:
            raise HTTPException(413)  # FastAPI passes this on, but turns any other exception into a 400
        return message


def _refusal(scope: Scope) -> tuple[int, Issue] | None:
    headers = Headers(scope=scope)
    if "authorization" not in headers and not _has_login_cookie(headers):
        # Airflow checks the login later, if there is one. Without one, no byte of the body is read.
        return 401, Issue("", "you are not logged in", "Log in to Airflow, then try again")
    why = cross_site_reason(scope["method"], headers, {urlsplit(airflow_address()).netloc})
    if why:
        remedy = "Send JSON from Airflow's own page, or from a program without an Origin header"
        return 403, Issue("", f"this request is refused because {why}", remedy)
    length = headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > MAX_BODY_BYTES:
        return 413, Issue("", *REMEDIES[413])
    return None
