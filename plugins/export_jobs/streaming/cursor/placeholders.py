"""Convert ``%(name)s`` and ``%%`` to a driver's placeholders, with the values that it expects (PEP 249)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Values = Sequence[Any] | Mapping[str, Any]

_MARK = re.compile(r"%(?:%|\((\w+)\)s)")


def to_paramstyle(sql: str, values: Mapping[str, Any], paramstyle: str) -> tuple[str, Values | None]:
    """Return the text and the values for ``cursor.execute``. ``values`` None: call it only with the text.

    From such a call a driver knows that there is nothing to fill in, so a ``%`` in the text stays. Raises ``KeyError``
    for a placeholder without a value, ``ValueError`` for a paramstyle that PEP 249 does not define.
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
