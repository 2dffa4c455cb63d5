"""Record every write, done or refused, in Airflow's audit log: who, what, on which job, before and after.

Airflow's own ``action_logging`` writes before the route runs. It records whole bodies (including lists of customers)
and never the outcome. So the row is written here, once the outcome is known.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.types import Scope

from export_jobs.core.base.issue import Issue
from export_jobs.core.base.limits import first_issues
from export_jobs.web.airflow import tables as airflow_tables
from export_jobs.web.http.error_responses import RequestRefusal, status_of
from export_jobs.web.http.origin import SAFE_METHODS
from export_jobs.web.models.errors import ERROR_ANSWERS

log = logging.getLogger(__name__)

_MAX_LENGTH = 500
_MAX_ENTRIES = 500
"""The maximum number of entries of a list in a row: all jobs that one request can name."""


@dataclass
class AuditEntry:
    """What a route adds to its row, besides who, when and the outcome. No secrets and no customers."""

    dag_id: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)
    skipped: bool = False
    is_recorded: bool = False

    def note(self, dag_id: str | None = None, **extra: Any) -> None:
        """Add to the row: the job's Dag, the names of changed fields, values before and after."""
        self.dag_id = dag_id or self.dag_id
        self.extra.update({key: _short(value) for key, value in extra.items()})

    def record_read(self) -> None:
        """Write a row although nothing changes, because data leave the system."""
        self.is_recorded = True

    def skip(self) -> None:
        """Write no row, because this request only reads."""
        self.skipped = True


def _audit_entry(request: Request) -> AuditEntry:
    entry: AuditEntry = request.state.audit
    return entry


AuditEntryDep = Annotated[AuditEntry, Depends(_audit_entry)]


class AuditedRoute(APIRoute):
    """A route whose writes are recorded, whatever their outcome."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler, followed by the record."""
        handler = super().get_route_handler()

        async def handle_and_record(request: Request) -> Response:
            entry = AuditEntry(dag_id=request.path_params.get("dag_id"))
            request.state.audit = entry
            try:
                response = await handler(request)
            except Exception as error:
                await self._record(request, entry, status_of(error), error)
                raise
            await self._record(request, entry, response.status_code)
            return response

        return handle_and_record

    async def _record(self, request: Request, entry: AuditEntry, status: int, error: Exception | None = None) -> None:
        caller = getattr(request.state, "caller", None)
        is_read = request.method in SAFE_METHODS and not entry.is_recorded
        if is_read or entry.skipped or caller is None:
            return  # nobody is logged in: a row would only be noise
        extra = {"method": request.method, "status": status, **entry.extra}
        if isinstance(error, RequestRefusal):
            extra["refused"] = [
                _short(f"{issue.path}: {issue.what}" if issue.path else issue.what)
                for issue in first_issues(error.issues)
            ]
        try:
            await run_in_threadpool(
                airflow_tables.add_to_audit_log, f"export_jobs.{self.name}", caller.name, entry.dag_id, extra
            )
        except Exception:  # the write is done, and the store has its own record of who changed what
            log.exception("Airflow's audit log could not be written for %s by %s", self.name, caller.name)


async def record_refused_request(scope: Scope, status: int, issue: Issue) -> None:
    """Record a write that was refused before the caller was identified."""
    if scope["method"] in SAFE_METHODS or status == 401:
        return
    extra = {"method": scope["method"], "path": _short(scope["path"]), "status": status, "refused": [issue.what]}
    try:
        await run_in_threadpool(airflow_tables.add_to_audit_log, "export_jobs.refused_request", "", None, extra)
    except Exception:
        log.exception("Airflow's audit log could not be written for a refused request")


def api_router(noun: str) -> APIRouter:
    """Return a router that records writes and declares errors. ``noun`` groups its routes in the documentation."""
    return APIRouter(route_class=AuditedRoute, tags=[noun], responses=ERROR_ANSWERS)


def _short(value: Any) -> Any:
    """Shorten texts and lists at any depth, so that a body of 2 MB does not become a row of 2 MB."""
    if isinstance(value, str) and len(value) > _MAX_LENGTH:
        return f"{value[:_MAX_LENGTH]}…"
    if isinstance(value, Mapping):
        return {key: _short(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        more = len(value) - _MAX_ENTRIES
        return [*map(_short, value[:_MAX_ENTRIES]), *([f"and {more} more"] if more > 0 else [])]
    return value
