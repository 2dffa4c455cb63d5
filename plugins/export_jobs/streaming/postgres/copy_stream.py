"""``COPY … TO STDOUT`` at libpq level: batches of row messages, without psycopg's work per row."""

from __future__ import annotations

import select
import time
from collections.abc import Iterator
from typing import Any

import psycopg
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult

POLL_S = 5.0


class CopyStream:
    """One running COPY of ``columns`` columns. ``confirmed_rows``: the server's count, known after ``batches`` ends.

    ``deadline`` (``time.monotonic()``) ends the wait for a server that no longer answers: the server checks
    statement_timeout, which has no effect if the network is dead.
    """

    def __init__(self, connection: psycopg.Connection[Any], statement: bytes, deadline: float) -> None:
        self._pgconn = connection.pgconn
        self._encoding = connection.info.encoding
        self._deadline = deadline
        self._poll = select.poll()
        self._poll.register(self._pgconn.socket, select.POLLIN)
        self.confirmed_rows = -1
        # The extended protocol takes one statement only, so no text can add a second one.
        self._pgconn.send_query_params(statement, None)
        while self._pgconn.flush():
            self._wait(select.POLLIN | select.POLLOUT)
        self.columns = self._expect(ExecStatus.COPY_OUT).nfields

    def batches(self, batch_bytes: int) -> Iterator[tuple[bytearray, int]]:
        """Yield whole CSV records, each ended by its line feed, and their number.

        A batch ends with the record that reaches ``batch_bytes``. Ends without an exception only if the server has
        confirmed that the result is complete; else raises ``psycopg.Error``.
        """
        get_copy_data = self._pgconn.get_copy_data
        # The server sends one message per record. Each is copied into one buffer at once: with a list of them, the
        # garbage collector would walk thousands of views again and again, which costs as much as all the rest.
        batch = bytearray()
        records = 0
        while True:
            size, record = get_copy_data(1)
            if size > 0:
                batch += record
                records += 1
                if len(batch) >= batch_bytes:
                    yield batch, records
                    batch, records = bytearray(), 0
            elif size == 0:
                self._wait(select.POLLIN)
            else:
                break
        if records:
            yield batch, records
        self.confirmed_rows = self._expect(ExecStatus.COMMAND_OK).command_tuples or 0
        self._pgconn.get_result()  # None: the connection is ready for the next statement

    def _expect(self, status: ExecStatus) -> PGresult:
        while self._pgconn.is_busy():
            self._wait(select.POLLIN)
        result = self._pgconn.get_result()
        if result is None:
            raise psycopg.OperationalError("the connection ended without a result")
        if result.status != status:
            raise psycopg.errors.error_from_result(result, encoding=self._encoding)
        return result

    def _wait(self, events: int) -> None:
        """Wait in Python, not in libpq, so that a signal handler can end a task at once."""
        self._poll.modify(self._pgconn.socket, events)
        while not self._poll.poll(POLL_S * 1000):
            if time.monotonic() > self._deadline:
                raise psycopg.OperationalError("the server no longer answers")
        self._pgconn.consume_input()
