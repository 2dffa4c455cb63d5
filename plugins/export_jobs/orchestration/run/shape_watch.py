"""The source's columns against the catalogue and the last delivery: an extraction is stopped, or the job is told."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from export_jobs.core.definitions.job import ShapeChange
from export_jobs.core.sql.checks.shape import (
    Shape,
    catalogue_differences,
    delivery_differences,
    shape_error,
    shape_json,
)

if TYPE_CHECKING:
    from export_jobs.core.sql.compiled import CompiledExport
    from export_jobs.orchestration.run.job_run import JobRun

log = logging.getLogger(__name__)


class ShapeWatch:
    """Looks at what each template of a run would read, before a row is read."""

    def __init__(self, run: JobRun, step: str) -> None:
        self._run, self._step = run, step
        self._shapes: dict[str, Shape] = {}

    def __call__(self, export: CompiledExport, shape: Shape) -> None:
        """Raises ``TerminalError`` when the columns have changed, unless the job only wants to be told.

        What differs from the last delivery since the catalogue or the job was changed is meant, and only told.
        """
        template = export.template
        self._shapes[template] = shape
        last = self._run.ledger.last_shape(self._run.job.job_id, template)
        unlike_catalogue = catalogue_differences(export, shape)
        unlike_delivery = delivery_differences(shape, last.columns) if last else []
        is_meant = not unlike_catalogue and last is not None and last.definition_hash != self._run.definition_hash
        differences = [*unlike_catalogue, *unlike_delivery]
        if not differences:
            return
        if not is_meant and self._policy() is ShapeChange.FAIL:
            raise shape_error(export, differences)
        message = f"the source has changed: {'; '.join(differences)}"
        log.warning("Template %s: %s", template, message)
        self._run.record_event("source changed", self._step, template, message=message)

    def record(self, template: str) -> None:
        """Keep what was read, by its attempt: the next deliveries are held against it."""
        self._run.record_event("columns read", self._step, template, detail=shape_json(self._shapes[template]))

    def _policy(self) -> ShapeChange:
        """Today's, also for a run that is bound to an older version: it changes no byte and lets a change through."""
        stored = self._run.definitions.by_dag_id(self._run.job.dag_id)
        job = stored.read()[0] if stored else None
        return (job or self._run.job).file.shape_change
