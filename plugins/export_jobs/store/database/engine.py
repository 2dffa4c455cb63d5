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
"""How long a connection waits for an answer of the other machine; the system's default is 15 minutes."""

_SERVER_OPTIONS = {
    "lock_timeout": LOCK_TIMEOUT_MS,
    "timezone": "UTC",
    # The same on the server's side: locks of a machine that has silently disappeared are freed after a minute, not two
    # hours. Nothing else would free locks that are held outside a transaction, such as a login slot of a destination.
    "tcp_keepalives_idle": TCP_USER_TIMEOUT_MS // 1000,
    "tcp_keepalives_interval": 10,
    "tcp_keepalives_count": 3,
}
_ENGINES: WeakSet[Engine] = WeakSet()


def create_store_engine(parts: Mapping[str, Any]) -> Engine:
    """Create an engine with a small pool. ``parts``: libpq keywords such as host, port, user, password, dbname."""
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
    """Open one transaction, committed on leaving. ``actor`` is recorded as the author of its changes.

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
            "A text contains half of a character, which no database stores",
            "Type the text again, without that character",
        ) from None
    except PoolTimeout:
        raise TransientError(
            "All connections of this process to the store are in use", "Try again in a moment"
        ) from None


def _forget_connections() -> None:
    # Parent and child must not share a connection: each could get the other's answers. Airflow forks for every task.
    for engine in _ENGINES:
        engine.dispose(close=False)


os.register_at_fork(after_in_child=_forget_connections)
