"""Errors by who can act on them. The type decides about retries: only a ``TransientError`` is retried.

::

    ExportError                what happened, and what to do next
    ├── UserError              the author of a definition can correct it; never retried
    │   └── ConflictError      another change came first
    ├── TransientError         may pass by itself; retried with backoff
    └── TerminalError          cannot pass by itself; fails at once
        └── SupersededError    a newer attempt of the same step has taken over

No message contains a secret.
"""

from __future__ import annotations


class ExportError(Exception):
    """Base of every error that this package raises on purpose; ``str(error)`` is suitable for mail, page and log.

    ``what``: what happened and where; ``remedy``: what to do next, empty when there is nothing to do. Both have no full
    stop at the end, for use in tables. ``line``: of the file that ``what`` is about, from 1.
    """

    def __init__(self, what: str, remedy: str = "", *, line: int | None = None) -> None:
        super().__init__(what, remedy)
        self.what = what.strip().removesuffix(".")
        self.remedy = remedy.strip().removesuffix(".")
        self.line = line

    @property
    def parts(self) -> dict[str, str]:
        """The message in its two parts, so that readers of a record need not split it."""
        return {"what": self.what, "remedy": self.remedy}

    def __str__(self) -> str:
        return " ".join(f"{part}." for part in (self.what, self.remedy) if part)


class UserError(ExportError):
    """The author of a definition can correct it: bad input, a frozen field, an unknown name. Never retried."""


class ConflictError(UserError):
    """Another change came first: what should be created exists, or what should be changed has already changed."""


class TransientError(ExportError):
    """May pass by itself: network, a busy server, a lock. Retried with backoff."""


class TerminalError(ExportError):
    """Cannot pass by itself: a wrong password, a changed host key, no space by policy. Fails at once."""


class SupersededError(TerminalError):
    """A newer attempt of the same step has taken over; this one must leave everything as it is."""
