"""How an export is read, whatever the database is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from export_jobs.core.sql.checks.shape import Shape, refuse_other_types
from export_jobs.core.sql.compiled import CompiledExport


@dataclass(frozen=True)
class ReadOptions:
    """The zone in which times are written, who the database sees, how long a query may take and how much is read.

    ``statement_timeout_s``: in seconds, for everything from the first precondition to the last row. ``max_rows``: the
    first so many rows only; None for all. ``check_shape`` is given the columns and types that the database has, in the
    transaction that then reads them, and raises to have nothing read.
    """

    time_zone: str
    application_name: str
    statement_timeout_s: int
    max_rows: int | None = None
    check_shape: Callable[[CompiledExport, Shape], None] = refuse_other_types
