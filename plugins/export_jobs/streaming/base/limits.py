"""How long a query may take, and the error for one that took longer."""

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
        """Seconds left; negative once the time is over."""
        return self.began + self.statement_timeout_s - time.monotonic()


class QueryTimeoutError(TerminalError):
    """A query ran longer than allowed."""

    @classmethod
    def after(cls, seconds: float, template: str) -> QueryTimeoutError:
        """Return the error for a query of ``template`` that was cancelled after ``seconds``."""
        return cls(
            f"Template {template!r}: the query ran for more than {seconds:g} s and was cancelled",
            "Export shorter windows, add an index on the date column, or increase EXPORT_JOBS_STATEMENT_TIMEOUT_S",
        )
