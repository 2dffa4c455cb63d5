"""Build the rows of the execution log from executions in the ledger."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import quote

from export_jobs.core.definitions.names import task_group
from export_jobs.core.windows.schedule_text import window_in_words
from export_jobs.core.windows.window import Window
from export_jobs.store.executions.records import DeliveryEntry, ExecutionEvent, ExecutionRecord, Notification
from export_jobs.store.executions.state import (
    AT_WORK,
    SILENT_RUN_MESSAGE,
    AirflowRuns,
    ExecutionState,
    bound_version,
    latest_failures,
    newest_files,
    run_times,
    state_of,
)
from export_jobs.web.models.history import DeliveredFile, ExecutionError, ExecutionLinks, ExecutionRow, MailSummary
from export_jobs.web.models.job import WindowSpan

log = logging.getLogger(__name__)

_FAILED = {ExecutionState.FAILED, ExecutionState.DELIVERED_THEN_FAILED}


def execution_rows(records: Iterable[ExecutionRecord], zone: str, airflow: AirflowRuns) -> list[ExecutionRow]:
    """Return a row per execution. An execution that causes an error is logged and left out."""
    rows = []
    for record in records:
        try:
            rows.append(execution_row(record, zone, airflow))
        except Exception:
            log.exception("Execution %d of run %r cannot be shown", record.id, record.run_id)
    return rows


def execution_row(record: ExecutionRecord, zone: str, airflow: AirflowRuns) -> ExecutionRow:
    """Return one row. ``zone``: the job's time zone."""
    window = Window(record.window_start, record.window_end)
    state = state_of(record, airflow)
    this_round = _this_round(record, airflow) if state in AT_WORK else record
    start, end = run_times(this_round)
    failures = latest_failures(record) if state in _FAILED else []
    files = newest_files(record)
    return ExecutionRow(
        execution_id=record.id,
        run_id=record.run_id,
        run_type=record.run_type,
        window=WindowSpan.of(window),
        days=window_in_words(window, zone),
        state=state,
        version=bound_version(record),
        definition_hash=files[-1].definition_hash if files else "",
        started_at=None if state is ExecutionState.QUEUED else start,
        ended_at=end,
        seconds=(end - start).total_seconds() if end else None,
        tries=max((event.try_number or 1 for event in this_round.events), default=1),
        files=[_file(file) for file in sorted(files, key=_place)],
        error=_error(failures, state),
        notifications=[_mail(note) for note in this_round.notifications],
        links=_links(record, failures),
    )


def _this_round(record: ExecutionRecord, airflow: AirflowRuns) -> ExecutionRecord:
    """Keep only entries of the current round: since the run was created or last cleared."""
    asked = airflow.asked_at.get(record.run_id)
    if asked is None or asked <= record.opened_at:
        return record
    return replace(
        record,
        opened_at=asked,
        events=tuple(event for event in record.events if event.at >= asked),
        publications=tuple(manifest for manifest in record.publications if manifest.published_at >= asked),
        notifications=tuple(note for note in record.notifications if note.at >= asked),
    )


def _mail(note: Notification) -> MailSummary:
    return MailSummary(recipient=note.recipient, kind=note.kind, state=note.state, reply=note.reply, at=note.at)


def _place(file: DeliveryEntry) -> tuple[str, str, str]:
    return file.destination or "", file.template, file.path


def _file(one: DeliveryEntry) -> DeliveredFile:
    return DeliveredFile(
        template=one.template,
        destination=one.destination,
        part=one.part,
        path=one.path,
        url=one.url,
        rows=one.rows,
        bytes=one.bytes,
        sha256=one.sha256,
        columns=list(one.columns),
        revision=one.revision,
        delivered_at=one.delivered_at,
        verification=one.verification or "",
    )


def _error(failures: list[ExecutionEvent], state: ExecutionState) -> ExecutionError | None:
    if failures:
        last = failures[-1]
        return ExecutionError(
            step=last.step or "",
            template=last.template or "",
            message=_sentence(last.message or ""),
            try_number=last.try_number or 1,
        )
    if state in _FAILED:
        return ExecutionError(step="", template="", message=SILENT_RUN_MESSAGE, try_number=1)
    return None


def _sentence(message: str) -> str:
    """Return why a step failed. For an unexpected error only the type is known, because its text may be secret."""
    if not message.startswith("unexpected "):
        return message
    return f"The step was stopped by an {message}. See its task log, then rerun the job."


def _links(record: ExecutionRecord, failures: list[ExecutionEvent]) -> ExecutionLinks:
    grid = f"/dags/{quote(record.dag_id, safe='')}/runs/{quote(record.run_id, safe='')}"
    if not failures or not failures[-1].step:
        return ExecutionLinks(grid=grid, log=grid)
    last = failures[-1]
    task = f"{task_group(last.template)}.{last.step}" if last.template else str(last.step)
    return ExecutionLinks(grid=grid, log=f"{grid}/tasks/{quote(task, safe='')}")
