"""``keys show`` and ``keys delete``: receivers' public keys, with the fingerprint that a person compares."""

from __future__ import annotations

import argparse
from typing import Any

from export_jobs.cli import session
from export_jobs.cli.output import Output, confirm
from export_jobs.core.base.text import suggest
from export_jobs.core.definitions.key import ReceiverKey, fingerprint_text
from export_jobs.errors import ExportError, UserError
from export_jobs.streaming.openpgp.encrypt import key_fault
from export_jobs.streaming.openpgp.read_key import read_public_key


def show_keys(options: argparse.Namespace, output: Output) -> int:
    """List every key, or show one in full; gpg reads each of them again. Return 1 when one cannot be used."""
    definitions = session.definitions()
    keys = [_key(options.tag)] if options.tag else definitions.receiver_keys()
    users = definitions.jobs_by_key()
    found = [(key, _state(key)) for key in keys]
    documents = [_document(key, state, users.get(key.tag, [])) for key, state in found]
    if options.tag:
        output.text("\n".join(_lines(*found[0], users.get(options.tag, []))))
    elif not keys:
        output.line("The store has no key yet.")
    else:
        rows = [(key.tag, state or "usable", key.expires_at, key.user_id, key.fingerprint) for key, state in found]
        output.table(("tag", "state", "expires", "user id", "fingerprint"), rows)
    output.json(documents[0] if options.tag else documents)
    return 1 if any(state for _, state in found) else 0


def delete_key(options: argparse.Namespace, output: Output) -> int:
    """Delete a key after confirmation; the store refuses while a job encrypts to it."""
    key = _key(options.tag)
    if not confirm(f"Delete key {key.tag!r} of {key.user_id}?", is_sure=options.yes):
        output.line("Nothing was deleted.")
        return 1
    session.definitions().delete_key(key.tag, session.actor())
    output.line(f"Key {key.tag!r} is deleted.")
    output.json({"deleted": key.tag})
    return 0


def _key(tag: str) -> ReceiverKey:
    definitions = session.definitions()
    key = definitions.receiver_key(tag)
    if key is None:
        tags = [known.tag for known in definitions.receiver_keys()]
        raise UserError(f"There is no key {tag!r}", suggest(tag, tags, none="The store has no key yet"))
    return key


def _state(key: ReceiverKey) -> str:
    """Return why nothing can be encrypted to a key; empty when the key can be used."""
    try:
        fault = key_fault(key.tag, key.fingerprint, read_public_key(key.public_key))
    except ExportError as error:
        return error.what
    return fault.what if fault else ""


def _lines(key: ReceiverKey, state: str, jobs: list[str]) -> list[str]:
    return [
        f"Key {key.tag}: {state or 'files can be encrypted to it'}",
        f"    user id:     {key.user_id}",
        f"    fingerprint: {fingerprint_text(key.fingerprint)}",
        f"    created:     {key.created_at:%Y-%m-%d}",
        f"    expires:     {f'{key.expires_at:%Y-%m-%d}' if key.expires_at else 'never'}",
        f"    description: {key.description or '-'}",
        f"    jobs:        {', '.join(jobs) or 'none'}",
    ]


def _document(key: ReceiverKey, state: str, jobs: list[str]) -> dict[str, Any]:
    return {**key.model_dump(mode="json", exclude={"public_key"}), "fault": state or None, "jobs": jobs}
