"""Open what Airflow's connections lead to: the store, sources of rows, destinations. Secrets do not leave here."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from export_jobs import settings
from export_jobs.core.catalogue.dialect_names import DUCKDB, POSTGRES, SQLITE
from export_jobs.core.definitions.job import DestinationSpec
from export_jobs.delivery.destination import Credentials, Destination
from export_jobs.errors import UserError
from export_jobs.orchestration.airflow.address import airflow_address
from export_jobs.orchestration.airflow.limited_destination import LimitedDestination
from export_jobs.store.database.engine import create_store_engine
from export_jobs.store.executions.login_slots import login_slot

if TYPE_CHECKING:
    import psycopg
    from airflow.sdk import Connection
    from sqlalchemy import Engine

    from export_jobs.delivery.download import DownloadDestination
    from export_jobs.delivery.sftp import SftpDestination
    from export_jobs.streaming.openpgp.read_key import SigningKey
    from export_jobs.streaming.source import Source

_DIALECTS = {
    "databricks": {"databricks"},
    "duckdb": {DUCKDB},
    "gcpbigquery": {"bigquery"},
    "mssql": {"tsql", "fabric"},
    "mysql": {"mysql", "singlestore", "starrocks", "doris"},
    "oracle": {"oracle"},
    "postgres": {POSTGRES, "redshift", "materialize", "risingwave"},
    "presto": {"presto"},
    "redshift": {"redshift"},
    "snowflake": {"snowflake"},
    "sqlite": {SQLITE},
    "trino": {"trino"},
}
"""The SQL dialects of each connection type; a type that is not listed (odbc, jdbc) can have any dialect."""
_STORE = "the store of the export jobs"
_CONNECTION_ID = re.compile(r"[\w#!()\-.:/\\]{1,250}")  # airflow.models.connection.RE_SANITIZE_CONN_ID
_INHERITED: dict[str, Connection] = {}


def airflow_connection(connection_id: str, purpose: str) -> Connection:
    """Return the Airflow connection ``connection_id``; raise ``UserError`` naming ``purpose`` when there is none."""
    from airflow.sdk import BaseHook  # noqa: PLC0415  costs a second; `export-jobs --help` must not pay it
    from airflow.sdk.exceptions import AirflowNotFoundException  # noqa: PLC0415

    # The text is not shown: an address, written here by mistake, contains a password.
    if not _CONNECTION_ID.fullmatch(connection_id):
        what = f"What is set as the connection for {purpose} is not a valid connection id"
        raise UserError(what, "Correct it in the definition")
    try:
        return BaseHook.get_connection(connection_id)
    except AirflowNotFoundException:
        raise UserError(
            f"Airflow has no connection {connection_id!r}, which is needed for {purpose}",
            "Create it under Admin > Connections, or correct its name",
        ) from None


def store_engine() -> Engine:
    """Return the store's engine for the page and commands, one for each process.

    Raise ``UserError`` without the connection; an unreachable server raises only on first use.
    """
    return _store_engine(airflow_connection(settings.STORE_CONNECTION, _STORE))


def task_store_engine() -> Engine:
    """Return the store's engine for Dags and tasks: with their own connection, if any, since they need other rights."""
    inherited = _INHERITED.get(settings.STORE_TASKS_CONNECTION)
    return _store_engine(inherited or _preferred_connection(settings.STORE_TASKS_CONNECTION))


def hand_down_store_login() -> None:
    """Look up the store's login in the Dag processor's own process, for the parses that are forked from it.

    A parse that looks it up itself waits for this process, which must first build an API: on a busy machine this alone
    takes longer than Airflow's limit for a parse. Each call looks it up again, because a password may have changed.
    """
    _INHERITED.clear()
    _INHERITED[settings.STORE_TASKS_CONNECTION] = _preferred_connection(settings.STORE_TASKS_CONNECTION)


def owner_store_engine() -> Engine:
    """Return the store's engine for migrations: as the owner of the schema, if the owner has its own connection."""
    return _store_engine(_preferred_connection(settings.STORE_OWNER_CONNECTION))


def has_connection(connection_id: str) -> bool:
    """Return whether Airflow has a connection with this id."""
    try:
        airflow_connection(connection_id, "")
    except UserError:
        return False
    return True


def _preferred_connection(connection_id: str) -> Connection:
    try:
        return airflow_connection(connection_id, _STORE)
    except UserError:
        return airflow_connection(settings.STORE_CONNECTION, _STORE)


def _store_engine(found: Connection) -> Engine:
    tls = {key: str(value) for key, value in found.extra_dejson.items() if key.startswith("ssl")}
    parts = {"host": found.host, "port": found.port, "user": found.login, "password": found.password, **tls}
    return _engine(tuple({**parts, "dbname": found.schema}.items()))


def open_warehouse(connection_id: str) -> psycopg.Connection[Any]:
    """Open a session on a PostgreSQL warehouse, through Airflow's hook so that all its options apply."""
    from airflow.providers.postgres.hooks.postgres import PostgresHook  # noqa: PLC0415

    _require_dialect(airflow_connection(connection_id, "reading the warehouse"), POSTGRES)
    hook = PostgresHook(postgres_conn_id=connection_id)
    # A server that accepts the connection and never answers would block a worker or a thread of the page for minutes.
    extra = {"connect_timeout": settings.connect_timeout_s(), **hook.connection.extra_dejson}
    hook.connection.extra = json.dumps(extra)
    session: psycopg.Connection[Any] = hook.get_conn()
    return session


@contextmanager
def open_source(connection_id: str, dialect: str) -> Iterator[Source]:
    """Open the rows of ``connection_id``: with ``COPY`` for the dialect ``postgres``, else with a cursor of its hook.

    Raise ``UserError`` for a connection that is missing, has no SQL hook, or does not speak ``dialect``.
    """
    from export_jobs.streaming.cursor.errors import translate_connect_errors  # noqa: PLC0415
    from export_jobs.streaming.cursor.sessions import session_for  # noqa: PLC0415
    from export_jobs.streaming.source import CursorSource, PostgresSource  # noqa: PLC0415

    if dialect == POSTGRES:
        with translate_connect_errors(connection_id):
            session = open_warehouse(connection_id)
        with closing(session):
            yield PostgresSource(session)
        return
    hook = sql_hook(connection_id, dialect)
    with translate_connect_errors(connection_id):
        opened = session_for(hook.get_conn(), hook.placeholder)
    with closing(opened):
        yield CursorSource(opened, settings.settle_delay_s())


def sql_hook(connection_id: str, dialect: str) -> Any:
    """Return the ``DbApiHook`` of a connection with ``dialect``; raise ``UserError`` for any other connection."""
    from airflow.providers.common.sql.hooks.sql import DbApiHook  # noqa: PLC0415
    from airflow.sdk.exceptions import AirflowException  # noqa: PLC0415

    found = airflow_connection(connection_id, "reading the warehouse")
    _require_dialect(found, dialect)
    try:
        hook = found.get_hook()
    except (AirflowException, ImportError) as error:
        raise UserError(
            f"Airflow cannot open the connection {connection_id!r} of type {found.conn_type!r}: the provider of that "
            "type is not installed here",
            "Install it where Airflow's workers run, or correct the connection's type",
        ) from error
    if not isinstance(hook, DbApiHook):
        raise UserError(
            f"The connection {connection_id!r} is of type {found.conn_type!r}, which is not an SQL database",
            "Name a connection to a database in the header of the fact or dimension",
        )
    return hook


def _require_dialect(found: Connection, dialect: str) -> None:
    kind = str(found.conn_type).replace("postgresql", POSTGRES)
    spoken = _DIALECTS.get(kind, set())
    if (spoken and dialect not in spoken) or (dialect == POSTGRES and not spoken):
        remedy = f"Write `dialect: {min(spoken)}`" if len(spoken) == 1 else "Write the database's own dialect"
        raise UserError(
            f"The connection {found.conn_id!r} is of type {found.conn_type!r}, but the catalogue says that its dialect "
            f"is {dialect}",
            f"{remedy} in the header of each fact and dimension of this connection, or name another one",
        )
    if kind == "duckdb" and found.schema and not (found.host or found.password or found.extra_dejson):
        # Airflow's DuckDB hook would open an empty database in memory, and the tables would seem to be missing.
        raise UserError(
            f"The connection {found.conn_id!r} has its DuckDB file in the field for the schema",
            'Give the file as the host, in JSON: {"conn_type": "duckdb", "host": "/data/sales.duckdb"}',
        )
    if kind == "sqlite" and found.schema and not found.host:
        raise UserError(
            f"The connection {found.conn_id!r} has its SQLite file in the field for the schema",
            "Give the file as the host, in JSON: "
            '{"conn_type": "sqlite", "host": "/data/sales.db", "extra": {"mode": "ro"}}',
        )


def open_destination(spec: DestinationSpec) -> Destination:
    """Open a destination, ready to be checked or delivered to."""
    if spec.kind == "s3":
        return _s3(spec)
    if spec.kind == "download":
        return open_download(spec)
    stall_seconds = settings.stall_timeout_s()
    destination: Destination = open_sftp(spec) if spec.kind == "sftp" else _ftp(spec, stall_seconds)
    if spec.max_logins is None:
        return destination
    engine, tag, count = task_store_engine(), spec.tag, spec.max_logins
    return LimitedDestination(destination, lambda: login_slot(engine, tag, count))


def signing_key(connection_id: str) -> SigningKey:
    """Return the team's private key from a generic connection: ``private_key`` in its extra, passphrase as password.

    Raise ``UserError`` for a connection that is missing, of another type, or without a key.
    """
    from export_jobs.streaming.openpgp.read_key import SigningKey  # noqa: PLC0415  only where files are signed

    found = airflow_connection(connection_id, "signing encrypted files")
    if found.conn_type != "generic":
        what = f"The connection {connection_id!r}, to sign files with, is of type {found.conn_type!r}"
        raise UserError(what, "Set the type to generic under Admin > Connections")
    text = found.extra_dejson.get("private_key")
    if not isinstance(text, str) or not text.strip():
        raise UserError(
            f"The connection {connection_id!r}, to sign files with, has no private key",
            "Put the text that `gpg --armor --export-secret-keys` prints into its extra as `private_key`",
        )
    return SigningKey(text, found.password or "")


def _credentials(spec: DestinationSpec) -> Credentials:
    found = airflow_connection(spec.connection, f"the destination {spec.tag!r}")
    return Credentials(
        host=found.host or "",
        port=found.port,
        login=found.login,
        password=found.password,
        extra=dict(found.extra_dejson),
    )


def open_sftp(spec: DestinationSpec) -> SftpDestination:
    """Open a destination's SFTP server, ignoring ``max_logins``; raise ``UserError`` without its connection."""
    import asyncssh  # noqa: PLC0415  one kind's library at a time

    from export_jobs.delivery.sftp import SftpDestination  # noqa: PLC0415

    asyncssh.set_log_level("WARNING")  # its line for every channel would flood the task's log
    return SftpDestination(_credentials(spec), spec.folder, options=spec, stall_seconds=settings.stall_timeout_s())


def _ftp(spec: DestinationSpec, stall_seconds: float) -> Destination:
    from export_jobs.delivery.ftp.destination import FtpDestination  # noqa: PLC0415

    plain = spec.kind == "ftp" and spec.plain_ftp
    return FtpDestination(_credentials(spec), spec.folder, options=spec, plain=plain, stall_seconds=stall_seconds)


def _s3(spec: DestinationSpec) -> Destination:
    from export_jobs.delivery.s3 import S3Destination  # noqa: PLC0415

    return S3Destination(_s3_client(spec), *_bucket(spec), spec)


def open_download(spec: DestinationSpec) -> DownloadDestination:
    """Open the bucket of a download destination; raise ``UserError`` without its connection."""
    from export_jobs.delivery.download import DownloadDestination  # noqa: PLC0415

    address = f"{airflow_address()}/export-jobs/api/downloads/{spec.tag}"
    limit = settings.download_max_bytes()
    return DownloadDestination(_s3_client(spec), _bucket(spec), spec, address=address, max_bytes=limit)


def _bucket(spec: DestinationSpec) -> tuple[str, str]:
    """Return the bucket's name and prefix."""
    bucket, _, prefix = spec.folder.strip("/").partition("/")
    return bucket, prefix


def _s3_client(spec: DestinationSpec) -> Any:
    from export_jobs.delivery.s3_service.login_errors import translate_s3_login_errors  # noqa: PLC0415
    from export_jobs.orchestration.airflow.s3_client import refuse_unused_fields, s3_client  # noqa: PLC0415

    found = airflow_connection(spec.connection, f"the destination {spec.tag!r}")
    refuse_unused_fields(found.extra_dejson, spec.connection)
    with translate_s3_login_errors(spec.connection):
        return s3_client(spec.connection)


@lru_cache(maxsize=4)
def _engine(parts: tuple[tuple[str, str | int | None], ...]) -> Engine:
    return create_store_engine(dict(parts))
