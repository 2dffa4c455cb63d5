"""The ledger: what ran, what was delivered, who was notified. Entries are added, never changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import text

from export_jobs.core.base.text import storable_text
from export_jobs.core.files.name_pattern import FileNumbers
from export_jobs.core.files.placed_file import KnownFile, PlacedFile
from export_jobs.errors import TerminalError, UserError
from export_jobs.store.chain import LedgerChain
from export_jobs.store.executions import leases
from export_jobs.store.executions.fence import AlreadyDelivered, FileRecord, fence
from export_jobs.store.executions.file_numbers import number_file
from export_jobs.store.executions.history import History
from export_jobs.store.executions.notifications import Notifications
from export_jobs.store.executions.placements import NAME_TAKEN, StoreLease, known_files, place_of
from export_jobs.store.executions.records import (
    DeliveryRecord,
    DoneFileRecord,
    Execution,
    ExecutionRecord,
    PublicationRecord,
)

__all__ = ["AlreadyDelivered", "DeliveryRecord", "DoneFileRecord", "ExecutionRecord", "Ledger", "PublicationRecord"]


class Ledger(History, Notifications, LedgerChain):
    """The ledger of one store, to read and to add to. It uses its own transactions, without an actor."""

    def open(
        self,
        *,
        job_id: int,
        dag_id: str,
        run_id: str,
        run_type: str,
        window_start: datetime,
        window_end: datetime,
        version: int,
    ) -> Execution:
        """Return the execution of an Airflow run; the first call binds it to ``version``, later ones return that.

        Raise ``TerminalError`` when the run is known with another window.
        """
        values = {
            "job_id": job_id,
            "dag_id": dag_id,
            "run_id": run_id,
            "run_type": run_type,
            "window_start": window_start,
            "window_end": window_end,
            "version": version,
        }
        insert = """INSERT INTO export_jobs.execution
                (job_id, dag_id, run_id, run_type, window_start, window_end, version)
            VALUES (:job_id, :dag_id, :run_id, :run_type, :window_start, :window_end, :version)
            ON CONFLICT (dag_id, run_id) DO NOTHING"""
        select = """SELECT e.id, e.window_start, e.window_end, coalesce((
                SELECT (v.detail ->> 'version')::integer FROM export_jobs.execution_event v
                WHERE v.execution_id = e.id AND v.kind = 'rebound' ORDER BY v.id DESC LIMIT 1), e.version) AS version
            FROM export_jobs.execution e WHERE e.dag_id = :dag_id AND e.run_id = :run_id"""
        with self._begin() as connection:
            connection.execute(text(insert), values)
            row = connection.execute(text(select), values).mappings().one()
        if (row["window_start"], row["window_end"]) != (window_start, window_end):
            raise TerminalError(
                f"The ledger has run {run_id!r} with the window {row['window_start'].isoformat()} to "
                f"{row['window_end'].isoformat()}, which is not its window now",
                "Trigger a new run for the new window",
            )
        return Execution(row["id"], row["version"])

    def rebind(self, execution_id: int, version: int, actor: str) -> None:
        """Let later tries of this execution use another definition version; ``actor`` is recorded.

        Raises ``UserError`` when the job has no such version.
        """
        insert = """INSERT INTO export_jobs.execution_event (execution_id, kind, message, detail)
            SELECT e.id, 'rebound', CAST(:message AS text), jsonb_build_object('version', v.version)
            FROM export_jobs.execution e JOIN export_jobs.job_version v ON v.job_id = e.job_id
            WHERE e.id = :id AND v.version = :version"""
        values = {"id": execution_id, "version": version, "message": f"to version {version} by {actor}"}
        with self._begin() as connection:
            if not connection.execute(text(insert), values).rowcount:
                raise UserError(f"There is no version {version} of this run's job", "Choose one that its history lists")

    def record_event(
        self,
        execution_id: int,
        kind: str,
        *,
        step: str | None = None,
        template: str | None = None,
        attempt: str | None = None,
        try_number: int | None = None,
        message: str | None = None,
        detail: dict[str, Any] | None = None,
    ) -> None:
        """Add one event. ``message`` and ``detail`` must not contain a secret; unstorable characters are replaced."""
        insert = """INSERT INTO export_jobs.execution_event
                (execution_id, kind, step, template, attempt, try_number, message, detail)
            VALUES (:execution_id, :kind, :step, :template, :attempt, :try_number, :message, CAST(:detail AS jsonb))"""
        values = {
            "execution_id": execution_id,
            "kind": kind,
            "step": step,
            "template": template,
            "attempt": attempt,
            "try_number": try_number,
            "message": storable_text(message) if message is not None else None,
            "detail": _storable_json(detail) if detail is not None else None,
        }
        with self._begin() as connection:
            connection.execute(text(insert), values)

    def record_refusal(self, record: FileRecord, step: str, attempt: str) -> None:
        """Record that a foreign file was at the record's path, so the announced file was not published."""
        place = place_of(record)
        self.record_event(
            record.execution_id,
            NAME_TAKEN,
            step=step,
            template=record.template if isinstance(record, DeliveryRecord) else None,
            attempt=attempt,
            detail={"path": record.path, "sha256": record.sha256, "destination": place["destination"]},
        )

    def record_failed_run(
        self, execution_id: int, clear_number: int, *, step: str, attempt: str, try_number: int
    ) -> None:
        """Record that a run has failed, once for each clear of it, however often its last task is tried."""
        insert = """INSERT INTO export_jobs.execution_event (execution_id, kind, step, attempt, try_number, detail)
            SELECT CAST(:execution_id AS bigint), 'run failed', :step, :attempt, CAST(:try_number AS integer),
                jsonb_build_object('clear_number', CAST(:clear_number AS integer))
            WHERE NOT EXISTS (SELECT FROM export_jobs.execution_event
                WHERE execution_id = :execution_id AND kind = 'run failed'
                    AND (detail ->> 'clear_number')::integer = :clear_number)"""
        values = {
            "execution_id": execution_id,
            "clear_number": clear_number,
            "step": step,
            "attempt": attempt,
            "try_number": try_number,
        }
        with self._begin() as connection:
            connection.execute(text(insert), values)

    def claim(self, execution_id: int, template: str, step: str, attempt: str) -> None:
        """Make ``attempt`` the current one of a step."""
        leases.claim(self._engine, execution_id, template, step, attempt)

    def require_current(self, execution_id: int, template: str, step: str, attempt: str) -> None:
        """Raise ``SupersededError`` when a newer attempt has taken the step over."""
        with leases.hold_lease(self._engine, execution_id, template, step, attempt):
            pass

    def number_file(self, execution_id: int, template: str, stage: str, made_of: str) -> FileNumbers:
        """Return the permanent numbers in the names of an execution's files; see ``file_numbers``."""
        with self._begin() as connection:
            return number_file(connection, execution_id, template, stage, made_of)

    def known_files(self, execution_id: int, path: str, destination: str | None = None) -> tuple[KnownFile, ...]:
        """Return the files that this job has ever placed, or announced, under ``path`` for the same window.

        ``destination``: the one to look at, if the job has several.
        """
        with self._begin() as connection:
            return known_files(connection, execution_id, path, destination)

    def fence_delivery(self, record: DeliveryRecord, step: str, attempt: str) -> AbstractContextManager[PlacedFile]:
        """Hold the lease while a file is made visible, and record it in the same transaction.

        Raise ``SupersededError``, or ``AlreadyDelivered`` when this content of this execution is already delivered.
        """
        return fence(lambda: self._lease(record.execution_id, record.template, step, attempt), record, attempt)

    def fence_publication(
        self, record: PublicationRecord | DoneFileRecord, step: str, attempt: str
    ) -> AbstractContextManager[PlacedFile]:
        """As ``fence_delivery``, for the manifest, whose revision counts the publications, and for the done file."""
        return fence(lambda: self._lease(record.execution_id, "", step, attempt), record, attempt)

    def keep_publication(self, record: PublicationRecord, step: str, attempt: str) -> None:
        """Record the manifest of a job that sends none: its window is delivered. Raises ``SupersededError``."""
        with self._lease(record.execution_id, "", step, attempt) as lease:
            lease.keep_publication(record)

    @contextmanager
    def _lease(self, execution_id: int, template: str, step: str, attempt: str) -> Iterator[StoreLease]:
        with leases.hold_lease(self._engine, execution_id, template, step, attempt) as connection:
            yield StoreLease(self._engine, connection)


def _storable_json(detail: dict[str, Any]) -> str:
    # JSON writes a NUL as an escape, which PostgreSQL's jsonb refuses as well.
    return storable_text(json.dumps(detail, ensure_ascii=False)).replace(r"\u0000", r"\ufffd")
