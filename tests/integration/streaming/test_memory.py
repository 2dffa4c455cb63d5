"""Memory does not grow with rows: ten times the rows, the same peak."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.integration.streaming.conftest import DATABASE, Warehouse

pytestmark = [pytest.mark.integration, pytest.mark.slow]

MOST_MB = 56 + 100  # what the imports take, and what a task may take besides
MOST_WITH_ZSTD_MB = 120
"""Beside the imports: 68 to 95 were seen. How many of its blocks are under way at once depends on the machine."""
GROWTH_MB = 32
MOST_ABOVE_IMPORTS_MB = 60
"""Of what is packed or taken as it is; zstd has windows of its own."""
MOST_OF_A_FORMAT_MB = 150
PLUGINS = Path(__file__).resolve().parents[3] / "plugins"

# A fresh process, so that nothing but our own code and its imports counts.
PROGRAM = """
import json, sys
from datetime import UTC, datetime
from pathlib import Path
import psycopg
from export_jobs.core.sql.compiled import Column, CompiledExport
from export_jobs.core.definitions.job import DateBasis, FileOptions
from export_jobs.streaming.compress import compress
from export_jobs.streaming.base.read_options import ReadOptions
from export_jobs.streaming.postgres.snapshot import extract_by_copy
from export_jobs.streaming.staged.deflate_sink import DeflateSink

def peak_mb():
    # getrusage would count what the process was before it became this program: a fork of the test runner.
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")) // 1024

dsn, folder, rows = json.loads(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
query = f"SELECT i, md5(i::text) AS a, md5((i * 7)::text) AS b, now() AS t FROM generate_series(1, {rows}) AS i"
columns = tuple(Column(name, "text") for name in "iabt")
export = CompiledExport("t", "c", "postgres", query, {}, columns, DateBasis.NONE)
with (
    psycopg.connect(**dsn) as session,
    (folder / "rows.rows").open("wb") as file,
    DeflateSink(file, "memory") as sink,
):
    imports = peak_mb()
    found = extract_by_copy(session, export, FileOptions(), sink, ReadOptions("UTC", "memory", 300))
    packed = sink.finish()
for compression in ("zip", "gzip", "none", "zstd"):
    with (folder / "rows.rows").open("rb") as source, (folder / "packed").open("wb") as sink:
        member = {"member": "rows.csv", "modified": datetime.now(UTC)}
        compress(source, sink, packed=packed, compression=compression, **member)
    if compression == "none":
        above = peak_mb() - imports
result = {"rows": found.rows, "csv_mb": found.bytes >> 20, "above_imports_mb": above}
result["with_zstd_mb"] = peak_mb() - imports
print(json.dumps(result))
"""


# The same rows from a database without COPY; their number is all that its SQL says.
BY_CURSOR = """
import json, sys
from pathlib import Path
from export_jobs.core.sql.compiled import Column, CompiledExport
from export_jobs.core.definitions.job import DateBasis, FileOptions
from export_jobs.streaming.base.read_options import ReadOptions
from export_jobs.streaming.cursor.extract import extract_by_cursor
from export_jobs.streaming.cursor.sessions import session_for
from export_jobs.streaming.staged.deflate_sink import DeflateSink

dialect, folder, rows = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
if dialect == "sqlite":
    import sqlite3
    connection = sqlite3.connect(folder / "shop.db")
    series = f"WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < {rows}) "
    text, source, time = "hex(i * 1000003) || '-' || hex(i * 7)", "s", "'1997-01-02 13:00:00'"
else:
    import duckdb
    connection = duckdb.connect()
    series, text, source, time = "", "md5(i::VARCHAR)", f"range({rows}) AS s(i)", "TIMESTAMPTZ '1997-01-02 13:00Z'"
query = f"{series}SELECT i, {text}, {text}, {time} FROM {source}"
columns = (Column("i", "integer"), Column("a", "text"), Column("b", "text"), Column("t", "timestamptz"))
export = CompiledExport("t", "c", dialect, query, {}, columns, DateBasis.NONE)
with (folder / "rows.rows").open("wb") as file, DeflateSink(file, "memory") as sink:
    read_options = ReadOptions("Europe/Berlin", "memory", 300)
    found = extract_by_cursor(session_for(connection, "?"), export, FileOptions(), sink, read_options)
    sink.finish()
peak = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")) // 1024
print(json.dumps({"rows": found.rows, "csv_mb": found.bytes >> 20, "peak_mb": peak}))
"""


# Rows as they are staged, made as they are read, so that nothing but the format's own memory counts.
FORMATS = """
import json, sys
from pathlib import Path
from export_jobs.core.definitions.job import FileOptions
from export_jobs.core.sql.compiled import Column
from export_jobs.streaming.base.sink import LimitedSink
from export_jobs.streaming.formats.format_writer import format_writer
from export_jobs.streaming.formats.staged_table import StagedTable, staged_dialect

name, folder, rows = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])

def chunks():
    for start in range(0, rows, 1000):
        yield "".join([
            f"{i}{mark}{i * 7919 % 23570}.{i % 100:02d}{mark}{i / 7}{mark}{i % 3 == 0!s}{mark}1997-01-{1 + i % 28:02d}"
            f"{mark}1997-01-{1 + i % 28:02d} 13:00:00.{1 + i % 9}+01"
            f"{mark}\\"store {i * 1000003 % 9999991}, in some town\\"\\n"
            for i in range(start, start + 1000)
        ]).replace("True", "true").replace("False", "false").encode()

def peak_mb():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")) // 1024

kinds = [("id", "integer"), ("amount", "number"), ("rate", "number"), ("ok", "boolean"), ("day", "date")]
columns = tuple(Column(key, kind, 2 if key == "amount" else None) for key, kind in kinds)
columns += (Column("at", "timestamptz"), Column("name", "text"))
write = format_writer(name)
options = FileOptions.model_validate({"format": name})
mark = staged_dialect(options).delimiter
with (folder / "file").open("wb") as sink:
    imports = peak_mb()
    output = LimitedSink(sink, 1 << 40, "memory")
    table = StagedTable("t", columns, chunks(), options, mark)
    found = write(table, output)
numbers = table.counts.result()[0]
assert (found, numbers.max) == (rows, str(rows - 1)), numbers
print(json.dumps({"rows": found, "above_imports_mb": peak_mb() - imports, "mb": output.bytes >> 20}))
"""


@pytest.mark.parametrize(
    ("name", "rows"), [("jsonl", 300_000), ("fixed", 300_000), ("parquet", 600_000), ("xlsx", 60_000)]
)
def test_each_format_is_made_in_memory_that_does_not_grow(name: str, rows: int, tmp_path: Path) -> None:
    small = measured(FORMATS, name, tmp_path, rows // 3)
    large = measured(FORMATS, name, tmp_path, rows)
    assert large["above_imports_mb"] < MOST_OF_A_FORMAT_MB, (small, large)
    # Parquet holds a row group at a time, and both have whole ones.
    assert large["above_imports_mb"] - small["above_imports_mb"] < GROWTH_MB, (small, large)


def run(warehouse: Warehouse, folder: Path, rows: int) -> dict[str, int]:
    dsn: dict[str, Any] = warehouse.server.dsn(DATABASE, "warehouse_owner")
    return measured(PROGRAM, json.dumps(dsn), folder, rows)


def measured(program: str, source: str, folder: Path, rows: int) -> dict[str, int]:
    command = [sys.executable, "-c", program, source, str(folder), str(rows)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={"PYTHONPATH": str(PLUGINS)})
    found: dict[str, int] = json.loads(done.stdout)
    return found


def test_the_peak_for_300_mb_is_that_for_30_mb(warehouse_database: Warehouse, tmp_path: Path) -> None:
    small = run(warehouse_database, tmp_path, 300_000)
    large = run(warehouse_database, tmp_path, 3_000_000)
    assert large["rows"] == 3_000_000
    assert large["csv_mb"] > 280
    # Of zstd the bound alone: 30 MB do not fill its blocks.
    assert large["with_zstd_mb"] < MOST_WITH_ZSTD_MB, (small, large)
    assert large["above_imports_mb"] < MOST_ABOVE_IMPORTS_MB, (small, large)
    assert large["above_imports_mb"] - small["above_imports_mb"] < GROWTH_MB, (small, large)


@pytest.mark.parametrize("dialect", ["sqlite", "duckdb"])
def test_a_cursor_reads_ten_times_the_rows_in_the_same_memory(dialect: str, tmp_path: Path) -> None:
    small = measured(BY_CURSOR, dialect, tmp_path, 60_000)
    large = measured(BY_CURSOR, dialect, tmp_path, 600_000)
    assert large["rows"] == 600_000
    assert large["csv_mb"] > 35
    assert large["peak_mb"] < MOST_MB, (small, large)
    assert large["peak_mb"] - small["peak_mb"] < GROWTH_MB, (small, large)
