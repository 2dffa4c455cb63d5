"""Airflow's public API in the name of whoever called ours, so that Airflow's own checks and its audit log apply."""

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
"""Headers that speak of the compressed body; what is read here is unpacked already."""

_SLOTS = BoundedSemaphore(MAX_CONCURRENT_CALLS)
"""A call from within a request needs a second one of the server's 40 threads, and one of the 15 connections that
Airflow has to its database by default. Airflow asks that database on its event loop whether a login still
holds: were all connections taken by calls that wait for this loop, the server would stand still until they time out.
So who is one too many is sent away, and does not wait."""


class InProcessTransport(httpx.BaseTransport):
    """Calls an app of this very server on its own event loop; only for use in a thread that this loop has started."""

    def __init__(self, app: Any) -> None:
        self._transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One request, answered whole."""
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
    """Airflow as ``caller`` may use it; for plain ``def`` routes.

    Within Airflow's API server no network is used. The address in the errors' sentences is Airflow's ``base_url``.
    """
    base_url = airflow_address() or "http://localhost:8080"
    transport = InProcessTransport(caller.airflow) if caller.airflow is not None else None
    return AirflowApi.with_token(base_url, caller.token, transport=transport)
