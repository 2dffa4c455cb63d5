"""``apply``, ``diff`` and ``validate``: a file of definitions, checked against the catalogue and the store."""

from __future__ import annotations

import argparse
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from export_jobs.cli import session
from export_jobs.cli.output import Output, confirm
from export_jobs.cli.text.plan_text import first_paths, issue_document, plan_document, show_issues, show_plan
from export_jobs.core.base.issue import Issue, errors
from export_jobs.core.base.yaml_file import YamlFile, read_yaml
from export_jobs.core.definitions.job import DefinitionFile
from export_jobs.core.validation.changes import Action
from export_jobs.core.validation.definition_file import StoredReferences, check_file
from export_jobs.core.windows.window import scheduled_windows
from export_jobs.store.check import check_store
from export_jobs.store.plan import ApplyPlan, apply_plan, make_plan
from export_jobs.streaming.openpgp.read_key import read_public_key

_SAVED = {Action.CREATE, Action.UPDATE}


def apply(options: argparse.Namespace, output: Output) -> int:
    """Show the plan, ask for confirmation, save everything or nothing, and ask Airflow to parse."""
    file = read_yaml(Path(options.file))
    plan = _make_and_show_plan(file, output)
    saved = False
    if not plan.is_applicable:
        output.line("Nothing was saved.")
    elif plan.is_empty:
        output.line("The store already has these definitions; there is nothing to save.")
    elif confirm("Save these changes?", is_sure=options.yes):
        apply_plan(plan, session.definitions(), session.actor())
        saved = True
        output.line("Saved.")
        session.announce_change(output)
    else:
        output.line("Nothing was saved.")
    output.json(plan_document(plan, file, saved=saved))
    return 0 if saved or (plan.is_applicable and plan.is_empty) else 1


def diff(options: argparse.Namespace, output: Output) -> int:
    """Show what ``apply`` would change; return 1 if there is a change."""
    file = read_yaml(Path(options.file))
    plan = _make_and_show_plan(file, output)
    output.json(plan_document(plan, file, saved=False))
    return 0 if plan.is_applicable and plan.is_empty else 1


def validate(options: argparse.Namespace, output: Output) -> int:
    """Show every issue of a file, or of the whole store."""
    file = read_yaml(Path(options.file)) if options.file else None
    read, found = _check_file(file, output) if file else (None, _check_store())
    issues = [*session.catalogue().issues, *found]
    show_issues(issues, output, file)
    names = _first_files(read) if read and not errors(issues) else {}
    for job, paths in names.items():
        for path in paths:
            output.line(f"job {job}: first files: {path}")
    output.line(_count(issues))
    output.json({"issues": [issue_document(issue, file) for issue in issues], "first_files": names})
    return 1 if errors(issues) else 0


def _first_files(file: DefinitionFile) -> dict[str, list[str]]:
    """Return the paths that the first run sends, for each job that sets its own file names."""
    named = [job for job in file.jobs if job.file.name is not None or job.file.done_file is not None]
    return {job.name: first_paths(job, scheduled_windows(job.schedule)) for job in named}


def _check_store() -> list[Issue]:
    return list(check_store(session.definitions(), session.catalogue()))


def _check_file(file: YamlFile, output: Output) -> tuple[DefinitionFile | None, list[Issue]]:
    """Check the file together with the store; without a configured store, as in CI, check it on its own."""
    if session.has_store():
        plan = _plan(file)
        return plan.file, list(plan.issues)
    output.line("No store is configured: the file is checked on its own and against the catalogue.")
    return check_file(
        file.data,
        catalogue=session.catalogue(),
        stored=StoredReferences(),
        now=datetime.now(UTC),
        read_key=read_public_key,
    )


def _make_and_show_plan(file: YamlFile, output: Output) -> ApplyPlan:
    plan = _plan(file)
    plan = replace(plan, issues=(*plan.issues, *_pool_issues(plan, output)))
    show_issues(plan.issues, output, file)
    show_plan(plan, output)
    return plan


def _pool_issues(plan: ApplyPlan, output: Output) -> list[Issue]:
    """Return missing pools, without which a saved job would never start; ask nothing when no job is to be saved."""
    from export_jobs.orchestration.airflow.pools import pool_issues  # noqa: PLC0415  loads Airflow's API, for some commands

    saved = {change.name for change in plan.changes if change.noun == "job" and change.action in _SAVED}
    jobs = [job for job in (plan.file.jobs if plan.file else ()) if job.enabled and job.name in saved]
    if not jobs:
        return []
    tags = {tag: None for job in jobs for tag in job.destination_tags}
    return [replace(issue, path="jobs") for issue in pool_issues(tags, session.airflow_pools(output))]


def _plan(file: YamlFile) -> ApplyPlan:
    return make_plan(
        file.data,
        session.definitions(),
        session.catalogue(),
        now=datetime.now(UTC),
        last_window_end=session.last_window_ends(),
        read_key=read_public_key,
    )


def _count(issues: list[Issue]) -> str:
    wrong = len(errors(issues))
    return f"{wrong} error{'s' * (wrong != 1)}, {len(issues) - wrong} warning{'s' * (len(issues) - wrong != 1)}."
