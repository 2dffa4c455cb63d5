"""Build the mails of a run: to its recipients when files are delivered, to the owner when it has failed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from export_jobs.core.windows.schedule_text import window_in_words
from export_jobs.orchestration.airflow.address import airflow_address
from export_jobs.orchestration.mail.arrivals import in_words
from export_jobs.orchestration.mail.message import Letter

if TYPE_CHECKING:
    from export_jobs.core.definitions.job import ExportJob
    from export_jobs.core.files.export_file import ExportFile
    from export_jobs.orchestration.mail.arrivals import Arrivals
    from export_jobs.orchestration.run.job_run import JobRun
    from export_jobs.store.executions.records import DeliveryEntry, PublicationEntry


def success_letter(run: JobRun, files: Sequence[ExportFile], stage: str, arrivals: Arrivals) -> Letter:
    """Build the mail to recipients about the delivered ``files`` of the extraction or publication ``stage``."""
    publication = run.ledger.publication(run.execution_id, stage)
    zone = ZoneInfo(run.job.schedule.time_zone)
    days = window_in_words(run.window, run.job.schedule.time_zone)
    is_empty = not any(file.is_sent for file in files)
    waiting = f" to {in_words(arrivals.there)}, not yet to {in_words(arrivals.missing)}" if arrivals.missing else ""
    earlier = run.ledger.publications_of(run.job.job_id, run.window.start, run.window.end)
    return Letter(
        "delivered",
        f"{run.job.name}: {days}, nothing to send" if is_empty else f"{run.job.name}: {days} delivered{waiting}",
        {
            "is_empty": is_empty,
            "owner": (todays_definition(run) or run.job).owner,
            "job": run.job.name,
            "description": run.job.description,
            "window": days,
            "start": run.window.start.astimezone(zone).isoformat(),
            "end": run.window.end.astimezone(zone).isoformat(),
            "destination": in_words(arrivals.there),
            "missing": in_words(arrivals.missing) if arrivals.missing else "",
            "replaces": len(earlier) + bool(arrivals.missing) > 1,
            "files": _file_values(run, files, arrivals),
            "manifest_urls": _manifest_urls(run, publication, arrivals),
        },
        identity=_identity(run, stage + arrivals.key),
        job=run.job.name,
        window=_header_window(run),
    )


def failure_letter(run: JobRun) -> Letter:
    """Build the mail to the owner about a run that has failed."""
    days = window_in_words(run.window, run.job.schedule.time_zone)
    url = airflow_address()
    delivered = _delivered_urls(run.ledger.latest_deliveries(run.execution_id))
    return Letter(
        "failed",
        f"{run.job.name}: {days} FAILED",
        {
            "job": run.job.name,
            "window": days,
            "failures": run.ledger.failures(run.execution_id),
            "delivered": list(delivered),
            "several": bool(run.job.destinations),
            "more_parts": delivered,
            "link": f"{url}/dags/{run.job.dag_id}/runs/{run.run_id}" if url else "",
        },
        identity=_identity(run, f"clear {run.clear_number}"),
        job=run.job.name,
        window=_header_window(run),
    )


def todays_definition(run: JobRun) -> ExportJob | None:
    """Return the newest version, which is used only for mail addresses; None if it is deleted or unreadable."""
    stored = run.definitions.by_dag_id(run.job.dag_id)
    return stored.read()[0] if stored else None


def _identity(run: JobRun, key: str) -> tuple[str, ...]:
    return (run.ledger.opened_at(run.execution_id).isoformat(), str(run.execution_id), run.run_id, key)


def _template(file: ExportFile | DeliveryEntry) -> str:
    return file.template


def _template_at(delivery: DeliveryEntry) -> tuple[str | None, str]:
    return delivery.destination, delivery.template


def _file_values(run: JobRun, files: Sequence[ExportFile], arrivals: Arrivals) -> list[dict[str, Any]]:
    """Return a mail's files by template; with several destinations, the deliveries at each, then empty templates."""
    if not run.job.destinations:
        return [_file_value(run, list(parts)) for _, parts in groupby(files, _template)]
    deliveries = run.ledger.latest_deliveries(run.execution_id)
    values = []
    for tag in arrivals.there:
        for _, parts in groupby((entry for entry in deliveries if entry.destination == tag), _template):
            values.append(_delivery_value(list(parts)))
    return values + [_file_value(run, [file]) for file in files if not file.is_sent]


def _manifest_urls(run: JobRun, publication: PublicationEntry | None, arrivals: Arrivals) -> list[str]:
    if run.job.destinations:
        return [run.destination_of(tag).url(run.manifest_path) for tag in arrivals.there]
    return [publication.url] if publication and publication.url else []


def _delivery_value(parts: Sequence[DeliveryEntry]) -> dict[str, Any]:
    """Return ``_file_value`` for the file or the parts of one template at one of several destinations."""
    first, last = parts[0], parts[-1]
    return {
        "template": first.template,
        "destination": first.destination,
        "path": first.path,
        "url": first.url,
        "last_url": last.url if len(parts) > 1 else None,
        "parts": len(parts),
        "rows": sum(part.rows for part in parts),
        "bytes": sum(part.bytes for part in parts),
        "sha256": first.sha256 if len(parts) == 1 else None,
    }


def _file_value(run: JobRun, files: Sequence[ExportFile]) -> dict[str, Any]:
    """Return what a mail says about one template's file, or about all its parts together."""
    first, last = files[0], files[-1]
    return {
        "template": first.template,
        "destination": None,
        "path": first.path,
        "url": run.destination.url(first.path) if first.is_sent else None,
        "last_url": run.destination.url(last.path) if len(files) > 1 else None,
        "parts": len(files),
        "rows": sum(file.rows for file in files),
        "bytes": sum(file.bytes for file in files),
        "sha256": first.sha256 if len(files) == 1 else None,
    }


def _delivered_urls(deliveries: Sequence[DeliveryEntry]) -> dict[str, str]:
    """Return, by the address of each template's file or first part, how many more parts there are, in words."""
    urls = {}
    for _, group in groupby(deliveries, _template_at):
        first, *others = group
        urls[first.url] = f" and {len(others)} more {'parts' if len(others) > 1 else 'part'}" if others else ""
    return urls


def _header_window(run: JobRun) -> str:
    return f"{run.window.start.isoformat()}/{run.window.end.isoformat()}"
