"""Remove files for download that have been kept long enough, whether they were downloaded or not."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Engine

from export_jobs.core.definitions.job import DestinationSpec
from export_jobs.errors import ExportError, TransientError
from export_jobs.orchestration.airflow.connections import open_download
from export_jobs.store.definitions import Definitions
from export_jobs.store.executions.downloads import Downloads

log = logging.getLogger(__name__)


def remove_old_downloads(engine: Engine, now: datetime) -> None:
    """Remove old files of every download destination; raise ``TransientError`` when files of some could not be removed.

    A bucket that cannot be reached does not stop the other destinations.
    """
    troubles = []
    for spec in Definitions(engine).destinations():
        if spec.kind == "download" and spec.keep_days is not None:
            try:
                _remove(spec, spec.keep_days, Downloads(engine), now)
            except ExportError as error:
                troubles.append(f"{spec.tag}: {error}")
    if troubles:
        raise TransientError(
            f"Files for download are kept longer than they should be. {' '.join(troubles)}",
            "It is retried automatically",
        )


def _remove(spec: DestinationSpec, days: int, known: Downloads, now: datetime) -> None:
    before = now - timedelta(days=days)
    removed = open_download(spec).remove_older(before, partial(known.paths_placed_before, spec.tag, before))
    if removed:
        log.info("Removed %d files of %s after %d days: %s", len(removed), spec.tag, days, ", ".join(removed[:20]))
