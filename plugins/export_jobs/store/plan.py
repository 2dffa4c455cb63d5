"""``DefinitionFile`` x store -> ``Plan`` -> saved, all of it or nothing.

Jobs that are in the store and not in the file are left alone: a file is what one team keeps, not the whole store.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from export_jobs.core.catalogue import Catalogue
from export_jobs.core.changes import Action, Change, InStore, changes
from export_jobs.core.file_validation import Stored, check_file
from export_jobs.core.issue import Issue, errors
from export_jobs.core.job import DefinitionFile, ExportJob
from export_jobs.core.validation import parse_stored_job
from export_jobs.errors import UserError
from export_jobs.store.definitions import Definitions, StoredJob


@dataclass(frozen=True)
class Plan:
    """What applying a file would do. ``issues`` holds warnings too; with any error there are no changes.

    ``left_alone``: jobs of the store that the file does not name. ``versions``: the versions the plan was made from.
    """

    file: DefinitionFile | None
    issues: tuple[Issue, ...] = ()
    changes: tuple[Change, ...] = ()
    left_alone: tuple[str, ...] = ()
    versions: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_applicable(self) -> bool:
        """Whether everything in the file holds and nothing of it is refused."""
        return not errors(self.issues) and all(change.action is not Action.REFUSED for change in self.changes)

    @property
    def is_empty(self) -> bool:
        """Whether the store holds all of it already."""
        return all(change.action is Action.UNCHANGED for change in self.changes)


def make_plan(
    raw: object,
    definitions: Definitions,
    catalogue: Catalogue,
    *,
    now: datetime,
    made_until: Mapping[str, datetime] | None = None,
) -> Plan:
    """Hold a file's content against the catalogue and the store. Raises only when the store cannot be read.

    ``made_until``: by job name, the end of the last window that was made; the preview of an edited schedule needs it.
    """
    rows = definitions.jobs()
    templates = {template.name: template for template in definitions.templates()}
    destinations = {destination.tag: destination for destination in definitions.destinations()}
    beside = Stored(templates, destinations.keys(), [row.name for row in rows])
    file, issues = check_file(raw, catalogue=catalogue, stored=beside, now=now)
    if file is None:
        return Plan(None, tuple(issues))
    stored = InStore({row.name: _readable(row) for row in rows}, templates, destinations, made_until or {})
    named = {job.name for job in file.jobs}
    return Plan(
        file,
        tuple(issues),
        tuple(changes(file, stored)),
        left_alone=tuple(sorted(row.name for row in rows if row.name not in named)),
        versions={row.name: row.version for row in rows},
    )


def apply_plan(plan: Plan, definitions: Definitions, actor: str) -> None:
    """Save every change in one transaction.

    Raises ``UserError`` when the plan cannot be applied, when the store refuses a part of it (a frozen field), or when
    somebody has saved a newer version of a job since the plan was made. Nothing is saved then.
    """
    if plan.file is None or not plan.is_applicable:
        raise UserError("The file does not hold, so nothing was saved. Correct what the plan lists, then apply again.")
    to_do = {(change.noun, change.name): change.action for change in plan.changes}
    with definitions.transaction(actor) as transaction:
        for destination in plan.file.destinations:
            if to_do["destination", destination.tag] is not Action.UNCHANGED:
                transaction.save_destination(destination)
        for template in plan.file.templates:
            if to_do["template", template.name] is Action.CREATE:
                transaction.create_template(template)
        for job in plan.file.jobs:
            action = to_do["job", job.name]
            if action is Action.CREATE:
                transaction.create(job)
            elif action is Action.UPDATE:
                transaction.update(job, expected_version=plan.versions[job.name])


def _readable(row: StoredJob) -> ExportJob | None:
    return parse_stored_job(row.definition)[0]
