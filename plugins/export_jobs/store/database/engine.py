"""A connection to the metadata store, and one transaction on it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from weakref import WeakSet

import psycopg
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from export_jobs.errors import TransientError, UserError
from export_jobs.store.database.errors import translate_error

CONNECT_TIMEOUT_S = 5
LOCK_TIMEOUT_MS = 30_000
TCP_USER_TIMEOUT_MS = 30_000
"""After this long without an answer of the other machine a connection is dead; the system would wait 15 minutes."""

_SERVER_OPTIONS = {
    "lock_timeout": LOCK_TIMEOUT_MS,
    "timezone": "UTC",
    # The server's side of the same: what a machine held that has gone without a word is free after a minute, not two
    # hours. Of what is held without a transaction, such as a place at a destination, nothing else would end it.
    "tcp_keepalives_idle": TCP_USER_TIMEOUT_MS // 1000,
    "tcp_keepalives_interval": 10,
    "tcp_keepalives_count": 3,
}
_ENGINES: WeakSet[Engine] = WeakSet()


def create_store_engine(parts: Mapping[str, Any]) -> Engine:
    """An engine with a small pool. ``parts`` are libpq's keywords: host, port, user, password, dbname, sslmode …"""
    given = {key: value for key, value in parts.items() if value is not None}
    engine = create_engine(
        "postgresql+psycopg://",
        connect_args={
            **given,
            "connect_timeout": CONNECT_TIMEOUT_S,
            "tcp_user_timeout": TCP_USER_TIMEOUT_MS,
            "keepalives_idle": TCP_USER_TIMEOUT_MS // 1000,
            "application_name": "export-jobs store",
            "options": " ".join(f"-c {name}={value}" for name, value in _SERVER_OPTIONS.items()),
        },
        pool_size=2,
        pool_pre_ping=True,
        pool_recycle=600,
        hide_parameters=True,
    )
    _ENGINES.add(engine)
    return engine


@contextmanager
def transaction(engine: Engine, actor: str | None = None) -> Iterator[Connection]:
    """One transaction, committed on leaving. ``actor`` is recorded as the author of what it changes.

    Raises ``TransientError`` when the store cannot be reached or a lock is held too long, ``TerminalError`` when it
    refuses the login, ``UserError`` for what its constraints and triggers refuse.
    """
    try:
        with engine.begin() as connection:
            if actor:
                connection.execute(text("SELECT set_config('export_jobs.actor', :actor, true)"), {"actor": actor})
            yield connection
    except (DBAPIError, psycopg.Error) as error:
        raise translate_error(error) from None
    except UnicodeEncodeError:
        raise UserError(
            "A text holds half of a character, which no database stores", "Type the text again, without that character"
        ) from None
    except PoolTimeout:
        raise TransientError(
            "All connections of this process to the store are in use", "Try again in a moment"
        ) from None


def _forget_connections() -> None:
    # A connection shared by parent and child answers one with what the other asked. Airflow forks for every task.
    for engine in _ENGINES:
        engine.dispose(close=False)


os.register_at_fork(after_in_child=_forget_connections)
