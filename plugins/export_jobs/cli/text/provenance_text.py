"""Print which definitions a job's files were built from, and where these changed, for ``show``."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from export_jobs.cli import session
from export_jobs.cli.output import Output
from export_jobs.core.windows.provenance import (
    DefinitionChange,
    FileProvenance,
    ProvenanceRange,
    definition_changes,
    provenance_ranges,
)
from export_jobs.core.windows.schedule_text import day_range
from export_jobs.store.stored_job import StoredJob

HASH_LENGTH = 12
_HEADINGS = ("DEFINITION", "HASH", "FILES", "FIRST WINDOW", "DELIVERED", "LAST WINDOW", "DELIVERED")


def show_provenance(row: StoredJob, output: Output) -> dict[str, Any]:
    """Print the provenance, if anything was delivered, and return it as JSON."""
    found = provenance_ranges(session.ledger().file_provenance(row.job_id))
    versions = session.definitions().versions(row.job_id) if len(found) > 1 else []
    changes = definition_changes(found, {version.version: version.changed for version in versions})
    if found:
        output.table(_HEADINGS, [_line(stretch, row) for stretch in found])
    for change in changes:
        output.line(_sentence(change, row))
    return {
        "made_from": [_document(stretch) for stretch in found],
        "definition_changes": [
            {"before": _delivery(change.before), "after": _delivery(change.after), "why": change.why}
            for change in changes
        ],
    }


def _line(stretch: ProvenanceRange, row: StoredJob) -> list[object]:
    zone = ZoneInfo(row.time_zone)
    ends = [(_days(end, row), end.delivered_at.astimezone(zone)) for end in (stretch.first, stretch.last)]
    first = stretch.first
    return [f"version {first.version}", first.definition_hash[:HASH_LENGTH], stretch.files, *ends[0], *ends[1]]


def _sentence(change: DefinitionChange, row: StoredJob) -> str:
    before, after = change.before, change.after
    return (
        f"The definition changed between the window {_days(before, row)} and the window {_days(after, row)}: "
        f"version {before.version} -> {after.version}, {change.why}."
    )


def _days(delivery: FileProvenance, row: StoredJob) -> str:
    return day_range(delivery.window, row.time_zone)


def _document(stretch: ProvenanceRange) -> dict[str, Any]:
    return {"first": _delivery(stretch.first), "last": _delivery(stretch.last), "files": stretch.files}


def _delivery(one: FileProvenance) -> dict[str, Any]:
    return {
        "version": one.version,
        "definition_hash": one.definition_hash,
        "window": {"start": one.window.start, "end": one.window.end},
        "delivered_at": one.delivered_at,
    }
