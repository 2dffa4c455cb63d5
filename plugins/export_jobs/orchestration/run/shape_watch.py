"""Compare the source's columns with the catalogue and the last delivery: stop the extraction, or record a warning."""

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
    """Checks the columns of each template of a run, before a row is read."""

    def __init__(self, run: JobRun, step: str) -> None:
        self._run, self._step = run, step
        self._shapes: dict[str, Shape] = {}

    def __call__(self, export: CompiledExport, shape: Shape) -> None:
        """Raise ``TerminalError`` when the columns have changed, unless the job only wants a warning.

        A difference from the last delivery is intended if catalogue or job have changed since; it is only a warning.
        """
        template = export.template
        self._shapes[template] = shape
        last = self._run.ledger.last_shape(self._run.job.job_id, template)
        unlike_catalogue = catalogue_differences(export, shape)
        unlike_delivery = delivery_differences(shape, last.columns) if last else []
        is_intended = not unlike_catalogue and last is not None and last.definition_hash != self._run.definition_hash
        differences = [*unlike_catalogue, *unlike_delivery]
        if not differences:
            return
        if not is_intended and self._policy() is ShapeChange.FAIL:
            raise shape_error(export, differences)
        message = f"the source has changed: {'; '.join(differences)}"
        log.warning("Template %s: %s", template, message)
        self._run.record_event("source changed", self._step, template, message=message)

    def record(self, template: str) -> None:
        """Record the columns that were read, by attempt: the next deliveries are compared with them."""
        self._run.record_event("columns read", self._step, template, detail=shape_json(self._shapes[template]))

    def _policy(self) -> ShapeChange:
        """Return the current policy, also for a run bound to an older version: it changes no byte of a file."""
        stored = self._run.definitions.by_dag_id(self._run.job.dag_id)
        job = stored.read()[0] if stored else None
        return (job or self._run.job).file.shape_change
