"""How an export is read, for any database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from export_jobs.core.sql.checks.shape import Shape, refuse_other_types
from export_jobs.core.sql.compiled import CompiledExport


@dataclass(frozen=True)
class ReadOptions:
    """The time zone of written times, the name that the database sees, the time limit and the number of rows.

    ``statement_timeout_s``: in seconds, for everything from the first precondition to the last row. ``max_rows``: read
    only the first n rows; None for all. ``check_shape`` gets the columns and types of the database, in the transaction
    that then reads them; it raises so that nothing is read.
    """

    time_zone: str
    application_name: str
    statement_timeout_s: int
    max_rows: int | None = None
    check_shape: Callable[[CompiledExport, Shape], None] = refuse_other_types
