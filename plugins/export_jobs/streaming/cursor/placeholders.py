"""``%(name)s`` and ``%%`` -> the placeholders of a driver, with the values as it takes them (PEP 249, paramstyle)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Values = Sequence[Any] | Mapping[str, Any]

_MARK = re.compile(r"%(?:%|\((\w+)\)s)")


def to_paramstyle(sql: str, values: Mapping[str, Any], paramstyle: str) -> tuple[str, Values | None]:
    """The text and the values for ``cursor.execute``. ``values`` None: call it with the text alone.

    By that call a driver knows that nothing is to be filled in, so a ``%`` of the text is one. Raises ``KeyError``
    for a placeholder without a value, ``ValueError`` for a paramstyle that PEP 249 does not know.
    """
    names = [name for name in _MARK.findall(sql) if name]
    if not names:
        return sql.replace("%%", "%"), None
    used = {name: values[name] for name in names}
    match paramstyle:
        case "pyformat":
            return sql, used
        case "format":
            return _MARK.sub(lambda mark: "%s" if mark[1] else "%%", sql), [values[name] for name in names]
        case "qmark":
            return _replace_marks(sql, lambda _: "?"), [values[name] for name in names]
        case "named":
            return _replace_marks(sql, lambda name: f":{name}"), used
        case "numeric":
            order = list(used)
            return _replace_marks(sql, lambda name: f":{order.index(name) + 1}"), list(used.values())
    raise ValueError(f"no such paramstyle: {paramstyle!r}")


def _replace_marks(sql: str, mark_of: Callable[[str], str]) -> str:
    return _MARK.sub(lambda mark: mark_of(mark[1]) if mark[1] else "%", sql)
