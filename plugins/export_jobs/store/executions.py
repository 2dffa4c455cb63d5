"""Everything -> ledger: what ran, what was delivered, who was told. Entries are added, never changed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Engine, RowMapping, text

from export_jobs.errors import ExportError, TerminalError
from export_jobs.store import leases
from export_jobs.store.engine import transaction
from export_jobs.store.records import (
    Delivered,
    DeliveryRecord,
    Event,
    Execution,
    ExecutionRecord,
    Notification,
    PublicationRecord,
    Published,
)

__all__ = ["AlreadyDelivered", "DeliveryRecord", "ExecutionRecord", "Ledger", "PublicationRecord"]

EVENT_COLUMNS = "execution_id, at, kind, step, template, attempt, try_number, message, detail"
DELIVERY_COLUMNS = """execution_id, template, stage, revision, path, url, rows, bytes, sha256, columns, version,
    definition_hash, attempt, delivered_at"""
PUBLICATION_COLUMNS = "execution_id, stage, revision, path, url, bytes, sha256, published_at"
NOTIFICATION_COLUMNS = "execution_id, kind, key, recipient, state, reply, at"


class AlreadyDelivered(ExportError):  # noqa: N818  an outcome, not an error of anybody's
    """This very content of this execution stands at the destination; nothing needs to be done."""


class Ledger:
    """The ledger of one store. Every method raises ``TransientError`` while the store is out of reach."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

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
        """The execution of an Airflow run; the first call binds it to ``version``, later ones return the bound one.

        Raises ``TerminalError`` when the run is known with another window.
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
        with transaction(self._engine) as connection:
            connection.execute(text(insert), values)
            row = connection.execute(text(select), values).mappings().one()
        if (row["window_start"], row["window_end"]) != (window_start, window_end):
            raise TerminalError(
                f"Run {run_id!r} is known to the ledger with the window {row['window_start'].isoformat()} to "
                f"{row['window_end'].isoformat()}, not the one it has now. Trigger a new run for the new window."
            )
        return Execution(row["id"], row["version"])

    def rebind(self, execution_id: int, version: int, actor: str) -> None:
        """Let later tries of this execution use another definition version; ``actor`` is recorded."""
        self.event(execution_id, "rebound", message=f"to version {version} by {actor}", detail={"version": version})

    def event(
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
        """Add one event. ``message`` and ``detail`` hold no secret."""
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
            "message": message,
            "detail": json.dumps(detail) if detail is not None else None,
        }
        with transaction(self._engine) as connection:
            connection.execute(text(insert), values)

    def claim(self, execution_id: int, template: str, step: str, attempt: str) -> None:
        """Make ``attempt`` the current one of a step."""
        leases.claim(self._engine, execution_id, template, step, attempt)

    def still_current(self, execution_id: int, template: str, step: str, attempt: str) -> None:
        """Raises ``SupersededError`` when a newer attempt has taken the step over."""
        with leases.held(self._engine, execution_id, template, step, attempt):
            pass

    @contextmanager
    def fence_delivery(self, record: DeliveryRecord, step: str, attempt: str) -> Iterator[None]:
        """Hold the lease while a file is made visible, and record it in the same transaction.

        Raises ``SupersededError``, or ``AlreadyDelivered`` when this content of this execution stands already.
        """
        newest = """SELECT d.revision, d.sha256 FROM export_jobs.delivery d
            JOIN export_jobs.execution e ON e.id = d.execution_id
            WHERE d.path = :path AND e.job_id = (SELECT job_id FROM export_jobs.execution WHERE id = :execution_id)
            ORDER BY d.id DESC LIMIT 1"""
        insert = f"""INSERT INTO export_jobs.delivery ({DELIVERY_COLUMNS})
            VALUES (:execution_id, :template, :stage, :revision, :path, :url, :rows, :bytes, :sha256, :columns,
                :version, :definition_hash, :attempt, clock_timestamp())"""
        values = {**asdict(record), "columns": list(record.columns)}
        with leases.held(self._engine, record.execution_id, record.template, step, attempt) as connection:
            if self.delivery(record.execution_id, record.template, record.stage):
                raise AlreadyDelivered(f"{record.path} stands at the destination already.")
            yield
            before = connection.execute(text(newest), values).one_or_none()
            revision = 1 if before is None else before.revision + (before.sha256 != record.sha256)
            connection.execute(text(insert), {**values, "revision": revision})

    @contextmanager
    def fence_publication(self, record: PublicationRecord, step: str, attempt: str) -> Iterator[None]:
        """As ``fence_delivery``, for the manifest."""
        insert = f"""INSERT INTO export_jobs.publication ({PUBLICATION_COLUMNS})
            SELECT :execution_id, :stage, count(*) + 1, :path, :url, :bytes, :sha256, clock_timestamp()
            FROM export_jobs.publication WHERE execution_id = :execution_id"""
        with leases.held(self._engine, record.execution_id, "", step, attempt) as connection:
            if self.publication(record.execution_id, record.stage):
                raise AlreadyDelivered(f"{record.path} stands at the destination already.")
            yield
            connection.execute(text(insert), asdict(record))

    def delivery(self, execution_id: int, template: str, stage: str) -> Delivered | None:
        """The delivery of one stage of a template; None while it is not delivered."""
        rows = self._rows(
            f"""SELECT {DELIVERY_COLUMNS} FROM export_jobs.delivery
            WHERE execution_id = :execution_id AND template = :template AND stage = :stage""",
            execution_id=execution_id,
            template=template,
            stage=stage,
        )
        return _delivered(rows[0]) if rows else None

    def latest_deliveries(self, execution_id: int) -> list[Delivered]:
        """The newest delivery of every template of an execution, by template."""
        rows = self._rows(
            f"""SELECT DISTINCT ON (template) {DELIVERY_COLUMNS} FROM export_jobs.delivery
            WHERE execution_id = :execution_id ORDER BY template, id DESC""",
            execution_id=execution_id,
        )
        return [_delivered(row) for row in rows]

    def publication(self, execution_id: int, stage: str) -> Published | None:
        """The publication of one stage; None while it does not stand."""
        rows = self._rows(
            f"""SELECT {PUBLICATION_COLUMNS} FROM export_jobs.publication
            WHERE execution_id = :execution_id AND stage = :stage""",
            execution_id=execution_id,
            stage=stage,
        )
        return Published(**rows[0]) if rows else None

    def publications_of(self, job_id: int, window_start: datetime, window_end: datetime) -> list[Published]:
        """Every publication of a job's window, by whichever run, oldest first."""
        rows = self._rows(
            """SELECT p.execution_id, p.stage, p.revision, p.path, p.url, p.bytes, p.sha256, p.published_at
            FROM export_jobs.publication p JOIN export_jobs.execution e ON e.id = p.execution_id
            WHERE e.job_id = :job_id AND e.window_start = :window_start AND e.window_end = :window_end
            ORDER BY p.id""",
            job_id=job_id,
            window_start=window_start,
            window_end=window_end,
        )
        return [Published(**row) for row in rows]

    def notified(self, execution_id: int, kind: str, key: str) -> dict[str, str]:
        """Who has been told, with the state of each: ``sent`` or ``refused``."""
        rows = self._rows(
            """SELECT recipient, state FROM export_jobs.notification
            WHERE execution_id = :execution_id AND kind = :kind AND key = :key""",
            execution_id=execution_id,
            kind=kind,
            key=key,
        )
        return {row["recipient"]: row["state"] for row in rows}

    def record_notification(
        self, execution_id: int, kind: str, key: str, *, recipient: str, state: str, reply: str
    ) -> None:
        """Add what the mail server said to one recipient."""
        insert = """INSERT INTO export_jobs.notification (execution_id, kind, key, recipient, state, reply)
            VALUES (:execution_id, :kind, :key, :recipient, :state, :reply) ON CONFLICT DO NOTHING"""
        values = {
            "execution_id": execution_id,
            "kind": kind,
            "key": key,
            "recipient": recipient,
            "state": state,
            "reply": reply,
        }
        with transaction(self._engine) as connection:
            connection.execute(text(insert), values)

    def failures(self, execution_id: int) -> list[Event]:
        """Why the newest attempts of this execution's steps did not succeed, one event a step, oldest first."""
        rows = self._rows(
            f"""SELECT {EVENT_COLUMNS} FROM (
                SELECT DISTINCT ON (step, template) * FROM export_jobs.execution_event
                WHERE execution_id = :execution_id AND kind IN ('failed', 'interrupted', 'succeeded')
                ORDER BY step, template, id DESC) AS newest
            WHERE kind <> 'succeeded' ORDER BY id""",
            execution_id=execution_id,
        )
        return [Event(**row) for row in rows]

    def executions(self, job_id: int) -> list[ExecutionRecord]:
        """Every execution of a job with all that belongs to it, by window; five queries, however many there are."""
        executions = self._rows(
            """SELECT id, job_id, dag_id, run_id, run_type, window_start, window_end, version, opened_at
            FROM export_jobs.execution WHERE job_id = :job_id ORDER BY window_start, id""",
            job_id=job_id,
        )
        events = self._of_job("execution_event", EVENT_COLUMNS, job_id)
        deliveries = self._of_job("delivery", DELIVERY_COLUMNS, job_id)
        publications = self._of_job("publication", PUBLICATION_COLUMNS, job_id)
        notifications = self._of_job("notification", NOTIFICATION_COLUMNS, job_id)
        return [
            ExecutionRecord(
                **row,
                events=tuple(Event(**event) for event in events.get(row["id"], ())),
                deliveries=tuple(_delivered(delivery) for delivery in deliveries.get(row["id"], ())),
                publications=tuple(Published(**publication) for publication in publications.get(row["id"], ())),
                notifications=tuple(Notification(**told) for told in notifications.get(row["id"], ())),
            )
            for row in executions
        ]

    def last_scheduled_end(self, job_id: int) -> datetime | None:
        """Where the last window that the schedule made has ended; None before the first."""
        rows = self._rows(
            """SELECT max(window_end) AS until FROM export_jobs.execution
            WHERE job_id = :job_id AND run_type = 'scheduled'""",
            job_id=job_id,
        )
        until: datetime | None = rows[0]["until"]
        return until

    def _of_job(self, table: str, columns: str, job_id: int) -> dict[int, list[RowMapping]]:
        qualified = ", ".join(f"t.{column.strip()}" for column in columns.split(","))
        rows = self._rows(
            f"""SELECT {qualified} FROM export_jobs.{table} t JOIN export_jobs.execution e ON e.id = t.execution_id
            WHERE e.job_id = :job_id ORDER BY t.execution_id, t.id""",
            job_id=job_id,
        )
        return {key: list(group) for key, group in groupby(rows, key=lambda row: row["execution_id"])}

    def _rows(self, query: str, **values: Any) -> Sequence[RowMapping]:
        with transaction(self._engine) as connection:
            return connection.execute(text(query), values).mappings().all()


def _delivered(row: RowMapping) -> Delivered:
    return Delivered(**{**row, "columns": tuple(row["columns"])})
