"""Airflow's public API in the caller's name, so that Airflow's own permission checks and audit log apply."""

from __future__ import annotations

from threading import BoundedSemaphore
from typing import Any

import anyio.from_thread
import httpx

from export_jobs.errors import TransientError
from export_jobs.orchestration.airflow.address import airflow_address
from export_jobs.orchestration.airflow.api import AirflowApi
from export_jobs.web.http.access import Caller

MAX_CONCURRENT_CALLS = 6
_ENCODING_HEADERS = {"content-encoding", "content-length", "transfer-encoding"}
"""Headers about the compressed body; the body that is read here is already decompressed."""

_SLOTS = BoundedSemaphore(MAX_CONCURRENT_CALLS)
"""A call from within a request needs a second one of the server's 40 threads, and one of the 15 database connections
that Airflow has by default. Airflow checks logins against that database on its event loop. If calls that wait for this
loop held all connections, the server would block until they time out. So a call beyond the limit is refused and does
not wait."""


class InProcessTransport(httpx.BaseTransport):
    """Calls an app of this server on its own event loop. Use it only in a thread that this loop has started."""

    def __init__(self, app: Any) -> None:
        self._transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request and return the whole answer."""
        if not _SLOTS.acquire(blocking=False):
            raise TransientError("Airflow's API server is busy", "Try again in a moment")
        try:
            status, headers, content = anyio.from_thread.run(self._send, request)
        finally:
            _SLOTS.release()
        return httpx.Response(status, headers=headers, content=content)

    async def _send(self, request: httpx.Request) -> tuple[int, httpx.Headers, bytes]:
        answer = await self._transport.handle_async_request(
            httpx.Request(request.method, request.url, headers=request.headers, content=request.read())
        )
        content = await answer.aread()
        kept = [(name, value) for name, value in answer.headers.items() if name not in _ENCODING_HEADERS]
        return answer.status_code, httpx.Headers(kept), content


def airflow_api_for(caller: Caller) -> AirflowApi:
    """Return a client of Airflow's API with the permissions of ``caller``; for plain ``def`` routes.

    Inside Airflow's API server it does not use the network. Errors name Airflow's ``base_url`` as the address.
    """
    base_url = airflow_address() or "http://localhost:8080"
    transport = InProcessTransport(caller.airflow) if caller.airflow is not None else None
    return AirflowApi.with_token(base_url, caller.token, transport=transport)
