"""In which schemas PostgreSQL looks for a name without one: what a connection says, and never a default of the role.

A default that somebody sets with ``ALTER ROLE`` or ``ALTER DATABASE`` would make the same catalogue read other tables,
functions and operators, and no file would show it.
"""

from __future__ import annotations

from dataclasses import dataclass

DEFAULT_SEARCH_PATH = '"$user", public'
"""PostgreSQL's own."""

SEARCH_PATH_QUERY = "SELECT setting, source FROM pg_catalog.pg_settings WHERE name OPERATOR(pg_catalog.=) 'search_path'"
"""Names its own schemas, since it is asked before the path is known."""

_SAID_BY_THE_CONNECTION = {"client", "session"}


@dataclass(frozen=True)
class SearchPath:
    """``path`` is what exports use; ``overruled`` what role, database or server would have used, None when the same."""

    path: str
    overruled: str | None = None

    @classmethod
    def of(cls, setting: str, source: str) -> SearchPath:
        """From the answer to ``SEARCH_PATH_QUERY``."""
        if source in _SAID_BY_THE_CONNECTION or _plain(setting) == _plain(DEFAULT_SEARCH_PATH):
            return cls(setting)
        return cls(DEFAULT_SEARCH_PATH, setting)


def _plain(path: str) -> list[str]:
    return [part.strip() for part in path.split(",")]
