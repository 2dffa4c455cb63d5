"""Errors by who can act on them; every message is a sentence: what happened, where, what to do next.

The retry rule is in the type: only a ``TransientError`` is worth another try. No message holds a secret.
"""

from __future__ import annotations


class ExportError(Exception):
    """Base of every error this package raises on purpose; ``str(error)`` is fit for mail, page and log."""


class UserError(ExportError):
    """The author of a definition can mend it: bad input, a frozen field, an unknown name. Never retried."""


class TransientError(ExportError):
    """May pass by itself: network, a busy server, a lock. Retried with backoff."""


class TerminalError(ExportError):
    """Cannot pass by itself: a wrong password, a changed host key, no space by policy. Fails at once."""


class SupersededError(TerminalError):
    """A newer attempt of the same step has taken over; this one must leave everything as it is."""
