"""Read one table and write it as files of other formats: ``python -m bench.formats``; with ``--xlsx``, Excel too.

EXPORT_JOBS_BENCH_MB sets the size of the CSV (128). Reading with psql into nothing is 1.00; sizes are relative to
DuckDB's Parquet of the same rows. The peak is that of a whole process, imports included. Excel takes minutes, and has
at most 1,048,575 rows.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(REPOSITORY / "plugins"), str(REPOSITORY)]

import duckdb  # noqa: E402
import psycopg  # noqa: E402

from bench.extract import QUERY, ROW_BYTES, TABLE, Ways  # noqa: E402
from bench.measure import Way, compare, megabytes, size  # noqa: E402
from demo.postgres import Postgres  # noqa: E402
from export_jobs.core.definitions.cell_format import FileFormat  # noqa: E402
from export_jobs.core.definitions.job import DateBasis, FileOptions  # noqa: E402
from export_jobs.core.files.export_file import CellType, StagedRows  # noqa: E402
from export_jobs.core.files.names import SHEET_ROWS  # noqa: E402
from export_jobs.core.sql.compiled import Column, CompiledExport  # noqa: E402
from export_jobs.streaming.base.read_options import ReadOptions  # noqa: E402
from export_jobs.streaming.deliverable import make_file  # noqa: E402
from export_jobs.streaming.formats.staged_table import staged_dialect  # noqa: E402
from export_jobs.streaming.postgres.snapshot import extract_by_copy  # noqa: E402
from export_jobs.streaming.staged.deflate_sink import DeflateSink  # noqa: E402

COLUMNS = (
    Column("purchase_id", "integer"),
    Column("customer_id", "integer"),
    Column("store_id", "integer"),
    Column("purchased_at", "timestamptz"),
    Column("purchase_date", "date"),
    Column("cds", "integer"),
    Column("amount_usd", "number", 2),
    Column("is_refund", "boolean"),
    Column("note", "text"),
    Column("updated_at", "timestamptz"),
)
DUCKDB_TYPES = {
    "integer": "BIGINT", "timestamptz": "TIMESTAMPTZ", "date": "DATE", "number": "DECIMAL(38, 2)",
    "boolean": "BOOLEAN", "text": "VARCHAR",
}  # fmt: skip
CELLS = QUERY.replace("*", ", ".join(f"{one.name}{'::text' * (one.type == 'boolean')}" for one in COLUMNS))
"""Columns as compiled SQL has them, with true and false as words."""
END = datetime(1997, 1, 2, tzinfo=UTC)


def extract_and_make(ways: Ways, name: FileFormat) -> int:
    """Write a file of the format ``name`` as the tasks extract and compress do."""
    options = FileOptions(format=name)
    staged = ways.folder / f"{name}.rows"
    export = CompiledExport("bench", "bench", "postgres", CELLS, {}, COLUMNS, DateBasis.NONE)
    with psycopg.connect(**ways.dsn) as session, staged.open("wb") as file, DeflateSink(file, "bench") as sink:
        result = extract_by_copy(session, export, staged_dialect(options), sink, ReadOptions("UTC", "bench", 600))
        rows = StagedRows(
            template="bench",
            uri=str(staged),
            rows=result.rows,
            packed=sink.finish(),
            columns=tuple(column.name for column in COLUMNS),
            types=tuple(CellType(type=column.type, decimals=column.decimals) for column in COLUMNS),
            delimiter=staged_dialect(options).delimiter,
            stage="bench",
        )
    with staged.open("rb") as source, (ways.folder / f"made.{name}").open("wb") as target:
        return make_file(source, target, rows=rows, options=options, member=f"rows.{name}", modified=END).bytes


def duckdb_parquet(ways: Ways) -> int:
    """Let DuckDB write a file of the same rows, from their CSV."""
    ways.plain()
    target = ways.folder / "duckdb.parquet"
    types = ", ".join(f"'{column.name}': '{DUCKDB_TYPES[column.type]}'" for column in COLUMNS)
    source = f"read_csv('{ways.folder / 'rows.csv'}', header = true, columns = {{{types}}})"
    duckdb.execute(f"COPY (SELECT * FROM {source}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)")
    return size(target)


def report(ways: Ways, rows: int) -> None:
    ways.psql_to_nothing()  # warms the cache for all
    compared = [
        Way("psql \\copy > /dev/null", ways.psql_to_nothing),
        *(Way(f"extract, then {name} (ours)", partial(extract_and_make, ways, name)) for name in formats(rows)),
        Way("plain CSV (ours), then Parquet by DuckDB", partial(duckdb_parquet, ways)),
    ]
    compare(f"Formats of {megabytes()} MB", compared)
    theirs = compared[-1].bytes
    told = ", ".join(f"{way.name.split()[2]} {way.bytes / theirs:.2f}" for way in compared[1:-1])
    print(f"Size beside DuckDB's Parquet (zstd) of the same rows, {theirs} bytes: {told}")


def formats(rows: int) -> list[FileFormat]:
    """Those that are measured."""
    found: list[FileFormat] = ["csv", "jsonl", "fixed", "parquet"]
    if "--xlsx" in sys.argv and rows <= SHEET_ROWS:
        return [*found, "xlsx"]
    print("NOT MEASURED: xlsx (give --xlsx, and at most 1,048,575 rows)")
    return found


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="bench-formats-"))
    folder.chmod(0o711)
    rows = megabytes() * 1_000_000 // ROW_BYTES
    try:
        with Postgres(folder / "postgres") as server:
            dsn = server.dsn("warehouse", "warehouse_owner")
            with psycopg.connect(**dsn, cursor_factory=psycopg.ClientCursor, autocommit=True) as session:
                session.execute(TABLE.encode(), (rows,))
                session.execute("VACUUM ANALYZE purchases")
            report(Ways(dsn, folder), rows)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
