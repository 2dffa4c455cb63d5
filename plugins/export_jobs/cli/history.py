"""``history``: what the ledger says of a job, execution by execution."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from zoneinfo import ZoneInfo

from export_jobs.cli import session
from export_jobs.cli.output import Output
from export_jobs.cli.plan_text import day_range
from export_jobs.core.window import Window
from export_jobs.store.records import Delivered, Event, ExecutionRecord

_ENDS = {"failed", "interrupted", "succeeded"}


def history(options: argparse.Namespace, output: Output) -> int:
    """Every execution, by window, with what it delivered and why it did not."""
    row = session.stored_job(options.job)
    records = session.ledger().executions(row.job_id)
    zone = session.time_zone(row)
    if records:
        output.table(
            ("DAYS", "RUN", "VERSION", "STATE", "FILES", "ROWS", "BYTES", "DELIVERED"),
            [_line(record, zone) for record in records],
        )
    else:
        output.line(f"Job {row.name!r} has not run yet.")
    for record in records:
        for event in _failures(record):
            place = f"{event.step} {event.template or ''}".rstrip()
            output.line(f"{record.run_id}, {place}: {event.message}")
    output.json([_document(record) for record in records])
    return 0


def state(record: ExecutionRecord) -> str:
    """One word for an execution; files once delivered stay delivered, whatever a later try did."""
    if record.publication:
        return "delivered, then failed" if record.has_failed else "delivered"
    if any(event.kind == "skipped" for event in record.events):
        return "skipped"
    return "failed" if record.has_failed else "running"


def _line(record: ExecutionRecord, zone: ZoneInfo) -> tuple[object, ...]:
    files = _newest(record)
    return (
        day_range(Window(record.window_start, record.window_end), zone.key),
        record.run_type,
        record.version,
        state(record),
        len(files),
        sum(file.rows for file in files),
        sum(file.bytes for file in files),
        record.publication.published_at.astimezone(zone) if record.publication else None,
    )


def _newest(record: ExecutionRecord) -> list[Delivered]:
    """The newest file of each template: a rerun replaces what it delivered before."""
    return list({file.template: file for file in record.deliveries}.values())


def _failures(record: ExecutionRecord) -> list[Event]:
    """Why steps did not succeed, for those whose newest try did not."""
    newest = {(event.step, event.template): event for event in record.events if event.kind in _ENDS}
    return [event for event in newest.values() if event.kind != "succeeded" and event.message]


def _document(record: ExecutionRecord) -> dict[str, object]:
    return {**asdict(record), "state": state(record)}
