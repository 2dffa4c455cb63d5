"""The files that may exist under a path at a destination, across jobs and revisions, in the store's tables."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Engine, text

from export_jobs.core.files.column_numbers import kept_numbers
from export_jobs.core.files.placed_file import KnownFile, PlacedFile
from export_jobs.store.executions.fence import Announcement, FileRecord, require_newest_rows
from export_jobs.store.executions.history import History
from export_jobs.store.executions.reader import DELIVERY_COLUMNS, IS_OPEN_ARRIVAL, PUBLICATION_COLUMNS
from export_jobs.store.executions.records import ArrivalRecord, DeliveryRecord, DoneFileRecord, PublicationRecord

# Of several destinations the record says which; that of a job with one stands in its row.
_DESTINATION = """coalesce(CAST(:destination AS text), (SELECT j.destination FROM export_jobs.execution e
    JOIN export_jobs.job j ON j.id = e.job_id WHERE e.id = :execution_id))"""
_LOCK = f"SELECT pg_advisory_xact_lock(hashtextextended({_DESTINATION} || '/' || :path, 0))"
_NEWEST = f"""SELECT id, execution_id, revision, sha256, stands FROM export_jobs.placement
    WHERE destination = {_DESTINATION} AND path = :path ORDER BY id DESC LIMIT 1"""
_ADD = f"""INSERT INTO export_jobs.placement
        (execution_id, destination, path, attempt, revision, bytes, sha256, stands, modified, etag, reported_bytes,
        template)
    VALUES (:execution_id, {_DESTINATION}, :path, :attempt, :revision, :bytes, :sha256, :stands, :modified, :etag,
        :reported_bytes, :template)
    RETURNING id"""
NAME_TAKEN = "name taken"
"""The kind of an event: a file that is not known as ours stood where this content was to be published."""
_KNOWN = f"""SELECT p.bytes, p.sha256, p.modified, p.etag, p.reported_bytes, bool_or(p.stands) AS stands,
        bool_or(EXISTS (SELECT FROM export_jobs.execution_event v WHERE v.execution_id = p.execution_id
            AND v.kind = '{NAME_TAKEN}' AND v.detail ->> 'path' = p.path AND v.detail ->> 'sha256' = p.sha256
            AND coalesce(v.detail ->> 'destination', p.destination) = p.destination)) AS was_refused
    FROM export_jobs.placement p JOIN export_jobs.execution e ON e.id = p.execution_id
    JOIN export_jobs.execution me ON me.id = :execution_id AND me.job_id = e.job_id
        AND (me.window_start, me.window_end) = (e.window_start, e.window_end)
    WHERE p.destination = {_DESTINATION} AND p.path = :path
    GROUP BY p.bytes, p.sha256, p.modified, p.etag, p.reported_bytes"""
_READ_ORDER = """SELECT max(v.id) FROM export_jobs.execution_event v WHERE v.kind = 'started' AND v.step = 'extract'
    AND v.execution_id = :execution_id AND v.attempt = ANY(:stages)"""
_STAGES = "SELECT stage FROM export_jobs.delivery WHERE execution_id = :execution_id"
# By the path, whichever job fills it; and by the window, since the parts of a later run may have other paths.
_NEWEST_READ_BY_OTHERS = f"""SELECT max(v.id) FROM export_jobs.delivery d
    JOIN export_jobs.execution_event v ON v.execution_id = d.execution_id AND v.attempt = d.stage
        AND v.kind = 'started' AND v.step = 'extract'
    WHERE d.execution_id <> :execution_id AND (d.execution_id IN (
            SELECT p.execution_id FROM export_jobs.placement p
            WHERE p.destination = {_DESTINATION} AND p.path = :path AND p.stands)
        OR (d.template = coalesce(:template, d.template) AND d.execution_id IN (
            SELECT e.id FROM export_jobs.execution e JOIN export_jobs.execution me ON me.job_id = e.job_id
                AND (me.window_start, me.window_end) = (e.window_start, e.window_end)
            WHERE me.id = :execution_id)))"""
_ADD_DELIVERY = f"""INSERT INTO export_jobs.delivery ({DELIVERY_COLUMNS}, column_numbers)
    VALUES (:execution_id, :template, :stage, :revision, :path, :url, :rows, :bytes, :sha256, :columns,
        :version, :definition_hash, :attempt, clock_timestamp(), :verification, :part, :destination,
        CAST(:column_numbers AS jsonb))"""
_ADD_PUBLICATION = f"""INSERT INTO export_jobs.publication ({PUBLICATION_COLUMNS})
    SELECT :execution_id, :stage, count(*) + 1, :path, :url, :bytes, :sha256, clock_timestamp()
    FROM export_jobs.publication WHERE execution_id = :execution_id"""
_LOCK_ARRIVALS = "SELECT pg_advisory_xact_lock(hashtextextended('arrivals of ' || CAST(:execution_id AS text), 0))"
_ARE_ALL_THERE = f"""SELECT count(DISTINCT p.destination) = cardinality(CAST(:tags AS text[]))
    FROM export_jobs.placement p WHERE p.execution_id = :execution_id AND p.path = :path AND p.stands
        AND p.template IS NULL AND p.destination = ANY(CAST(:tags AS text[])) AND {IS_OPEN_ARRIVAL}"""


def known_files(
    connection: Connection, execution_id: int, path: str, destination: str | None = None
) -> tuple[KnownFile, ...]:
    """Return the files that this job has ever placed, or announced, there for the same window.

    Files of other windows are excluded: a job's own file names can repeat after a change of its schedule.
    """
    values = {"execution_id": execution_id, "path": path, "destination": destination}
    rows = connection.execute(text(_KNOWN), values).mappings()
    return tuple(KnownFile(**row) for row in rows)


class StoreLease:
    """A ``LeaseTransaction`` on the store's tables; ``connection`` holds the lease."""

    def __init__(self, engine: Engine, connection: Connection) -> None:
        self._connection = connection
        self._history = History(engine, connection)

    def is_recorded(self, record: FileRecord) -> bool:
        """See ``LeaseTransaction``."""
        if isinstance(record, DeliveryRecord):
            found = self._history.delivery(
                record.execution_id, record.template, record.stage, record.part, record.destination
            )
            return found is not None
        if isinstance(record, ArrivalRecord):
            arrival = self._history.arrivals(record.execution_id, record.path).get(record.destination)
            return arrival is not None and arrival.is_open and arrival.sha256 == record.sha256
        if isinstance(record, DoneFileRecord):
            newest = self._newest(record)
            return newest is not None and newest.stands and newest.sha256 == record.sha256
        return self._history.publication(record.execution_id, record.stage) is not None

    def is_outdated(self, record: FileRecord) -> bool:
        """See ``LeaseTransaction``; extractions are compared by when they began, in the ledger's own order."""
        values = {**place_of(record), "template": _template(record)}
        by_others = self._connection.execute(text(_NEWEST_READ_BY_OTHERS), values).scalar_one()
        if by_others is None:
            return False
        if isinstance(record, DeliveryRecord):
            stages = [record.stage]
        else:
            stages = list(self._connection.execute(text(_STAGES), values).scalars())
        mine = self._connection.execute(text(_READ_ORDER), {**values, "stages": stages}).scalar_one()
        return mine is not None and int(mine) < int(by_others)

    def announce(self, record: FileRecord, attempt: str) -> Announcement:
        """See ``LeaseTransaction``; a repeated try of the same content is announced once."""
        self._lock(record)
        newest = self._newest(record)
        if newest and (newest.execution_id, newest.sha256) == (record.execution_id, record.sha256):
            return Announcement(newest.id, newest.revision)
        revision = newest.revision + (newest.sha256 != record.sha256) if newest else 1
        if isinstance(record, DeliveryRecord) and record.named_revision is not None:
            revision = record.named_revision
        return Announcement(self._add(record, attempt, revision, stands=False, placed=PlacedFile()), revision)

    def is_newest(self, announcement: Announcement, record: FileRecord) -> bool:
        """See ``LeaseTransaction``."""
        self._lock(record)
        newest = self._newest(record)
        return newest is not None and newest.id == announcement.id

    def keep_open(self) -> None:
        """See ``LeaseTransaction``; a transaction in which nothing is asked for minutes is ended by the server."""
        self._connection.execute(text("SELECT 1"))

    def record(self, record: FileRecord, announcement: Announcement, attempt: str, placed: PlacedFile) -> None:
        """See ``LeaseTransaction``."""
        self._add(record, attempt, announcement.revision, stands=True, placed=placed)
        if isinstance(record, DeliveryRecord):
            values = {**asdict(record), "columns": list(record.columns), "revision": announcement.revision}
            values["verification"] = placed.verification.value
            values["column_numbers"] = kept_numbers(record.column_numbers)
            self._connection.execute(text(_ADD_DELIVERY), values)
        elif isinstance(record, ArrivalRecord):
            self._publish_if_all_have_it(record)
        elif isinstance(record, PublicationRecord):
            self._connection.execute(text(_ADD_PUBLICATION), asdict(record))

    def keep_publication(self, record: PublicationRecord) -> None:
        """Record a manifest that is sent to nobody; raises ``SupersededError`` as the fence of one that is sent."""
        if not self.is_recorded(record):
            require_newest_rows(self, record)
            self._connection.execute(text(_ADD_PUBLICATION), asdict(record))

    def _publish_if_all_have_it(self, record: ArrivalRecord) -> None:
        """Publish once all destinations have the manifest; of two arrivals at once, the second waits here."""
        values = {**asdict(record), "tags": [record.destination, *record.others]}
        self._connection.execute(text(_LOCK_ARRIVALS), values)
        if self._connection.execute(text(_ARE_ALL_THERE), values).scalar_one():
            self._connection.execute(text(_ADD_PUBLICATION), values)

    def _lock(self, record: FileRecord) -> None:
        self._connection.execute(text(_LOCK), place_of(record))

    def _newest(self, record: FileRecord) -> Any:
        return self._connection.execute(text(_NEWEST), place_of(record)).one_or_none()

    def _add(self, record: FileRecord, attempt: str, revision: int, *, stands: bool, placed: PlacedFile) -> int:
        values = {
            **place_of(record),
            "attempt": attempt,
            "revision": revision,
            "bytes": record.bytes,
            "sha256": record.sha256,
            "stands": stands,
            "template": _template(record),
            "modified": placed.modified,
            "etag": placed.etag,
            "reported_bytes": placed.reported_bytes,
        }
        return int(self._connection.execute(text(_ADD), values).scalar_one())


def place_of(record: FileRecord) -> dict[str, Any]:
    """Return the key of a path, with its destination if the job has several."""
    several = None if isinstance(record, PublicationRecord) else record.destination
    tag = record.destination if isinstance(record, ArrivalRecord) else several
    return {"execution_id": record.execution_id, "path": record.path, "destination": tag}


def _template(record: FileRecord) -> str | None:
    return record.template if isinstance(record, DeliveryRecord) else None
