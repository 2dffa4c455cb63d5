"""``list``, ``show``, ``dump`` and ``delete``: what is in the store."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime

from export_jobs.cli import session
from export_jobs.cli.output import Output, confirm
from export_jobs.cli.text.plan_text import issue_document, show_issues, window_document
from export_jobs.cli.text.provenance_text import show_provenance
from export_jobs.core.base.issue import Issue, errors
from export_jobs.core.definitions.dump import yaml_text
from export_jobs.core.definitions.job import DefinitionFile, ExportJob
from export_jobs.core.validation.changes import next_windows, spec_of
from export_jobs.core.validation.choice_text import MAX_SHOWN_ENTRIES, choice_lines
from export_jobs.core.windows.schedule_text import day_range
from export_jobs.store.overview import JobOverview
from export_jobs.store.stored_job import StoredJob

_ENDED = "completed"
_LIST_KEYS = ("name", "state", "frequency", "from", "until", "destination", "templates", "next_delivery")


def list_jobs(options: argparse.Namespace, output: Output) -> int:  # noqa: ARG001  every command has one signature
    """List one job per line; an invalid job is marked and does not hide others."""
    rows = session.definitions().jobs()
    last_window_end = session.last_window_ends()
    entries = [_entry(row, last_window_end.get(row.job_id)) for row in rows]
    ended = {row.job_id for row, entry in zip(rows, entries, strict=True) if entry["state"] == _ENDED}
    undelivered = JobOverview(session.engine()).with_undelivered_windows(ended) if ended else set()
    for row, entry in zip(rows, entries, strict=True):
        if row.job_id in ended & undelivered:
            entry["state"] = "enabled"  # its last windows are still to be delivered
    output.table(
        [key.replace("_", " ").upper() for key in _LIST_KEYS],
        [[entry[key] for key in _LIST_KEYS] for entry in entries],
    )
    output.json(entries)
    return 0


def show_job(options: argparse.Namespace, output: Output) -> int:
    """Show definition, issues, next windows and provenance of the files; return 1 when the job is invalid."""
    row = session.stored_job(options.job)
    tags = [destination.tag for destination in session.definitions().destinations()]
    job, _ = row.read()
    keys = {key.tag: key for key in session.definitions().receiver_keys()}
    _, issues = row.check(catalogue=session.catalogue(), destinations=tags, keys=keys)
    last_window_end = session.last_window_ends().get(row.job_id)
    following = next_windows(job.schedule, last_window_end) if job and not errors(issues) else []
    output.line(f"Job {row.name}, version {row.version}, Dag {row.dag_id}")
    output.text(_definition_text(job) if job else f"{row.definition}")
    show_issues(issues, output)
    if job and following:
        zone = job.schedule.time_zone
        output.line("next windows: " + ", ".join(day_range(delivery.window, zone) for delivery in following))
    provenance = show_provenance(row, output)
    output.json(
        {
            "name": row.name,
            "job_id": row.job_id,
            "version": row.version,
            "dag_id": row.dag_id,
            "definition": row.definition,
            "issues": [issue_document(issue) for issue in issues],
            "next_windows": [window_document(delivery) for delivery in following],
            **provenance,
        }
    )
    return 1 if errors(issues) else 0


def dump(options: argparse.Namespace, output: Output) -> int:
    """Print the whole store, or one job with its templates and destinations; return 1 when a row was left out."""
    definitions = session.definitions()
    rows = [session.stored_job(options.job)] if options.job else definitions.jobs()
    jobs: list[ExportJob] = []
    for row in rows:
        job, issues = row.read()
        if job is None:
            _report_unreadable_row(row, issues)
        else:
            jobs.append(job)
    used = {use.template for job in jobs for use in job.templates}
    templates = [t for t in definitions.templates() if not options.job or t.name in used]
    receivers = {tag for job in jobs if job.file.encryption for tag in job.file.encryption.keys}
    keys = [key.spec() for key in definitions.receiver_keys() if not options.job or key.tag in receivers]
    tags = {tag for job in jobs for tag in job.destination_tags}
    destinations = [d for d in definitions.destinations() if not options.job or d.tag in tags]
    file = DefinitionFile(
        destinations=tuple(destinations),
        keys=tuple(keys),
        templates=tuple(templates),
        jobs=tuple(spec_of(job) for job in jobs),
    )
    output.text(yaml_text(file))
    output.json(file.model_dump(mode="json", by_alias=True, exclude_defaults=True))
    return 0 if len(jobs) == len(rows) else 1


def delete(options: argparse.Namespace, output: Output) -> int:
    """Delete a job after confirmation."""
    row = session.stored_job(options.job)
    question = f"Delete job {row.name!r}? Its ledger and its delivered files remain; no further window is exported."
    if not confirm(question, is_sure=options.yes):
        output.line("Nothing was deleted.")
        return 1
    session.definitions().delete(row.name, session.actor())
    output.line(f"Job {row.name!r} is deleted.")
    session.announce_change(output, deleted=row.dag_id)
    output.json({"deleted": row.name, "job_id": row.job_id})
    return 0


def _definition_text(job: ExportJob) -> str:
    text = yaml_text(DefinitionFile(jobs=(spec_of(job),)), max_values=MAX_SHOWN_ENTRIES)
    return "\n".join([text.rstrip(), *choice_lines(job)])


def _entry(row: StoredJob, last_window_end: datetime | None) -> dict[str, object]:
    """Return one line of the list, with the keys of the JSON."""
    job, issues = row.check(catalogue=session.catalogue())
    if job is None:
        found = errors(issues)
        state = f"broken ({len(found)} issue{'s' * (len(found) != 1)})"
        return {**dict.fromkeys(_LIST_KEYS), "name": row.name, "state": state}
    following = next_windows(job.schedule, last_window_end, 1)
    state = ("enabled" if following else _ENDED) if job.enabled else "paused"
    return {
        "name": row.name,
        "state": state,
        "frequency": job.schedule.frequency.value,
        "from": job.schedule.valid_from,
        "until": job.schedule.valid_until,
        "destination": ", ".join(job.destination_tags),
        "templates": len(job.templates),
        "next_delivery": following[0].due if following and job.enabled else None,
    }


def _report_unreadable_row(row: StoredJob, issues: list[Issue]) -> None:
    sys.stderr.write(f"export-jobs: job {row.name!r} cannot be read as a definition and was left out:\n")
    sys.stderr.writelines(f"  {issue}\n" for issue in issues)
