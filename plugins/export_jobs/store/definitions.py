"""Find, create, change and delete the jobs, templates, keys and destinations of one store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from export_jobs.core.definitions.job import ExportJob, JobSpec
from export_jobs.core.validation.changes import differences, spec_of
from export_jobs.errors import ConflictError, UserError
from export_jobs.store.database.errors import translate_error
from export_jobs.store.stored_job import DefinitionVersion, StoredJob, parse_version
from export_jobs.store.tables.destinations import Destinations
from export_jobs.store.tables.job_templates import insert_template_uses
from export_jobs.store.tables.keys import Keys
from export_jobs.store.tables.name_collisions import refuse_collision
from export_jobs.store.tables.templates import Templates

LIVE_JOBS = """
    SELECT j.id AS job_id, j.dag_id, j.name, j.version, v.definition
    FROM export_jobs.job j JOIN export_jobs.job_version v ON v.job_id = j.id AND v.version = j.version
    WHERE j.deleted_at IS NULL
"""

EDITABLE = {
    "description": "description",
    "recipients": "recipients",
    "owner": "owner",
    "enabled": "enabled",
    "schedule.frequency": "frequency",
    "schedule.execute_on": "execute_on",
    "schedule.from": "valid_from",
    "schedule.until": "valid_until",
    "schedule.deliver_at": "deliver_at",
    "schedule.deliver_on": "deliver_on",
    "schedule.deliver_after_days": "deliver_after_days",
    "schedule.time_zone": "time_zone",
    "file.shape_change": "shape_change",
}
"""The keys that may change after creation, by their name in YAML, and their columns."""
EDITABLE_SECTIONS = tuple(dict.fromkeys(path.partition(".")[0] for path in EDITABLE if "." in path))
"""The sections of a job's YAML that have keys which may change."""


class Definitions(Destinations, Keys, Templates):
    """Jobs, templates, keys and destinations of one store."""

    def jobs(self, part: tuple[int, int] = (0, 1)) -> list[StoredJob]:
        """Return all live jobs in the order of their creation, in one query.

        ``part``: only jobs whose id modulo the second number is the first.
        """
        number, count = part
        rows = self._rows(f"{LIVE_JOBS} AND j.id % :count = :number ORDER BY j.id", number=number, count=count)
        return [StoredJob(**row) for row in rows]

    def live_versions(self) -> dict[int, int]:
        """Return the version of each live job, by id: it shows which Dags are older than their row."""
        rows = self._rows("SELECT id, version FROM export_jobs.job WHERE deleted_at IS NULL")
        return {row["id"]: row["version"] for row in rows}

    def job(self, name: str) -> StoredJob | None:
        """Return the live job ``name``, ignoring case; None when there is none."""
        rows = self._rows(f"{LIVE_JOBS} AND lower(j.name) = lower(:name)", name=name)
        return StoredJob(**rows[0]) if rows else None

    def by_dag_id(self, dag_id: str) -> StoredJob | None:
        """Return the live job whose Dag is ``dag_id``; None when there is none."""
        rows = self._rows(f"{LIVE_JOBS} AND j.dag_id = :dag_id", dag_id=dag_id)
        return StoredJob(**rows[0]) if rows else None

    def version(self, job_id: int, version: int) -> ExportJob:
        """Return a definition as it was at ``version``, even if the job is deleted.

        Raise ``UserError`` when there is no such version, ``TerminalError`` when this release cannot read it.
        """
        query = """SELECT j.name, v.definition FROM export_jobs.job_version v JOIN export_jobs.job j ON j.id = v.job_id
                   WHERE v.job_id = :job_id AND v.version = :version"""
        rows = self._rows(query, job_id=job_id, version=version)
        if not rows:
            raise UserError(f"The store has no version {version} of job {job_id}", "Restore the store from a backup")
        return parse_version(rows[0]["name"], version, rows[0]["definition"])

    def versions(self, job_id: int) -> list[DefinitionVersion]:
        """Return every version of a definition, oldest first."""
        query = """SELECT version, changed, created_at, created_by, definition FROM export_jobs.job_version
                   WHERE job_id = :job_id ORDER BY version"""
        return [
            DefinitionVersion(**{**row, "changed": tuple(row["changed"])}) for row in self._rows(query, job_id=job_id)
        ]

    def tombstones(self, part: tuple[int, int] = (0, 1)) -> set[int]:
        """Return the ids of deleted jobs; ``part`` as for ``jobs``."""
        number, count = part
        query = "SELECT id FROM export_jobs.job WHERE deleted_at IS NOT NULL AND id % :count = :number"
        return {row["id"] for row in self._rows(query, number=number, count=count)}

    def create(self, spec: JobSpec, actor: str | None = None) -> StoredJob:
        """Save a new job; raise ``UserError`` when its name is taken or a template or destination is unknown."""
        columns = _columns(spec)
        names = ", ".join(columns)
        values = ", ".join(f":{name}" for name in columns)
        with self._begin(actor) as connection:
            insert = f"INSERT INTO export_jobs.job ({names}) VALUES ({values}) RETURNING id"
            job_id = connection.execute(text(insert), columns).scalar_one()
            insert_template_uses(connection, job_id, spec.templates)
            return self._reload_job(connection, job_id)

    def update(self, spec: JobSpec, actor: str | None = None, expected_version: int | None = None) -> StoredJob:
        """Update the job with the name of ``spec``.

        Raise ``UserError`` with every frozen key that ``spec`` would change, or when the job's version is no longer
        ``expected_version``.
        """
        with self._begin(actor) as connection:
            stored = self._lock_job(connection, spec.name)
            if expected_version not in {None, stored.version}:
                raise UserError(
                    f"Job {spec.name!r} has been changed by somebody else: you have version {expected_version}, the "
                    f"store has {stored.version}",
                    "Load it again, then repeat your change",
                )
            frozen = _frozen_error(stored, spec)
            # Also with frozen keys, so that the user sees all problems at once; the error rolls the transaction back.
            refused = _write_editable(connection, stored.job_id, spec)
            found = [error for error in (frozen, refused) if error]
            if found:
                raise _as_one_error(found)
            return self._reload_job(connection, stored.job_id)

    def delete(self, name: str, actor: str | None = None) -> None:
        """Delete a job; its ledger remains, its name can be reused. Raise ``ConflictError`` if there is none."""
        with self._begin(actor) as connection:
            bury = """UPDATE export_jobs.job SET deleted_at = clock_timestamp()
                      WHERE lower(name) = lower(:name) AND deleted_at IS NULL"""
            if connection.execute(text(bury), {"name": name}).rowcount == 0:
                raise ConflictError(
                    f"There is no job {name!r}, or it was deleted",
                    "Check the list of jobs, or run `export-jobs list`",
                )

    def _lock_job(self, connection: Connection, name: str) -> StoredJob:
        """Lock and return the live job ``name``, which nobody else can change until this transaction ends."""
        lock = "SELECT id FROM export_jobs.job WHERE lower(name) = lower(:name) AND deleted_at IS NULL FOR UPDATE"
        connection.execute(text(lock), {"name": name})
        stored = Definitions(self._engine, connection).job(name)
        if stored is None:
            raise UserError(f"There is no job {name!r}", "Run `export-jobs list` to see the names")
        return stored

    def _reload_job(self, connection: Connection, job_id: int) -> StoredJob:
        # The triggers that write the version run at commit; run them now, so that the caller sees the new version.
        connection.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
        row = connection.execute(text(f"{LIVE_JOBS} AND j.id = :id"), {"id": job_id}).mappings().one()
        connection.execute(text("SET CONSTRAINTS ALL DEFERRED"))
        stored = StoredJob(**row)
        job, _ = stored.read()
        if job is not None:
            refuse_collision(connection, job_id, job)
        return stored


def _frozen_error(stored: StoredJob, spec: JobSpec) -> UserError | None:
    """Return an error with the frozen keys that ``spec`` would change, by their names in YAML."""
    job, _ = stored.read()
    if job is None:
        return UserError(
            f"Job {spec.name!r}: its row cannot be read as a job",
            "Correct the row, or delete the job and create it again",
        )
    changed = differences(spec_of(job), spec_of(spec))
    frozen = [change.path for change in changed if change.path not in EDITABLE]
    if not frozen:
        return None
    return UserError(
        f"Job {spec.name!r}: {', '.join(frozen)} cannot change once the job exists, since receivers rely on it",
        "Create a new job instead",
    )


def _write_editable(connection: Connection, job_id: int, spec: JobSpec) -> UserError | None:
    """Write the keys that may change; return the refusal of the store's guards, which depends on past runs, or None."""
    columns = {name: value for name, value in _columns(spec).items() if name in EDITABLE.values()}
    sets = ", ".join(f"{name} = :{name}" for name in columns)
    try:
        with connection.begin_nested():
            connection.execute(text(f"UPDATE export_jobs.job SET {sets} WHERE id = :id"), {**columns, "id": job_id})
    except DBAPIError as error:
        refusal = translate_error(error)
        if isinstance(refusal, UserError):
            return refusal
        raise
    return None


def _as_one_error(found: Sequence[UserError]) -> UserError:
    remedies = dict.fromkeys(error.remedy for error in found if error.remedy)
    return UserError(". ".join(error.what for error in found), ". ".join(remedies))


def _columns(spec: JobSpec) -> dict[str, Any]:
    """Return a job's values by column; the file-name pattern has its own column, because ``name`` is the job's."""
    plain = spec.model_dump(include={"name", "description", "owner", "destination", "enabled"})
    plain["destinations"] = list(spec.destinations) or None
    schedule = spec.schedule.model_dump(mode="json", exclude={"anchor"})
    file = spec.file.model_dump(mode="json", exclude={"preset"})
    file["name_pattern"] = file.pop("name")
    encryption = file.pop("encryption") or {"keys": [], "sign": None, "armour": False}
    file["encryption_keys"], file["sign_connection"] = encryption["keys"], encryption["sign"]
    file["armour"] = encryption["armour"]
    split = file.pop("split") or {"rows": None, "bytes": None}
    file["split_rows"], file["split_bytes"] = split["rows"], split["bytes"]
    return {**plain, "recipients": list(spec.recipients), **schedule, **file}
