"""Check the extra of a connection for unknown fields, by the same rule for every kind of connection."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from typing import Any

from export_jobs.core.base.text import quote_value, similar_names, suggest
from export_jobs.errors import TerminalError

log = logging.getLogger(__name__)


def refuse_misspelled_fields(extra: Mapping[str, Any], known: Collection[str], where: str) -> None:
    """Raise ``TerminalError`` for a non-empty field that looks like a ``known`` one; ``where`` names the connection.

    A field that resembles no known one may belong to another user of the connection: the log names it, never its value.
    """
    for name in sorted(set(extra).difference(known)):
        if extra[name] in (None, ""):
            continue
        if similar_names(name, known):
            raise TerminalError(
                f"{where} has an unknown field {quote_value(name)} in its extra, which would have no effect",
                f"{suggest(name, known, none='')}, or remove it",
            )
        log.warning("%s has %s in its extra, which has no effect on deliveries", where, quote_value(name))
