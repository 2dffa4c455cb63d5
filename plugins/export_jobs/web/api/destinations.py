"""Destinations: list them, check whether one accepts files right now, pin host keys, and download files."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from typing import Any
from urllib.parse import quote

from fastapi.responses import StreamingResponse

from export_jobs.core.definitions.job import DestinationSpec
from export_jobs.core.definitions.looser_choices import looser_choices
from export_jobs.delivery.ssh.shown_key import HostKeyError
from export_jobs.errors import ExportError
from export_jobs.orchestration.airflow.connections import open_destination, open_download
from export_jobs.orchestration.airflow.host_keys import compared_key
from export_jobs.store.definitions import Definitions
from export_jobs.store.executions.downloads import Downloads, KnownDownload
from export_jobs.web.airflow import tables as airflow_tables
from export_jobs.web.http.access import DATA, Caller, ChecksDestinations, PinsHostKeys, ReadsDags
from export_jobs.web.http.audit_log import AuditEntryDep, api_router
from export_jobs.web.http.dependencies import StoreDep, StoreEngineDep
from export_jobs.web.http.error_responses import RequestRefusal
from export_jobs.web.http.rate_limit import RateLimit
from export_jobs.web.models import EmptyBody
from export_jobs.web.models.destination import (
    DestinationCheck,
    DestinationChoice,
    DestinationEntry,
    DestinationList,
    HostKeyEntry,
    HostKeyPin,
    LastCheck,
    PinnedHostKeys,
)

router = api_router("destinations")
_CHECKS = RateLimit("checks of destinations", limit=5, seconds=60)
_NOT_THERE = ("there is no such file to download", "See the Execution Log of the job")
_FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
}
MAX_CHECKS_READ = 500
"""How many rows of the audit log are read to find the last check of each destination."""
CHECK_PASSED = "It accepts files: login, folder and permission to write work."


@router.get("/destinations")
def list_destinations(user: ReadsDags, store: StoreDep) -> DestinationList:
    """List every destination."""
    sees, checks = user.may_use_connection(None), last_checks()
    may_check = sees or user.may("PUT", None)
    return DestinationList(
        destinations=[
            DestinationEntry(
                tag=destination.tag,
                kind=destination.kind,
                folder=destination.folder,
                description=destination.description,
                connection=destination.connection if sees else "",
                options=destination.non_default_options(),
                looser=[DestinationChoice(**asdict(choice)) for choice in looser_choices(destination)],
                checked=_shown(checks.get(_definition(destination)), whole=may_check),
            )
            for destination in store.destinations()
        ]
    )


@router.post("/destinations/{tag}/check")
def check_destination(
    user: ChecksDestinations,
    tag: str,
    body: EmptyBody,  # noqa: ARG001  proves that it is JSON
    store: StoreDep,
    entry: AuditEntryDep,
) -> DestinationCheck:
    """Check a destination: log in, write a small file and remove it. At most five times a minute per person.

    Everybody who may create jobs may send files there, so they may check it too. Like the message of a failed run, the
    answer contains no secret.
    """
    spec = _known(store, tag)
    sends = user.may("PUT", None) and airflow_tables.our_team_may_use(spec.connection)
    if not (sends or user.may_use_connection(spec.connection)):
        what = f"you may not use the connection of the destination {tag!r}"
        raise RequestRefusal.because(403, what, "Ask an administrator of Airflow for access to its connection")
    entry.note(destination=spec.tag, definition=_definition(spec))
    _enforce_rate_limit(user)
    try:
        open_destination(spec).check()
    except ExportError as error:
        entry.note(ok=False, what=str(error))
        may_pin = user.may_use_connection(spec.connection, "PUT")
        shown = error.shown if isinstance(error, HostKeyError) and may_pin else ()
        keys = [HostKeyEntry(kind=key.kind, fingerprint=key.fingerprint) for key in shown]
        return DestinationCheck(ok=False, what=str(error), host_keys=keys)
    entry.note(ok=True, what=CHECK_PASSED)
    return DestinationCheck(ok=True, what=CHECK_PASSED, host_keys=[])


@router.post("/destinations/{tag}/host-keys")
def pin_host_key(
    user: PinsHostKeys, tag: str, body: HostKeyPin, store: StoreDep, entry: AuditEntryDep
) -> PinnedHostKeys:
    """Trust a host key that the server shows right now, in addition to the pinned ones. Counts as a check.

    The fingerprint is the one that a person has compared. The server is asked for its keys again, without a login or a
    secret; nothing is pinned if it shows another key.
    """
    spec = _known(store, tag)
    if not user.may_use_connection(spec.connection, "PUT"):
        what = f"you may not edit the connection of the destination {tag!r}, which has its host keys"
        raise RequestRefusal.because(403, what, "Ask an administrator of Airflow to compare and pin the key")
    entry.note(destination=spec.tag, fingerprint=body.fingerprint)
    _enforce_rate_limit(user)
    key = compared_key(spec, body.fingerprint)
    pinned = store.pin_host_key(spec.tag, key.fingerprint, user.actor)
    entry.note(kind=key.kind, host_keys=list(pinned.host_keys))
    return PinnedHostKeys(tag=pinned.tag, host_keys=list(pinned.host_keys))


def _known(store: Definitions, tag: str) -> DestinationSpec:
    spec = store.destination(tag)
    if spec is None:
        raise RequestRefusal.because(
            404, f"there is no destination {tag[:100]!r}", "Load the list of destinations again"
        )
    return spec


def _enforce_rate_limit(user: Caller) -> None:
    wait = _CHECKS.wait(user.name)
    if wait:
        what = "you have checked five destinations within a minute"
        raise RequestRefusal.because(
            429, what, f"Try again in {wait} s. More attempts could make the server lock the login out"
        )


def last_checks() -> dict[str, LastCheck]:
    """Return the result of the last check from Airflow's audit log, by the hash of the destination's definition."""
    found: dict[str, LastCheck] = {}
    for row in airflow_tables.newest_audit_rows(f"export_jobs.{check_destination.__name__}", MAX_CHECKS_READ):
        definition, ok = row.extra.get("definition"), row.extra.get("ok")
        if isinstance(ok, bool) and definition:  # a refused request says nothing about the destination
            found.setdefault(
                str(definition), LastCheck(ok=ok, what=str(row.extra.get("what", "")), at=row.at, by=row.owner)
            )
    return found


def _definition(spec: DestinationSpec) -> str:
    """Return a hash of the whole definition: a check says nothing about another folder or other options."""
    return hashlib.sha256(spec.model_dump_json().encode()).hexdigest()[:16]


def _shown(check: LastCheck | None, *, whole: bool) -> LastCheck | None:
    return check if check is None or whole else check.model_copy(update={"what": ""})


@router.get("/downloads/{tag}/{path:path}", response_class=StreamingResponse, responses=_FILE)
def download_file(
    *, user: ReadsDags, tag: str, path: str, store: StoreDep, engine: StoreEngineDep, entry: AuditEntryDep
) -> StreamingResponse:
    """Return the newest file that was delivered under this path; 410 if it has been removed since."""
    entry.record_read()
    spec = store.destination(tag)
    known = Downloads(engine).find(tag, path)
    if known is None or spec is None or spec.kind != "download":
        raise RequestRefusal.because(404, *_NOT_THERE)
    entry.note(known.dag_id, job=known.job, destination=tag, file=path)
    _require_right(user, known)
    found = open_download(spec).open(path)
    if found is None:
        raise _gone(spec, known)
    entry.note(bytes=found.length)
    name = quote(path.rpartition("/")[2])
    return StreamingResponse(
        found.blocks,
        media_type="application/octet-stream",
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
            "Content-Encoding": "identity",  # already compressed: Airflow would compress it again and drop its length
            "Content-Length": str(found.length),
        },
    )


def _require_right(user: Caller, known: KnownDownload) -> None:
    """Refuse with 404 if the caller may not see the job, so that they do not learn that the file exists."""
    if not user.may("GET", known.dag_id):
        raise RequestRefusal.because(404, *_NOT_THERE)
    if not user.may("GET", known.dag_id, DATA):
        what = f"you may see the job {known.job!r}, but its files need the permission to read its XComs"
        raise RequestRefusal.because(403, what, "Ask an administrator of Airflow for the permission")


def _gone(spec: DestinationSpec, known: KnownDownload) -> RequestRefusal:
    what = (
        f"{known.path} of {known.placed_at:%Y-%m-%d} has been removed: files of {spec.tag!r} are kept for "
        f"{spec.keep_days} days"
    )
    return RequestRefusal.because(410, what, "Re-export its window on the page of the job")
