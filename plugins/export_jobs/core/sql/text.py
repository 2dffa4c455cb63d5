"""Prepare reviewed SQL of the catalogue for use inside a larger statement."""

from __future__ import annotations

import re

# A literal, dollar-quoted text, quoted identifier or comment: an end of line inside the first three is data.
_TOKEN = re.compile(
    r"""[eE]'(?:\\.|''|[^'\\])*'|'(?:[^']|'')*'|\$(\w*)\$.*?\$\1\$|"(?:[^"]|"")*"|--[^\n]*|/\*.*?\*/""", re.DOTALL
)


def escape_percent(sql: str) -> str:
    """Double every ``%``: the driver would read a single one as the start of a placeholder."""
    return sql.replace("%", "%%")


def comment_text(text: str) -> str:
    """Return ``text`` for use after ``--``: on one line, without a ``%`` that the driver would read."""
    return escape_percent("".join(char if char.isprintable() else "?" for char in text))


def indent_sql(sql: str, spaces: int) -> str:
    """Indent the lines of ``sql``, unless a line ends inside a literal, whose text must not change."""
    if any("\n" in token[0] and not token[0].startswith(("--", "/*")) for token in _TOKEN.finditer(sql)):
        return sql
    return "\n".join(f"{' ' * spaces}{line}" if line.strip() else line for line in sql.split("\n"))
