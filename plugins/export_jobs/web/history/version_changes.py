"""Compare a version of a definition with the previous one: changed values, and the deliveries that used it."""

from __future__ import annotations

from sqlalchemy import Engine

from export_jobs.core.validation.changes import differences, spec_of
from export_jobs.core.validation.choice_text import texts_of_change
from export_jobs.core.windows.schedule_text import window_in_words
from export_jobs.errors import ExportError
from export_jobs.store.definitions import Definitions
from export_jobs.store.executions.pages import ExecutionPages
from export_jobs.store.stored_job import StoredJob
from export_jobs.web.http.error_responses import RequestRefusal
from export_jobs.web.models.history import ChangedValue, VersionChanges


def version_changes(row: StoredJob, version: int, engine: Engine) -> VersionChanges:
    """Return what ``version`` changed. Raises ``RequestRefusal`` (404) if the job never had this version."""
    if not 1 <= version <= row.version:
        raise RequestRefusal.because(
            404, f"{row.name} has no version {version}", f"Choose one from 1 to {row.version}", "version"
        )
    changes, unreadable = _changes(row, version, Definitions(engine))
    use = ExecutionPages(engine).version_use(row.job_id, version)
    return VersionChanges(
        version=version,
        changes=changes,
        unreadable=unreadable,
        windows=use.windows if use else 0,
        days=window_in_words(use.span, row.time_zone) if use else "",
    )


def _changes(row: StoredJob, version: int, store: Definitions) -> tuple[list[ChangedValue], str]:
    if version == 1:
        return [], ""
    try:
        before, after = (spec_of(store.version(row.job_id, number)) for number in (version - 1, version))
    except ExportError as error:
        return [], str(error)
    changed = []
    for field in differences(before, after):
        old, new = texts_of_change(field.before, field.after)
        changed.append(ChangedValue(path=field.path, before=old, after=new))
    return changed, ""
