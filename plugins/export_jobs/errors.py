"""Errors by who can act on them. The retry rule is in the type: only a ``TransientError`` is worth another try.

::

    ExportError                what happened, and what to do next
    ├── UserError              the author of a definition can correct it; never retried
    │   └── ConflictError      somebody else was faster
    ├── TransientError         may pass by itself; retried with backoff
    └── TerminalError          cannot pass by itself; fails at once
        └── SupersededError    a newer attempt of the same step has taken over

No message holds a secret.
"""

from __future__ import annotations


class ExportError(Exception):
    """Base of every error this package raises on purpose; ``str(error)`` is fit for mail, page and log.

    ``what``: what happened and where; ``remedy``: what to do next, empty when there is nothing to do. Both without the
    last full stop, so that each can stand in a table. ``line``: of the file that ``what`` is about, from 1.
    """

    def __init__(self, what: str, remedy: str = "", *, line: int | None = None) -> None:
        super().__init__(what, remedy)
        self.what = what.strip().removesuffix(".")
        self.remedy = remedy.strip().removesuffix(".")
        self.line = line

    @property
    def parts(self) -> dict[str, str]:
        """The message in its two parts, so that no reader of a record has to split it."""
        return {"what": self.what, "remedy": self.remedy}

    def __str__(self) -> str:
        return " ".join(f"{part}." for part in (self.what, self.remedy) if part)


class UserError(ExportError):
    """The author of a definition can correct it: bad input, a frozen field, an unknown name. Never retried."""


class ConflictError(UserError):
    """Somebody else was faster: what was to be made is there, or what was to be changed has changed."""


class TransientError(ExportError):
    """May pass by itself: network, a busy server, a lock. Retried with backoff."""


class TerminalError(ExportError):
    """Cannot pass by itself: a wrong password, a changed host key, no space by policy. Fails at once."""


class SupersededError(TerminalError):
    """A newer attempt of the same step has taken over; this one must leave everything as it is."""
