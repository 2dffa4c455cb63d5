"""``check-destination`` and ``host-keys``: whether a server accepts files, and which of its keys are trusted."""

from __future__ import annotations

import argparse

from export_jobs.cli import session
from export_jobs.cli.output import Output


def check_destination(options: argparse.Namespace, output: Output) -> int:
    """Check the destination; raise an error that says what it refuses."""
    from export_jobs.orchestration.airflow.connections import open_destination  # noqa: PLC0415  loads Airflow

    spec = session.destination(options.tag)
    open_destination(spec).check()
    output.line(f"The destination {spec.tag!r} accepts files: login, folder and write permission work.")
    output.json({"tag": spec.tag, "ok": True})
    return 0


def host_keys(options: argparse.Namespace, output: Output) -> int:
    """Show the keys, or pin the one that the user has compared; nothing from the connection is sent."""
    from export_jobs.orchestration.airflow import host_keys as keys  # noqa: PLC0415  loads Airflow

    spec = session.destination(options.tag)
    if options.pin:
        key = keys.compared_key(spec, options.pin)
        spec = session.definitions().pin_host_key(spec.tag, key.fingerprint, session.actor())
        output.line(f"The destination {spec.tag!r} now trusts {key}; pinned keys: {len(spec.host_keys)}.")
        output.json({"tag": spec.tag, "host_keys": list(spec.host_keys)})
        return 0
    shown = keys.shown_host_keys(spec)
    output.table(
        ["KIND", "FINGERPRINT", "PINNED"],
        [[key.kind, key.fingerprint, "yes" if key.is_pinned else "no"] for key in shown],
    )
    output.line(f"{keys.DANGER}.")
    output.json([{"kind": key.kind, "fingerprint": key.fingerprint, "pinned": key.is_pinned} for key in shown])
    return 0 if any(key.is_pinned for key in shown) else 1
