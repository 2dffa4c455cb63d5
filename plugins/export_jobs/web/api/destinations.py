"""Destinations: which there are, and whether one takes files right now."""

from __future__ import annotations

from dataclasses import asdict

from export_jobs.core.definitions.looser_choices import looser_choices
from export_jobs.errors import ExportError
from export_jobs.orchestration.airflow.connections import open_destination
from export_jobs.web.http.access import ReadsConnections, ReadsDags
from export_jobs.web.http.audit_log import AuditEntryDep, api_router
from export_jobs.web.http.dependencies import StoreDep
from export_jobs.web.http.error_responses import RequestRefusal
from export_jobs.web.http.rate_limit import RateLimit
from export_jobs.web.models import EmptyBody
from export_jobs.web.models.destination import DestinationCheck, DestinationChoice, DestinationEntry, DestinationList

router = api_router("destinations")
_CHECKS = RateLimit("checks of destinations", limit=5, seconds=60)
CHECK_PASSED = "It takes files: login, folder and the right to write are proven."


@router.get("/destinations")
def list_destinations(user: ReadsDags, store: StoreDep) -> DestinationList:
    """Every destination."""
    sees = user.may_use_connection(None)
    return DestinationList(
        destinations=[
            DestinationEntry(
                tag=destination.tag,
                kind=destination.kind,
                folder=destination.folder,
                description=destination.description,
                connection=destination.connection if sees else "",
                options=destination.chosen(),
                looser=[DestinationChoice(**asdict(choice)) for choice in looser_choices(destination)],
            )
            for destination in store.destinations()
        ]
    )


@router.post("/destinations/{tag}/check")
def check_destination(
    user: ReadsConnections,
    tag: str,
    body: EmptyBody,  # noqa: ARG001  proves that it is JSON
    store: StoreDep,
    entry: AuditEntryDep,
) -> DestinationCheck:
    """Log in, write a small file and take it away again; at most five times a minute and person."""
    spec = store.destination(tag)
    if spec is None:
        raise RequestRefusal.because(
            404, f"there is no destination {tag[:100]!r}", "Load the list of destinations again"
        )
    if not user.may_use_connection(spec.connection):
        what = f"you may not use the connection of the destination {tag!r}"
        raise RequestRefusal.because(403, what, "Ask an administrator of Airflow for access to its connection")
    entry.note(destination=spec.tag)
    wait = _CHECKS.wait(user.name)
    if wait:
        what = "you have checked five destinations within a minute"
        raise RequestRefusal.because(
            429, what, f"Try again in {wait} s, so that the server does not lock the login out"
        )
    try:
        open_destination(spec).check()
    except ExportError as error:
        entry.note(ok=False)
        return DestinationCheck(ok=False, what=str(error))
    entry.note(ok=True)
    return DestinationCheck(ok=True, what=CHECK_PASSED)
