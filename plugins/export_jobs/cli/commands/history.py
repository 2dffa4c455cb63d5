"""``history``: the executions of a job in the ledger."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from zoneinfo import ZoneInfo

from export_jobs.cli import session
from export_jobs.cli.output import Output
from export_jobs.core.windows.schedule_text import day_range
from export_jobs.core.windows.window import Window
from export_jobs.store.executions.records import ExecutionRecord
from export_jobs.store.executions.state import latest_failures, newest_files, state_of


def history(options: argparse.Namespace, output: Output) -> int:
    """Show every execution, by window, with what it delivered or why it did not."""
    row = session.stored_job(options.job)
    records = session.ledger().executions(row.job_id)
    zone = ZoneInfo(row.time_zone)
    if records:
        output.table(
            ("DAYS", "RUN", "VERSION", "STATE", "FILES", "ROWS", "BYTES", "DELIVERED"),
            [_line(record, zone) for record in records],
        )
    else:
        output.line(f"Job {row.name!r} has not run yet.")
    for record in records:
        for event in latest_failures(record):
            place = f"{event.step} {event.template or ''}".rstrip()
            output.line(f"{record.run_id}, {place}: {event.message}")
    output.json([_document(record) for record in records])
    return 0


def _line(record: ExecutionRecord, zone: ZoneInfo) -> tuple[object, ...]:
    files = newest_files(record)
    return (
        day_range(Window(record.window_start, record.window_end), zone.key),
        record.run_type,
        record.version,
        state_of(record).replace("_", " "),
        len(files),
        sum(file.rows for file in files),
        sum(file.bytes for file in files),
        record.publication.published_at.astimezone(zone) if record.publication else None,
    )


def _document(record: ExecutionRecord) -> dict[str, object]:
    return {**asdict(record), "state": state_of(record)}
