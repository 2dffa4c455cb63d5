"""Airflow connections -> the store's engine, a warehouse session, a destination, the mail server. Secrets stay here."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from export_jobs import settings
from export_jobs.core.job import DestinationSpec
from export_jobs.delivery.destination import Credentials, Destination
from export_jobs.errors import UserError
from export_jobs.store.engine import connect

if TYPE_CHECKING:
    import psycopg
    from airflow.sdk import Connection
    from sqlalchemy import Engine


def connection(connection_id: str, purpose: str) -> Connection:
    """The Airflow connection ``connection_id``; raises ``UserError`` naming ``purpose`` when there is none."""
    from airflow.sdk import BaseHook  # noqa: PLC0415  costs a second; `export-jobs --help` must not pay it
    from airflow.sdk.exceptions import AirflowNotFoundException  # noqa: PLC0415

    try:
        return BaseHook.get_connection(connection_id)
    except AirflowNotFoundException:
        raise UserError(
            f"Airflow has no connection {connection_id!r}, which is needed for {purpose}. "
            "Create it under Admin > Connections, or correct its name."
        ) from None


def store_engine() -> Engine:
    """The engine of the metadata store, one a process.

    Raises ``UserError`` without the connection; an unreachable server shows only on first use.
    """
    found = connection(settings.STORE_CONNECTION, "the store of the export jobs")
    tls = {key: str(value) for key, value in found.extra_dejson.items() if key.startswith("ssl")}
    parts = {"host": found.host, "port": found.port, "user": found.login, "password": found.password, **tls}
    return _engine(tuple({**parts, "dbname": found.schema}.items()))


def warehouse(connection_id: str) -> psycopg.Connection[Any]:
    """A new session on the warehouse, through Airflow's own hook so that every option of its connection counts."""
    from airflow.providers.postgres.hooks.postgres import PostgresHook  # noqa: PLC0415

    found = connection(connection_id, "reading the warehouse")
    if found.conn_type not in {"postgres", "postgresql"}:
        raise UserError(
            f"The connection {connection_id!r} is of type {found.conn_type!r}; facts are read from PostgreSQL. "
            "Name a connection of type postgres in the fact's header."
        )
    session: psycopg.Connection[Any] = PostgresHook(postgres_conn_id=connection_id).get_conn()
    return session


def open_destination(spec: DestinationSpec) -> Destination:
    """The destination that a tag stands for, ready to be checked or delivered to."""
    found = connection(spec.connection, f"the destination {spec.tag!r}")
    if spec.kind == "s3":
        return _s3(spec)
    import asyncssh  # noqa: PLC0415  one kind's library at a time

    from export_jobs.delivery.sftp import SftpDestination  # noqa: PLC0415

    asyncssh.set_log_level("WARNING")  # a line for every channel it opens would bury ours in the task's log
    credentials = Credentials(
        host=found.host or "",
        port=found.port,
        login=found.login,
        password=found.password,
        extra=dict(found.extra_dejson),
    )
    return SftpDestination(credentials, spec.folder, stall_seconds=settings.stall_timeout_s())


def _s3(spec: DestinationSpec) -> Destination:
    from airflow.providers.amazon.aws.hooks.base_aws import AwsGenericHook  # noqa: PLC0415

    from export_jobs.delivery.s3 import S3Destination  # noqa: PLC0415

    client = AwsGenericHook(aws_conn_id=spec.connection, client_type="s3").get_conn()
    bucket, _, prefix = spec.folder.strip("/").partition("/")
    return S3Destination(client, bucket, prefix)


@lru_cache(maxsize=2)
def _engine(parts: tuple[tuple[str, str | int | None], ...]) -> Engine:
    return connect(dict(parts))
