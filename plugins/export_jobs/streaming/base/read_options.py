"""How an export is read, whatever the database is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ReadOptions:
    """The zone in which times are written, who the database sees, how long a query may take and how much is read.

    ``statement_timeout_s``: in seconds, for everything from the first precondition to the last row. ``max_rows``: the
    first so many rows only; None for all.
    """

    time_zone: str
    application_name: str
    statement_timeout_s: int
    max_rows: int | None = None
