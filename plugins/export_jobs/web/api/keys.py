"""Receivers' keys: list them, save or renew one, delete one that no job encrypts to."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from fastapi import Response

from export_jobs.core.base.issue import Issue, errors
from export_jobs.core.catalogue.catalogue import Catalogue
from export_jobs.core.definitions.key import KeySpec, ReceiverKey
from export_jobs.core.validation.changes import Action, StoredDefinitions, plan_changes
from export_jobs.core.validation.definition_file import StoredReferences, check_file
from export_jobs.errors import UserError
from export_jobs.store.definitions import Definitions
from export_jobs.streaming.openpgp.read_key import read_public_key
from export_jobs.web.http.access import CreatesJobs, EditsDags, ReadsDags
from export_jobs.web.http.audit_log import AuditEntryDep, api_router
from export_jobs.web.http.dependencies import StoreDep
from export_jobs.web.http.error_responses import RequestRefusal, issue_of
from export_jobs.web.http.request_bodies import RawBody, request_body
from export_jobs.web.models.errors import IssueAnswer
from export_jobs.web.models.key import KeyCheck, KeyDetail, KeyEntry, KeyList

router = api_router("keys")


@router.get("/keys")
def list_keys(user: ReadsDags, store: StoreDep) -> KeyList:  # noqa: ARG001  the permission
    """List every key."""
    users = store.jobs_by_key()
    return KeyList(keys=[_entry(key, users) for key in store.receiver_keys()])


@router.get("/keys/{tag}")
def get_key(user: ReadsDags, tag: str, store: StoreDep) -> KeyDetail:  # noqa: ARG001  the permission
    """Return one key with its text."""
    key = _key(store, tag)
    return KeyDetail(**dict(_entry(key, store.jobs_by_key())), public_key=key.public_key)


@router.post(
    "/keys",
    status_code=201,
    openapi_extra=request_body(KeySpec),
    responses={200: {"model": KeyCheck}, 201: {"model": KeyDetail}},
)
def save_key(
    *,
    user: CreatesJobs,
    body: RawBody,
    store: StoreDep,
    entry: AuditEntryDep,
    response: Response,
    dry_run: bool = False,
) -> KeyDetail | KeyCheck:
    """Save a key, or renew the key with this tag if the fingerprint is the same. ``dry_run`` only reads it with gpg."""
    key, issues = _read(body, store)
    users = store.jobs_by_key()
    if dry_run:
        entry.skip()
        response.status_code = 200
        entry_of_key = _entry(key, users) if key else None
        return KeyCheck(issues=[IssueAnswer.of(issue) for issue in issues], key=entry_of_key)
    if key is None or errors(issues):
        raise RequestRefusal(422, issues)
    entry.note(key=key.tag, fingerprint=key.fingerprint)
    try:
        store.save_key(key, user.actor)
    except UserError as error:
        raise RequestRefusal(409, [issue_of(error)]) from None
    return KeyDetail(**dict(_entry(key, users)), public_key=key.public_key)


@router.delete("/keys/{tag}", status_code=204, response_class=Response)
def delete_key(user: EditsDags, tag: str, store: StoreDep, entry: AuditEntryDep) -> None:
    """Delete a key that no live job encrypts to."""
    key = _key(store, tag)
    entry.note(key=key.tag, fingerprint=key.fingerprint)
    count = len(store.jobs_by_key().get(key.tag, ()))
    if count:
        what = f"{count} jobs encrypt to the key {tag!r}" if count > 1 else f"a job encrypts to the key {tag!r}"
        raise RequestRefusal.because(409, f"{what}, so it cannot be deleted", "Delete those jobs first")
    try:
        store.delete_key(key.tag, user.actor)
    except UserError as error:  # a job started to use it a moment ago
        raise RequestRefusal(409, [issue_of(error)]) from None


def _read(body: RawBody, store: Definitions) -> tuple[ReceiverKey | None, list[Issue]]:
    """Check the body like a definitions file with this one key. Paths of issues are those of the body."""
    stored = {key.tag: key for key in store.receiver_keys()}
    file, found = check_file(
        {"keys": [body]},
        catalogue=Catalogue(),
        stored=StoredReferences(keys=stored),
        now=datetime.now(UTC),
        read_key=read_public_key,
    )
    issues = [replace(issue, path=issue.path.removeprefix("keys[0]").removeprefix(".")) for issue in found]
    if file is None:
        return None, issues
    (change,) = plan_changes(file, StoredDefinitions(keys=stored))
    if change.action is Action.REFUSED:
        issues.append(Issue("public_key", change.reason, "Choose another tag"))
    (key,) = file.keys
    return (key if isinstance(key, ReceiverKey) else None), issues


def _key(store: Definitions, tag: str) -> ReceiverKey:
    key = store.receiver_key(tag)
    if key is None:
        raise RequestRefusal.because(404, f"there is no key {tag[:100]!r}", "Load the list of keys again")
    return key


def _entry(key: ReceiverKey, users: dict[str, list[str]]) -> KeyEntry:
    facts = key.model_dump(exclude={"public_key"})
    return KeyEntry(**facts, jobs=len(users.get(key.tag, ())))
