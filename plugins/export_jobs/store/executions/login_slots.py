"""Limit simultaneous logins to a partner's server, over all machines: each holds a numbered place in the store."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from export_jobs.errors import TransientError

_SLOTS = 5_739_202
"""The first half of the advisory lock's key; the second is destination and place."""
_TAKE = "SELECT pg_try_advisory_lock(:slots, hashtext(:place))"
_RETURN = "SELECT pg_advisory_unlock(:slots, hashtext(:place))"
_WAIT_S = 0.5
LOGIN_PATIENCE_S = 30.0
"""How long a task looks for a free login before it leaves its worker to others for a while."""


class NoFreeLoginError(TransientError):
    """Others use all the logins of a destination. Nothing is wrong, so a task waits for its turn and uses no try."""


@contextmanager
def login_slot(engine: Engine, tag: str, count: int, patience_s: float = LOGIN_PATIENCE_S) -> Iterator[None]:
    """Hold one of ``count`` places of the destination ``tag``.

    A place is freed when its holder dies: it belongs to a session of the store. Raises ``NoFreeLoginError`` when none
    is free within ``patience_s``.
    """
    with engine.connect() as found:
        connection = found.execution_options(isolation_level="AUTOCOMMIT")  # nothing is open while files are sent
        place = _wait_for_place(connection, tag, count, patience_s)
        try:
            yield
        finally:
            with suppress(SQLAlchemyError):  # a session that is gone holds no place
                connection.execute(text(_RETURN), {"slots": _SLOTS, "place": place})


def _wait_for_place(connection: Connection, tag: str, count: int, patience_s: float) -> str:
    until = time.monotonic() + patience_s
    while True:
        for number in range(count):
            place = f"{tag}/{number}"
            if connection.execute(text(_TAKE), {"slots": _SLOTS, "place": place}).scalar_one():
                return place
        if time.monotonic() > until:
            raise NoFreeLoginError(
                f"All {count} logins that the destination {tag!r} may have at once are in use",
                "A run waits for a free login without using a try; after a check, try again later. Raise max_logins at "
                "the destination if its server allows more",
            )
        time.sleep(_WAIT_S)
