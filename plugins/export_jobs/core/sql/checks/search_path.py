"""The schemas in which PostgreSQL looks for an unqualified name: from the connection, never a default of the role.

With a default that somebody sets by ``ALTER ROLE`` or ``ALTER DATABASE``, the same catalogue would read other tables,
functions and operators, and no file would show this.
"""

from __future__ import annotations

from dataclasses import dataclass

DEFAULT_SEARCH_PATH = '"$user", public'
"""PostgreSQL's own default."""

SEARCH_PATH_QUERY = "SELECT setting, source FROM pg_catalog.pg_settings WHERE name OPERATOR(pg_catalog.=) 'search_path'"
"""Qualifies its own names, because it runs before the path is known."""

_SET_BY_THE_CONNECTION = {"client", "session"}


@dataclass(frozen=True)
class SearchPath:
    """``path`` is what exports use; ``overruled`` is the path of role, database or server, None when it is the same."""

    path: str
    overruled: str | None = None

    @classmethod
    def of(cls, setting: str, source: str) -> SearchPath:
        """Create it from the result of ``SEARCH_PATH_QUERY``."""
        if source in _SET_BY_THE_CONNECTION or _plain(setting) == _plain(DEFAULT_SEARCH_PATH):
            return cls(setting)
        return cls(DEFAULT_SEARCH_PATH, setting)


def _plain(path: str) -> list[str]:
    return [part.strip() for part in path.split(",")]
