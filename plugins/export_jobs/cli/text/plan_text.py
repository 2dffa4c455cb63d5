"""A plan as text and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from export_jobs.cli.output import Output
from export_jobs.core.base.issue import Issue
from export_jobs.core.base.yaml_file import YamlFile
from export_jobs.core.definitions.job import JobSpec
from export_jobs.core.files.job_files import paths_of_window
from export_jobs.core.files.name_pattern import FIRST_NUMBERS
from export_jobs.core.files.names import part_text
from export_jobs.core.validation.changes import Action, Change
from export_jobs.core.validation.choice_text import change_text
from export_jobs.core.windows.schedule_text import day_range
from export_jobs.core.windows.window import ScheduledWindow
from export_jobs.store.plan import ApplyPlan

_ACTION_MARKS = {Action.CREATE: "+", Action.UPDATE: "~", Action.REFUSED: "!"}
_ACTION_WORDS = {
    Action.CREATE: "to create",
    Action.UPDATE: "to update",
    Action.UNCHANGED: "unchanged",
    Action.REFUSED: "refused",
}


def show_plan(plan: ApplyPlan, output: Output) -> None:
    """Print what changes, with its fields and the next windows of new and edited schedules; then the counts."""
    if plan.file is None:
        return
    for change in plan.changes:
        if change.action is Action.UNCHANGED:
            continue
        output.line(f"{_ACTION_MARKS[change.action]} {change.noun} {change.name}: {change.action}")
        if change.noun == "key":
            output.line(f"    {_identity(change)}")
        if change.action in {Action.UPDATE, Action.REFUSED}:
            for field in change.fields:
                output.line(f"    {field.path or change.noun}: {change_text(field.before, field.after)}")
        if change.reason:
            output.line(f"    refused: {change.reason}.")
        if change.noun == "job" and change.action is Action.CREATE:
            output.line("    first windows: " + _windows(change.windows_after, _zone(plan, change)))
            for path in _first_paths(plan, change):
                output.line(f"    first files: {path}")
        elif change.windows_before or change.windows_after:
            zone = _zone(plan, change)
            output.line("    next windows now:   " + _windows(change.windows_before, zone))
            output.line("    next windows after: " + _windows(change.windows_after, zone))
    counted = Counter(change.action for change in plan.changes)
    output.line(", ".join(f"{counted[action]} {_ACTION_WORDS[action]}" for action in Action if counted[action]))
    if plan.untouched:
        others = len(plan.untouched)
        output.line(f"{others} other {'job' if others == 1 else 'jobs'} of the store, not in this file: left alone")


def show_issues(issues: Iterable[Issue], output: Output, file: YamlFile | None = None) -> None:
    """Print one issue per line, with its line in the file."""
    for issue in issues:
        line = file.line(issue.path) if file else None
        place = f"{file.name}:{line}: " if file and line else f"{file.name}: " if file else ""
        output.line(f"{place}{issue.level}: {issue}")


def plan_document(plan: ApplyPlan, file: YamlFile, *, saved: bool) -> dict[str, Any]:
    """Return the plan as JSON."""
    return {
        "saved": saved,
        "issues": [issue_document(issue, file) for issue in plan.issues],
        "changes": [{**_change_document(change), "first_files": _first_paths(plan, change)} for change in plan.changes],
        "left_alone": list(plan.untouched),
    }


def issue_document(issue: Issue, file: YamlFile | None = None) -> dict[str, Any]:
    """Return one issue as JSON."""
    document = {"level": issue.level, "path": issue.path, "what": issue.what, "remedy": issue.remedy}
    return {**document, "line": file.line(issue.path)} if file else document


def window_document(delivery: ScheduledWindow) -> dict[str, Any]:
    """Return one window as JSON."""
    return {"start": delivery.window.start, "end": delivery.window.end, "due": delivery.due}


def _change_document(change: Change) -> dict[str, Any]:
    return {
        "action": change.action,
        "kind": change.noun,
        "name": change.name,
        "reason": change.reason or None,
        "fields": [{"path": f.path, "before": f.before, "after": f.after} for f in change.fields],
        "windows_before": [window_document(delivery) for delivery in change.windows_before],
        "windows_after": [window_document(delivery) for delivery in change.windows_after],
    }


def _identity(change: Change) -> str:
    """Return the fingerprint and the user id of a key, which a person compares before it is saved."""
    values = {field.path: field.after for field in change.fields}
    return f"{values.get('fingerprint') or 'the same fingerprint'} {values.get('user_id') or ''}".rstrip()


def _windows(deliveries: tuple[ScheduledWindow, ...], zone: str) -> str:
    return ", ".join(day_range(delivery.window, zone) for delivery in deliveries) or "none"


def first_paths(job: JobSpec, windows: Iterable[ScheduledWindow]) -> list[str]:
    """Return the paths that a new job sends for the first of ``windows``; for a file that is split, its first part."""
    first = next(iter(windows), None)
    if first is None:
        return []
    files = paths_of_window(job, first.window, first.due, part_text(1), FIRST_NUMBERS)
    return [file.path for file in files]


def _first_paths(plan: ApplyPlan, change: Change) -> list[str]:
    if change.noun != "job" or change.action is not Action.CREATE:
        return []
    return first_paths(_job(plan, change), change.windows_after)


def _zone(plan: ApplyPlan, change: Change) -> str:
    return _job(plan, change).schedule.time_zone


def _job(plan: ApplyPlan, change: Change) -> JobSpec:
    return next(job for job in (plan.file.jobs if plan.file else ()) if job.name == change.name)
