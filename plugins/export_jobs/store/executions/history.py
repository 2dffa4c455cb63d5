"""Read the ledger: what ran, what was delivered, who was notified, as frozen values."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from export_jobs.core.windows.provenance import FileProvenance
from export_jobs.core.windows.window import Window
from export_jobs.store.executions.reader import (
    DELIVERY_COLUMNS,
    EVENT_COLUMNS,
    EXECUTION_COLUMNS,
    IS_OPEN_ARRIVAL,
    PUBLICATION_COLUMNS,
    READ_AFTER_ITS_END,
    ExecutionReader,
    delivery_entry,
)
from export_jobs.store.executions.records import (
    Arrival,
    DeliveredShape,
    DeliveryEntry,
    ExecutionEvent,
    ExecutionRecord,
    PublicationEntry,
)


class History(ExecutionReader):
    """The history in the ledger of one store."""

    def executions(self, job_id: int) -> list[ExecutionRecord]:
        """Return every execution of a job with all its entries, by window; five queries, however many there are."""
        query = f"""SELECT {EXECUTION_COLUMNS} FROM export_jobs.execution
            WHERE job_id = :job_id ORDER BY window_start, id"""
        with self.transaction() as within:
            return within._execution_records(within._rows(query, job_id=job_id))

    def delivery(
        self, execution_id: int, template: str, stage: str, part: int | None = None, destination: str | None = None
    ) -> DeliveryEntry | None:
        """Return the delivery of one stage of a template, or of a part of it; None while it is not delivered."""
        rows = self._rows(
            f"""SELECT {DELIVERY_COLUMNS} FROM export_jobs.delivery
            WHERE execution_id = :execution_id AND template = :template AND stage = :stage
                AND part IS NOT DISTINCT FROM CAST(:part AS integer)
                AND destination IS NOT DISTINCT FROM CAST(:destination AS text)""",
            execution_id=execution_id,
            template=template,
            stage=stage,
            part=part,
            destination=destination,
        )
        return delivery_entry(rows[0]) if rows else None

    def last_shape(self, job_id: int, template: str) -> DeliveredShape | None:
        """Return the columns that a template's newest delivery was read from; None if no delivery has recorded them."""
        rows = self._rows(
            """SELECT read.detail AS columns, d.definition_hash
            FROM export_jobs.delivery d
            JOIN export_jobs.execution e ON e.id = d.execution_id
            JOIN export_jobs.execution_event read ON read.execution_id = d.execution_id AND read.attempt = d.stage
                AND read.kind = 'columns read' AND read.template = d.template
            WHERE e.job_id = :job_id AND d.template = :template ORDER BY d.id DESC LIMIT 1""",
            job_id=job_id,
            template=template,
        )
        return DeliveredShape(**rows[0]) if rows else None

    def latest_deliveries(self, execution_id: int) -> list[DeliveryEntry]:
        """Return the files of every template's newest stage at each destination, by destination and part."""
        rows = self._rows(
            f"""SELECT {DELIVERY_COLUMNS} FROM export_jobs.delivery WHERE execution_id = :execution_id
                AND (template, coalesce(destination, ''), stage) IN (
                    SELECT DISTINCT ON (template, destination) template, coalesce(destination, ''), stage
                    FROM export_jobs.delivery WHERE execution_id = :execution_id
                    ORDER BY template, destination, id DESC)
            ORDER BY destination, template, part""",
            execution_id=execution_id,
        )
        return [delivery_entry(row) for row in rows]

    def arrivals(self, execution_id: int, path: str) -> dict[str, Arrival]:
        """Return, by tag, the newest manifest with the name ``path`` that each of several destinations has."""
        rows = self._rows(
            f"""SELECT DISTINCT ON (p.destination) p.destination, p.sha256, {IS_OPEN_ARRIVAL} AS is_open
            FROM export_jobs.placement p
            WHERE p.execution_id = :execution_id AND p.path = :path AND p.stands AND p.template IS NULL
            ORDER BY p.destination, p.id DESC""",
            execution_id=execution_id,
            path=path,
        )
        return {row["destination"]: Arrival(**row) for row in rows}

    def superseded_files(self, execution_id: int, paths: Collection[str], destination: str | None = None) -> list[str]:
        """Return the paths of template files that the job has sent for an execution's window, except ``paths``.

        Announced files without a record are included: a killed attempt may already have renamed its file.
        """
        rows = self._rows(
            """WITH same AS (SELECT e.id FROM export_jobs.execution me JOIN export_jobs.execution e
                ON e.job_id = me.job_id AND (e.window_start, e.window_end) = (me.window_start, me.window_end)
                WHERE me.id = :execution_id)
            SELECT DISTINCT path FROM (
                SELECT path, destination FROM export_jobs.delivery WHERE execution_id IN (SELECT id FROM same)
                UNION SELECT path, destination FROM export_jobs.placement
                WHERE execution_id IN (SELECT id FROM same) AND template IS NOT NULL) sent
            WHERE path <> ALL(:paths) AND (CAST(:destination AS text) IS NULL OR destination = :destination)""",
            execution_id=execution_id,
            destination=destination,
            paths=list(paths),
        )
        return sorted(row["path"] for row in rows)

    def publication(self, execution_id: int, stage: str) -> PublicationEntry | None:
        """Return the publication of one stage; None while it is not published."""
        rows = self._rows(
            f"""SELECT {PUBLICATION_COLUMNS} FROM export_jobs.publication
            WHERE execution_id = :execution_id AND stage = :stage""",
            execution_id=execution_id,
            stage=stage,
        )
        return PublicationEntry(**rows[0]) if rows else None

    def publications_of(self, job_id: int, window_start: datetime, window_end: datetime) -> list[PublicationEntry]:
        """Return every publication of a job's window, by any run, oldest first."""
        rows = self._rows(
            """SELECT p.execution_id, p.stage, p.revision, p.path, p.url, p.bytes, p.sha256, p.published_at
            FROM export_jobs.publication p JOIN export_jobs.execution e ON e.id = p.execution_id
            WHERE e.job_id = :job_id AND e.window_start = :window_start AND e.window_end = :window_end
            ORDER BY p.id""",
            job_id=job_id,
            window_start=window_start,
            window_end=window_end,
        )
        return [PublicationEntry(**row) for row in rows]

    def is_delivered(self, job_id: int, window_start: datetime, window_end: datetime) -> bool:
        """Return whether some run has delivered a window from rows that were read after its end."""
        rows = self._rows(
            f"""SELECT FROM export_jobs.publication p JOIN export_jobs.execution e ON e.id = p.execution_id
            WHERE e.job_id = :job_id AND e.window_start = :window_start AND e.window_end = :window_end
                AND {READ_AFTER_ITS_END} LIMIT 1""",
            job_id=job_id,
            window_start=window_start,
            window_end=window_end,
        )
        return bool(rows)

    def now(self) -> datetime:
        """Return the time of the store's clock, which is the same for all machines."""
        moment: datetime = self._rows("SELECT clock_timestamp() AS now")[0]["now"]
        return moment

    def file_provenance(self, job_id: int) -> list[FileProvenance]:
        """Return the definition that every file of a job was built from, in the order of delivery."""
        rows = self._rows(
            """SELECT e.window_start, e.window_end, d.version, d.definition_hash, d.delivered_at
            FROM export_jobs.delivery d JOIN export_jobs.execution e ON e.id = d.execution_id
            WHERE e.job_id = :job_id ORDER BY d.id""",
            job_id=job_id,
        )
        return [
            FileProvenance(
                Window(row["window_start"], row["window_end"]),
                row["version"],
                row["definition_hash"],
                row["delivered_at"],
            )
            for row in rows
        ]

    def execution_id(self, dag_id: str, run_id: str) -> int | None:
        """Return the execution id of an Airflow run; None for a run that the ledger does not have."""
        query = "SELECT id FROM export_jobs.execution WHERE dag_id = :dag_id AND run_id = :run_id"
        rows = self._rows(query, dag_id=dag_id, run_id=run_id)
        return int(rows[0]["id"]) if rows else None

    def opened_at(self, execution_id: int) -> datetime:
        """Return when an execution was opened: together with its id it is unique."""
        rows = self._rows("SELECT opened_at FROM export_jobs.execution WHERE id = :id", id=execution_id)
        opened_at: datetime = rows[0]["opened_at"]
        return opened_at

    def failures(self, execution_id: int) -> list[ExecutionEvent]:
        """Return why the newest attempts of an execution's steps did not succeed, one event per step, oldest first."""
        rows = self._rows(
            f"""SELECT {EVENT_COLUMNS} FROM (
                SELECT DISTINCT ON (step, template) * FROM export_jobs.execution_event
                WHERE execution_id = :execution_id AND kind IN ('failed', 'interrupted', 'succeeded')
                ORDER BY step, template, id DESC) AS newest
            WHERE kind <> 'succeeded' ORDER BY id""",
            execution_id=execution_id,
        )
        return [ExecutionEvent(**row) for row in rows]

    def started_steps(self, execution_id: int) -> set[tuple[str, str | None]]:
        """Return every step, with its template, that an execution has ever started."""
        rows = self._rows(
            """SELECT DISTINCT step, template FROM export_jobs.execution_event
            WHERE execution_id = :execution_id AND kind = 'started'""",
            execution_id=execution_id,
        )
        return {(row["step"], row["template"]) for row in rows}

    def last_scheduled_end(self, job_id: int) -> datetime | None:
        """Return the end of the last scheduled window; None before the first."""
        rows = self._rows(
            """SELECT max(window_end) AS until FROM export_jobs.execution
            WHERE job_id = :job_id AND run_type = 'scheduled'""",
            job_id=job_id,
        )
        until: datetime | None = rows[0]["until"]
        return until
