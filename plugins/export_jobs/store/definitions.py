"""Table row -> ``ExportJob``: the one door to definitions, for every reader and writer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, text

from export_jobs.core.job import DestinationSpec, ExportJob, JobSpec, Template
from export_jobs.errors import UserError
from export_jobs.store.engine import transaction

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
    "schedule.time_zone": "time_zone",
}
"""What may change after creation, by its name in YAML, and its column."""


@dataclass(frozen=True)
class StoredJob:
    """A live row at its newest version; ``definition`` is what :class:`ExportJob` is read from."""

    job_id: int
    dag_id: str
    name: str
    version: int
    definition: dict[str, Any]

    def parse(self) -> ExportJob:
        """The definition as an object; raises pydantic's ``ValidationError`` when it does not have the shape."""
        return ExportJob.model_validate({**self.definition, "version": self.version})


@dataclass(frozen=True)
class Version:
    """One version of a definition: who changed which keys when (``created`` for the first)."""

    version: int
    changed: tuple[str, ...]
    created_at: datetime
    created_by: str
    definition: dict[str, Any]


class Definitions:
    """Jobs, templates and destinations of one store.

    ``actor`` is recorded as the author; within ``transaction`` its own actor is. Every method raises ``TransientError`` while the store is out of reach and ``UserError`` for what it refuses.
    """

    def __init__(self, engine: Engine, connection: Connection | None = None) -> None:
        self._engine = engine
        self._connection = connection

    @contextmanager
    def transaction(self, actor: str) -> Iterator[Definitions]:
        """The same store within one transaction: all of it is saved on leaving, or nothing."""
        with transaction(self._engine, actor) as connection:
            yield Definitions(self._engine, connection)

    def jobs(self) -> list[StoredJob]:
        """All live jobs in the order of their creation, in one query."""
        return [StoredJob(**row) for row in self._rows(f"{LIVE_JOBS} ORDER BY j.id")]

    def job(self, name: str) -> StoredJob | None:
        """The live job ``name``, whatever its capitals; None when there is none."""
        rows = self._rows(f"{LIVE_JOBS} AND lower(j.name) = lower(:name)", name=name)
        return StoredJob(**rows[0]) if rows else None

    def by_dag_id(self, dag_id: str) -> StoredJob | None:
        """The live job whose Dag is ``dag_id``."""
        rows = self._rows(f"{LIVE_JOBS} AND j.dag_id = :dag_id", dag_id=dag_id)
        return StoredJob(**rows[0]) if rows else None

    def version(self, job_id: int, version: int) -> ExportJob:
        """A definition as it was at ``version``, deleted or not; raises ``UserError`` when there is no such version."""
        query = "SELECT definition FROM export_jobs.job_version WHERE job_id = :job_id AND version = :version"
        rows = self._rows(query, job_id=job_id, version=version)
        if not rows:
            raise UserError(f"The store has no version {version} of job {job_id}. Restore the store from a backup.")
        return ExportJob.model_validate({**rows[0]["definition"], "version": version})

    def versions(self, job_id: int) -> list[Version]:
        """Every version of a definition, oldest first."""
        query = """SELECT version, changed, created_at, created_by, definition FROM export_jobs.job_version
                   WHERE job_id = :job_id ORDER BY version"""
        return [Version(**{**row, "changed": tuple(row["changed"])}) for row in self._rows(query, job_id=job_id)]

    def tombstones(self) -> set[int]:
        """Ids of the jobs that were deleted."""
        return {row["id"] for row in self._rows("SELECT id FROM export_jobs.job WHERE deleted_at IS NOT NULL")}

    def create(self, spec: JobSpec, actor: str | None = None) -> StoredJob:
        """Save a new job; raises ``UserError`` when its name is taken or a template or destination is unknown."""
        columns = _columns(spec)
        names = ", ".join(columns)
        values = ", ".join(f":{name}" for name in columns)
        with self._writing(actor) as connection:
            insert = f"INSERT INTO export_jobs.job ({names}) VALUES ({values}) RETURNING id"
            job_id = connection.execute(text(insert), columns).scalar_one()
            uses = [
                {**use.model_dump(mode="json"), "job_id": job_id, "position": position}
                for position, use in enumerate(spec.templates, start=1)
            ]
            if uses:
                insert = """INSERT INTO export_jobs.job_template (job_id, position, template, subfolder, date_basis)
                            VALUES (:job_id, :position, :template, :subfolder, :date_basis)"""
                connection.execute(text(insert), uses)
            return self._kept(connection, job_id)

    def update(self, spec: JobSpec, actor: str | None = None, expected_version: int | None = None) -> StoredJob:
        """Change what may change of the job of ``spec``'s name.

        Raises ``UserError`` naming everything frozen that ``spec`` would change, or when the job's version is no
        longer ``expected_version``.
        """
        with self._writing(actor) as connection:
            lock = "SELECT id FROM export_jobs.job WHERE lower(name) = lower(:name) AND deleted_at IS NULL FOR UPDATE"
            found = connection.execute(text(lock), {"name": spec.name}).scalar_one_or_none()
            stored = Definitions(self._engine, connection).job(spec.name)
            if found is None or stored is None:
                raise UserError(f"There is no job {spec.name!r}. Create it, or see `export-jobs list` for the names.")
            if expected_version not in {None, stored.version}:
                raise UserError(
                    f"Job {spec.name!r} has been changed by somebody else: you have version {expected_version}, the "
                    f"store has {stored.version}. Load it again, then repeat your change."
                )
            frozen = [key for key in changed_keys(stored, spec) if key not in EDITABLE]
            if frozen:
                raise UserError(
                    f"Job {spec.name!r}: {', '.join(frozen)} cannot change once the job exists, since receivers rely "
                    "on it. Create a new job instead."
                )
            columns = {name: value for name, value in _columns(spec).items() if name in EDITABLE.values()}
            sets = ", ".join(f"{name} = :{name}" for name in columns)
            connection.execute(text(f"UPDATE export_jobs.job SET {sets} WHERE id = :id"), {**columns, "id": found})
            return self._kept(connection, found)

    def delete(self, name: str, actor: str | None = None) -> None:
        """Delete a job; its ledger stays, and its name can be used again. Raises ``UserError`` when there is none."""
        with self._writing(actor) as connection:
            bury = """UPDATE export_jobs.job SET deleted_at = clock_timestamp()
                      WHERE lower(name) = lower(:name) AND deleted_at IS NULL"""
            if connection.execute(text(bury), {"name": name}).rowcount == 0:
                raise UserError(f"There is no job {name!r}. `export-jobs list` shows the names.")

    def destinations(self) -> list[DestinationSpec]:
        """All destinations by tag."""
        query = "SELECT tag, kind, connection, folder, description FROM export_jobs.destination ORDER BY tag"
        return [DestinationSpec.model_validate(dict(row)) for row in self._rows(query)]

    def destination(self, tag: str) -> DestinationSpec | None:
        """The destination ``tag``; None when there is none."""
        query = "SELECT tag, kind, connection, folder, description FROM export_jobs.destination WHERE tag = :tag"
        rows = self._rows(query, tag=tag)
        return DestinationSpec.model_validate(dict(rows[0])) if rows else None

    def save_destination(self, spec: DestinationSpec, actor: str | None = None) -> None:
        """Create a destination or change it."""
        query = """INSERT INTO export_jobs.destination (tag, kind, connection, folder, description)
            VALUES (:tag, :kind, :connection, :folder, :description)
            ON CONFLICT (tag) DO UPDATE SET kind = excluded.kind, connection = excluded.connection,
                folder = excluded.folder, description = excluded.description, changed_at = now(),
                changed_by = export_jobs.actor()"""
        with self._writing(actor) as connection:
            connection.execute(text(query), spec.model_dump(mode="json"))

    def templates(self) -> list[Template]:
        """All templates by name."""
        query = """SELECT name, kind, description, fact, columns, kpis, dimensions
                   FROM export_jobs.template ORDER BY name"""
        return [Template.model_validate(dict(row)) for row in self._rows(query)]

    def create_template(self, template: Template, actor: str | None = None) -> None:
        """Save a new template; raises ``UserError`` when its name is taken."""
        query = """INSERT INTO export_jobs.template (name, kind, description, fact, columns, kpis, dimensions)
            VALUES (:name, :kind, :description, :fact, :columns, :kpis, :dimensions)"""
        with self._writing(actor) as connection:
            connection.execute(text(query), template.model_dump(mode="json"))

    def delete_template(self, name: str, actor: str | None = None) -> None:
        """Delete a template that no live job uses; raises ``UserError`` when one does or there is none."""
        with self._writing(actor) as connection:
            if not connection.execute(text("DELETE FROM export_jobs.template WHERE name = :n"), {"n": name}).rowcount:
                raise UserError(f"There is no template {name!r} to delete.")

    def _kept(self, connection: Connection, job_id: int) -> StoredJob:
        # The triggers that write the version wait for the commit; the caller is shown what they will have written.
        connection.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
        row = connection.execute(text(f"{LIVE_JOBS} AND j.id = :id"), {"id": job_id}).mappings().one()
        connection.execute(text("SET CONSTRAINTS ALL DEFERRED"))
        return StoredJob(**row)

    @contextmanager
    def _writing(self, actor: str | None) -> Iterator[Connection]:
        if self._connection is not None:
            yield self._connection
            return
        with transaction(self._engine, actor) as connection:
            yield connection

    def _rows(self, query: str, **values: Any) -> Sequence[RowMapping]:
        if self._connection is not None:
            return self._connection.execute(text(query), values).mappings().all()
        with transaction(self._engine) as connection:
            return connection.execute(text(query), values).mappings().all()


def changed_keys(stored: StoredJob, spec: JobSpec) -> list[str]:
    """Which keys of ``stored`` a save of ``spec`` would change, in the words of the YAML."""
    before = _flat(stored.parse())
    return [key for key, value in _flat(spec).items() if before[key] != value]


def _flat(job: JobSpec) -> dict[str, Any]:
    whole = job.model_dump(mode="json", by_alias=True)
    parts = {key: whole[key] for key in ("name", "description", "owner", "destination", "recipients", "enabled")}
    schedule = {f"schedule.{key}": value for key, value in whole["schedule"].items() if key != "anchor"}
    return {**parts, **schedule, **{f"file.{k}": v for k, v in whole["file"].items()}, "templates": whole["templates"]}


def _columns(spec: JobSpec) -> dict[str, Any]:
    """A job's values by column."""
    plain = spec.model_dump(include={"name", "description", "owner", "destination", "enabled"})
    schedule = spec.schedule.model_dump(mode="json", exclude={"anchor"})
    return {**plain, "recipients": list(spec.recipients), **schedule, **spec.file.model_dump(mode="json")}
