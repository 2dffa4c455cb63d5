"""Compare a ``DefinitionFile`` with the store, and save the resulting ``ApplyPlan``, everything or nothing.

Jobs of the store that are not in the file are left alone: a file belongs to one team and is not the whole store.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from export_jobs.core.base.issue import Issue, errors
from export_jobs.core.catalogue.catalogue import Catalogue
from export_jobs.core.definitions.job import DefinitionFile, JobSpec
from export_jobs.core.definitions.key import KeySpec, ReceiverKey
from export_jobs.core.validation.changes import Action, Change, StoredDefinitions, plan_changes
from export_jobs.core.validation.definition_file import KeyReader, StoredReferences, check_file
from export_jobs.errors import UserError
from export_jobs.store.definitions import Definitions


@dataclass(frozen=True)
class ApplyPlan:
    """What applying a file would do. ``issues`` has warnings too; with any error there are no changes.

    ``untouched``: jobs of the store that the file does not name. ``versions``: the versions that the plan is based on.
    """

    file: DefinitionFile | None
    issues: tuple[Issue, ...] = ()
    changes: tuple[Change, ...] = ()
    untouched: tuple[str, ...] = ()
    versions: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_applicable(self) -> bool:
        """Whether everything in the file is valid and nothing is refused."""
        return not errors(self.issues) and all(change.action is not Action.REFUSED for change in self.changes)

    @property
    def is_empty(self) -> bool:
        """Whether the store already has everything in the file."""
        return all(change.action is Action.UNCHANGED for change in self.changes)


def make_plan(
    raw: object,
    definitions: Definitions,
    catalogue: Catalogue,
    *,
    now: datetime,
    last_window_end: Mapping[int, datetime] | None = None,
    read_key: KeyReader | None = None,
) -> ApplyPlan:
    """Compare a file's content with the catalogue and the store. Raise only when the store cannot be read.

    ``last_window_end``: by job id, the end of the last scheduled window; the preview of an edited schedule needs it.
    ``read_key``: the function that reads keys; a file with keys cannot be applied without it.
    """
    rows = definitions.jobs()
    templates = {template.name: template for template in definitions.templates()}
    destinations = {destination.tag: destination for destination in definitions.destinations()}
    keys = {key.tag: key for key in definitions.receiver_keys()}
    beside = StoredReferences(templates, destinations, [row.name for row in rows], keys)
    file, issues = check_file(raw, catalogue=catalogue, stored=beside, now=now, read_key=read_key)
    if file is None:
        return ApplyPlan(None, tuple(issues))
    ends = {row.name: last_window_end[row.job_id] for row in rows if last_window_end and row.job_id in last_window_end}
    stored = StoredDefinitions({row.name: row.read()[0] for row in rows}, templates, destinations, ends, keys)
    jobs = {job.name: job for job in file.jobs}
    return ApplyPlan(
        file,
        tuple(issues),
        tuple(_try_update(change, jobs, definitions) for change in plan_changes(file, stored)),
        untouched=tuple(sorted(row.name for row in rows if row.name not in jobs)),
        versions={row.name: row.version for row in rows},
    )


def apply_plan(plan: ApplyPlan, definitions: Definitions, actor: str) -> None:
    """Save every change in one transaction.

    Raises ``UserError`` when the plan cannot be applied, when the store refuses a part of it, or when somebody has
    saved a newer version of a job since the plan was made. Nothing is saved then.
    """
    if plan.file is None or not plan.is_applicable:
        raise UserError("The file is invalid, so nothing was saved", "Correct what the plan lists, then apply again")
    to_do = {(change.noun, change.name): change.action for change in plan.changes}
    with definitions.transaction(actor) as transaction:
        for destination in plan.file.destinations:
            if to_do["destination", destination.tag] is not Action.UNCHANGED:
                transaction.save_destination(destination, actor)
        for key in plan.file.keys:
            if to_do["key", key.tag] is not Action.UNCHANGED:
                transaction.save_key(_read(key), actor)
        for template in plan.file.templates:
            if to_do["template", template.name] is Action.CREATE:
                transaction.create_template(template, actor)
        for job in plan.file.jobs:
            action = to_do["job", job.name]
            if action is Action.CREATE:
                transaction.create(job, actor)
            elif action is Action.UPDATE:
                transaction.update(job, actor, expected_version=plan.versions[job.name])


def _read(key: KeySpec) -> ReceiverKey:
    if not isinstance(key, ReceiverKey):
        raise UserError(f"The key {key.tag!r} was not read by gpg, so it cannot be saved", "Apply the file again")
    return key


def _try_update(change: Change, jobs: Mapping[str, JobSpec], definitions: Definitions) -> Change:
    """Try an update and roll it back: what may change depends on past runs, which the store's guards check."""
    if change.noun != "job" or change.action is not Action.UPDATE:
        return change
    try:
        with definitions.dry_run() as trial:
            trial.update(jobs[change.name])
    except UserError as error:
        return replace(change, action=Action.REFUSED, reason=str(error).removesuffix("."))
    return change
