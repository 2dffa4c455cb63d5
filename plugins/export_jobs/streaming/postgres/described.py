"""Describe the columns of a query's result as they are now: names, types, and the table columns behind them."""

from __future__ import annotations

from typing import Any

import psycopg

from export_jobs.core.catalogue.database_types import POSTGRES_TYPES, ResultColumn

# A type with a collation is text, such as citext.
_NAMES = """
SELECT asked.oid, asked.modifier, pg_catalog.format_type(asked.oid, asked.modifier),
       known.typcollation <> 0 AND known.typcategory = 'S'
FROM unnest(%(oids)s::oid[], %(modifiers)s::int[]) AS asked (oid, modifier)
JOIN pg_catalog.pg_type AS known ON known.oid = asked.oid
"""


def describe(connection: psycopg.Connection[Any], query: str) -> list[ResultColumn]:
    """Return the columns of ``query``; its tables are locked against changes until the transaction ends."""
    result = connection.execute(query.encode()).pgresult
    if result is None:
        return []
    fields = range(result.nfields)
    kinds = [(result.ftype(field), result.fmod(field)) for field in fields]
    oids, modifiers = zip(*kinds, strict=True)
    answer = connection.execute(_NAMES, {"oids": list(oids), "modifiers": list(modifiers)})
    names = {(oid, modifier): (name, is_text) for oid, modifier, name, is_text in answer}
    return [
        ResultColumn(
            (result.fname(field) or b"").decode(),
            POSTGRES_TYPES.get(oid, "text" if names[oid, modifier][1] else None),
            names[oid, modifier][0],
            (result.ftable(field), result.ftablecol(field)) if result.ftable(field) else None,
        )
        for field, (oid, modifier) in zip(fields, kinds, strict=True)
    ]
