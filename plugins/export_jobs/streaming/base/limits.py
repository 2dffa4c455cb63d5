"""How long a query may take, and the error of one that took longer."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from export_jobs.errors import TerminalError


@dataclass(frozen=True)
class QueryLimits:
    """The template being read, its limits in seconds, and when the query began (``time.monotonic()``)."""

    template: str
    statement_timeout_s: int
    lock_timeout_s: int
    began: float = field(default_factory=time.monotonic)

    @property
    def remaining_s(self) -> float:
        """Seconds left; below zero once the time is over."""
        return self.began + self.statement_timeout_s - time.monotonic()


class QueryTimeoutError(TerminalError):
    """A query ran for longer than it may."""

    @classmethod
    def after(cls, seconds: float, template: str) -> QueryTimeoutError:
        """The query of ``template`` was ended after ``seconds``."""
        return cls(
            f"Template {template!r}: the query ran for more than {seconds:g} s and was cancelled",
            "Export shorter windows, add an index on the date column, or increase EXPORT_JOBS_STATEMENT_TIMEOUT_S",
        )
