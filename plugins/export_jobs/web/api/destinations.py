"""Destinations: which there are, and whether one takes files right now."""

from __future__ import annotations

from export_jobs.errors import ExportError
from export_jobs.orchestration.airflow.connections import open_destination
from export_jobs.web.http.access import ReadsConnections, ReadsDags
from export_jobs.web.http.audit import Entry, api_router
from export_jobs.web.http.errors import Refused
from export_jobs.web.http.rate import Rate
from export_jobs.web.http.state import Store
from export_jobs.web.models import NoBody
from export_jobs.web.models.destination import DestinationEntry, DestinationList, DestinationProof

router = api_router("destinations")
_CHECKS = Rate(most=5, seconds=60)
PROVEN = "It takes files: login, folder and the right to write are proven."


@router.get("/destinations")
def list_destinations(user: ReadsDags, store: Store) -> DestinationList:
    """Every destination."""
    sees = user.may_use_connection(None)
    return DestinationList(
        destinations=[
            DestinationEntry(
                tag=one.tag,
                kind=one.kind,
                folder=one.folder,
                description=one.description,
                connection=one.connection if sees else "",
            )
            for one in store.destinations()
        ]
    )


@router.post("/destinations/{tag}/check")
def check_destination(
    user: ReadsConnections,
    tag: str,
    body: NoBody,  # noqa: ARG001  proves that it is JSON
    store: Store,
    entry: Entry,
) -> DestinationProof:
    """Log in, write a small file and take it away again; at most five times a minute and person."""
    spec = store.destination(tag)
    if spec is None:
        raise Refused.because(404, f"there is no destination {tag[:100]!r}", "Load the list of destinations again")
    if not user.may_use_connection(spec.connection):
        what = f"you may not use the connection of the destination {tag!r}"
        raise Refused.because(403, what, "Ask an administrator of Airflow for access to its connection")
    entry.note(destination=spec.tag)
    wait = _CHECKS.wait(user.name)
    if wait:
        what = "you have checked five destinations within a minute"
        raise Refused.because(429, what, f"Try again in {wait} s, so that the server does not lock the login out")
    try:
        open_destination(spec).check()
    except ExportError as error:
        entry.note(ok=False)
        return DestinationProof(ok=False, what=str(error))
    entry.note(ok=True)
    return DestinationProof(ok=True, what=PROVEN)
