"""A table with every type of PostgreSQL, the file that a run makes of it, and its rows as the database says them."""

from __future__ import annotations

import gzip
import hashlib
import io
import itertools
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg
import zstandard

from export_jobs.orchestration.compressing import Compress
from export_jobs.orchestration.extracting import Extract
from tests.integration.orchestration.run import Run
from tests.integration.store.samples import Store

NUMBERS = itertools.count()
# Column: its type in the catalogue, in PostgreSQL, and the values of its rows as SQL. The last row is all NULL.
ZOO: dict[str, tuple[str, str, list[str]]] = {
    "id": ("integer", "bigint", ["9223372036854775807", "9007199254740993", "-1"]),
    "amount": (
        "{type: number, decimals: 10}",
        "numeric(38,10)",
        ["1234567890123456789012345678.0123456789", "-0.0000000001", "0"],
    ),
    "price": ("{type: number, decimals: 2}", "numeric(12,2)", ["120", "-5.1", "0.005"]),
    "rate": ("number", "float8", ["'NaN'", "'-Infinity'", "0.1::float8 + 0.2::float8"]),
    "ok": ("boolean", "boolean", ["true", "false", "true"]),
    "day": ("date", "date", ["'9999-12-31'", "'0001-01-01'", "'1999-12-31'"]),
    "local_at": (
        "timestamp",
        "timestamp",
        ["'9999-12-31 23:59:59.999999'", "'1800-01-01 00:00'", "'2024-01-01 10:00:00.5'"],
    ),
    "at": (
        "timestamptz",
        "timestamptz",
        ["'2024-07-01 10:00:00.000001Z'", "'1800-01-01 00:00Z'", "'2024-01-01 10:00Z'"],
    ),
    "emoji": ("text", "text", ["'😀 Größe'", "'مرحبا \"بك\"'", "E'two\\r\\nlines\\t,'"]),
    "nothing": ("text", "text", ["''", "'\\N'", "'NULL'"]),
    "doc": ("text", "jsonb", ["'{\"a\": [1, null]}'", "'null'", "'\"x\"'"]),
    "many": ("text", "text[]", ["array['a','b,c']", "'{}'", "array[NULL]"]),
    "mood": ("text", "zoo.mood", ["'happy'", "'sad'", "'happy'"]),
    "bytes": ("text", "bytea", ["'\\xdeadbeef'", "''", "'\\x00'"]),
    "lasted": ("text", "interval", ["'1 day 02:03:04.5'", "'-1 month'", "'0'"]),
    "cash": ("text", "money", ["1234.5", "-1", "0"]),
    "host": ("text", "inet", ["'192.168.0.1/24'", "'::1'", "'10.0.0.1'"]),
    "span": ("text", "int4range", ["'[1,5)'", "'empty'", "'(,3]'"]),
    "uid": ("text", "uuid", ["'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"] * 3),
}
# What PostgreSQL writes for types that only it knows, with the settings of an export.
TEXTS = {
    "doc": ['{"a": [1, null]}', "null", '"x"'],
    "many": ['{a,"b,c"}', "{}", "{NULL}"],
    "mood": ["happy", "sad", "happy"],
    "bytes": ["\\xdeadbeef", "\\x", "\\x00"],
    "lasted": ["P1DT2H3M4.5S", "P-1M", "PT0S"],
    "cash": ["$1,234.50", "-$1.00", "$0.00"],
    "host": ["192.168.0.1/24", "::1", "10.0.0.1"],
    "span": ["[1,5)", "empty", "(,4)"],
    "uid": ["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"] * 3,
}


def file_of(
    store: Store, template: str = "animals", columns: Sequence[Any] = (), **options: Any
) -> tuple[bytes, dict[str, Any]]:
    """The bytes of the file that a run makes, and what it says of it."""
    run = Run(
        store,
        store.create(f"zoo-{next(NUMBERS)}", templates=[{"template": template, "columns": columns}], file=options),
    )
    run.results["extract"] = run.execute(Extract)
    said = run.execute(Compress, template)
    content = Path(said["uri"].removeprefix("file://")).read_bytes()
    assert (said["bytes"], said["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    return content, said


def in_database(store: Store) -> list[dict[str, Any]]:
    with psycopg.connect(**store.dsn) as session:
        session.execute("SET TimeZone = 'UTC'")
        cursor = session.execute("SELECT * FROM zoo.animals ORDER BY place")
        names = [column.name for column in cursor.description or ()]
        found = [dict(zip(names, row, strict=True)) for row in cursor]
    for name, texts in TEXTS.items():
        for row, text in zip(found, [*texts, None], strict=True):
            row[name] = text
    return [{name: row[name] for name in ZOO} for row in found]


def unpacked(content: bytes, compression: str) -> bytes:
    match compression:
        case "zip":
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                return archive.read(archive.namelist()[0])
        case "gzip":
            return gzip.decompress(content)
        case "zstd":
            return zstandard.ZstdDecompressor().decompressobj().decompress(content)
    return content


SPELT: dict[str, Any] = {
    "preset": "excel-german",
    "compression": "none",
    "bom": False,
    "delimiter": "|",
    "thousands_mark": ".",
    "timestamptz_format": "%d.%m.%Y %H:%M:%S.%f%:z",
}
