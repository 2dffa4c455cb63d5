"""Check, try and save a change to a job."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from export_jobs.core.base.issue import Issue, errors
from export_jobs.core.base.text import suggest
from export_jobs.core.catalogue.catalogue import Catalogue
from export_jobs.core.definitions.job import DefinitionFile, ExportJob, JobSpec
from export_jobs.core.validation.changes import Action, Change, StoredDefinitions, differences, plan_changes, spec_of
from export_jobs.core.validation.definition_file import StoredReferences, check_file
from export_jobs.core.validation.definitions import validate_job
from export_jobs.errors import UserError
from export_jobs.store.definitions import EDITABLE, EDITABLE_SECTIONS, Definitions
from export_jobs.store.ledger import Ledger
from export_jobs.store.stored_job import StoredJob
from export_jobs.web.http.error_responses import RequestRefusal, issue_of
from export_jobs.web.jobs.pools import pool_issues_of


@dataclass(frozen=True)
class JobEdit:
    """A change that was read. ``job``: the job after the change; None if it is invalid."""

    job: JobSpec | None
    issues: tuple[Issue, ...]
    change: Change | None = None


def read_edit(
    body: Mapping[str, Any], row: StoredJob, store: Definitions, ledger: Ledger, catalogue: Catalogue
) -> JobEdit:
    """Read a change with every issue: fixed keys, invalid values, and what the store's guards refuse."""
    before, unreadable = row.read()
    if before is None:
        return JobEdit(None, tuple(unreadable))
    odd = list(_fixed_key_issues(body))
    merged = _merge_edit(spec_of(before).model_dump(mode="json", by_alias=True), body)
    stored = StoredReferences(
        templates={template.name: template for template in before.template_definitions},
        destinations=before.destination_tags,
        jobs=[row.name],
        keys={key.tag: key for key in store.receiver_keys()},
    )
    file, found = check_file({"jobs": [merged]}, catalogue=catalogue, stored=stored)
    issues = [*odd, *(replace(issue, path=issue.path.removeprefix("jobs[0].")) for issue in found)]
    if file is not None and file.jobs and file.jobs[0].enabled:  # a paused job does not need slots
        issues += pool_issues_of(before.destination_tags)
    if file is None or errors(issues):
        return JobEdit(None, tuple(issues))
    job = file.jobs[0]
    refused = _store_issues(job, store)
    change = _describe_change(before, job, ledger.last_scheduled_end(row.job_id), catalogue)
    return JobEdit(None if refused else job, (*issues, *refused), change)


def save_changed_job(job: JobSpec, row: StoredJob, store: Definitions, actor: str) -> StoredJob:
    """Save ``job`` over ``row``. Raises ``RequestRefusal`` if somebody else was faster or the store refuses."""
    try:
        return store.update(job, actor, expected_version=row.version)
    except UserError as error:
        now = store.by_dag_id(row.dag_id)
        raise RequestRefusal(422 if now and now.version == row.version else 409, [issue_of(error)]) from None


def expect_version(row: StoredJob, if_match: str | None) -> None:
    """Refuse a change to a version that the caller has not seen. ``if_match``: the header, ``"3"`` or ``*``."""
    if if_match is None:
        what = "the request does not say which version of the job it changes"
        remedy = f'Send the ETag of the job that you have seen; at present that is If-Match: "{row.version}"'
        raise RequestRefusal.because(428, what, remedy)
    if if_match.strip().removeprefix("W/").strip('"') not in {str(row.version), "*"}:
        what = f"the job has been changed by somebody else and is at version {row.version} now"
        raise RequestRefusal.because(409, what, "Load it again, then repeat your change")


def with_enabled(row: StoredJob, *, enabled: bool) -> JobSpec:
    """Return the job of a row, paused or resumed. Raises ``RequestRefusal`` for an invalid row."""
    job, issues = row.read()
    if job is None:
        raise RequestRefusal(422, issues)
    return spec_of(job).model_copy(update={"enabled": enabled})


def _describe_change(before: ExportJob, job: JobSpec, last_window_end: datetime | None, catalogue: Catalogue) -> Change:
    """Return the differences. The windows of an invalid definition are unknown."""
    if errors(validate_job(before, catalogue=catalogue)):
        return Change(Action.UPDATE, "job", job.name, differences(spec_of(before), job))
    stored = StoredDefinitions(
        jobs={job.name: before}, last_window_end={job.name: last_window_end} if last_window_end else {}
    )
    return next(plan_changes(DefinitionFile(jobs=(job,)), stored))


def _fixed_key_issues(body: Mapping[str, Any]) -> Iterator[Issue]:
    """Report keys that are not editable: receivers rely on name, destination, templates and the format of files."""
    sections = {name: body[name] for name in EDITABLE_SECTIONS if name in body}
    for name, section in sections.items():
        if not isinstance(section, Mapping):
            yield Issue(name, "this is not a mapping of keys to values", "Send only the keys that change")
    inner = [f"{name}.{key}" for name, part in sections.items() if isinstance(part, Mapping) for key in part]
    for path in [*(str(key) for key in body if key not in sections), *inner]:
        if path not in EDITABLE:
            yield Issue(path, "this cannot change once the job exists", suggest(path, EDITABLE, none="Leave it out"))


def _merge_edit(before: dict[str, Any], body: Mapping[str, Any]) -> dict[str, Any]:
    after = {**before, **{key: value for key, value in body.items() if key in EDITABLE}}
    for name in EDITABLE_SECTIONS:
        part = body.get(name)
        inner = part if isinstance(part, Mapping) else {}
        changed = {key: value for key, value in inner.items() if f"{name}.{key}" in EDITABLE}
        after[name] = {**before[name], **changed}
    return after


def _store_issues(job: JobSpec, store: Definitions) -> list[Issue]:
    """Try the change without saving it: what may change depends on what has run, which the store's guards know."""
    try:
        with store.dry_run() as trial:
            trial.update(job)
    except UserError as error:
        return [issue_of(error)]
    return []
