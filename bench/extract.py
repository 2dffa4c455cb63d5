"""Read one table of mixed columns in several ways, on a PostgreSQL of its own: ``python -m bench.extract``.

EXPORT_JOBS_BENCH_MB sets the size of the CSV (128). Reading with psql into nothing is 1.00: the server's limit.
"""

from __future__ import annotations

import csv
import importlib.util
import shutil
import subprocess
import sys
import tempfile
import zipfile
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(REPOSITORY / "plugins"), str(REPOSITORY)]

import psycopg  # noqa: E402

from bench.measure import Way, compare, megabytes, size  # noqa: E402
from demo.postgres import Postgres, programs  # noqa: E402
from export_jobs.core.definitions.job import DateBasis, FileOptions  # noqa: E402
from export_jobs.core.files.export_file import PackedRows  # noqa: E402
from export_jobs.core.sql.compiled import Column, CompiledExport  # noqa: E402
from export_jobs.streaming.base.read_options import ReadOptions  # noqa: E402
from export_jobs.streaming.base.sink import ByteSink  # noqa: E402
from export_jobs.streaming.compress import compress  # noqa: E402
from export_jobs.streaming.csv.sink import ExtractResult  # noqa: E402
from export_jobs.streaming.postgres.snapshot import extract_by_copy  # noqa: E402
from export_jobs.streaming.staged.deflate_sink import LEVEL, DeflateSink  # noqa: E402

ROW_BYTES = 126
TABLE = """
CREATE TABLE purchases AS
SELECT i AS purchase_id,
       (i::bigint * 7919) %% 23570 AS customer_id,
       i %% 90 AS store_id,
       timestamptz '1997-01-01' + i * interval '20 seconds' AS purchased_at,
       date '1997-01-01' + i / 4320 AS purchase_date,
       i %% 9 AS cds,
       round((i %% 10000) / 100.0, 2) AS amount_usd,
       i %% 31 = 0 AS is_refund,
       'store ' || i %% 90 || ' in some town, north' AS note,
       timestamptz '1997-01-02' + i * interval '21 seconds' AS updated_at
FROM generate_series(1, %s) AS i
"""
QUERY = "SELECT * FROM purchases"


class Ways:
    """Ways to read the same rows into files in ``folder``."""

    def __init__(self, dsn: dict[str, Any], folder: Path) -> None:
        self.dsn = dsn
        self.folder = folder
        words = " ".join(f"{name}={value}" for name, value in dsn.items())
        self.psql = [str(programs() / "psql"), "-XqAt", words, "-c", f"\\copy ({QUERY}) TO STDOUT (FORMAT csv, HEADER)"]

    def psql_to_nothing(self) -> int:
        subprocess.run(self.psql, stdout=subprocess.DEVNULL, check=True)
        return 0

    def psql_gzip(self) -> int:
        target = self.folder / "psql.csv.gz"
        with target.open("wb") as sink, subprocess.Popen(self.psql, stdout=subprocess.PIPE) as reader:
            subprocess.run(["gzip", "-6"], stdin=reader.stdout, stdout=sink, check=True)
        return size(target)

    def plain(self) -> int:
        """Write rows to a plain CSV, for the peers that pack it."""
        with (self.folder / "rows.csv").open("wb") as sink:
            return self._read(sink).bytes

    def staged(self, level: int = LEVEL, **options: Any) -> PackedRows:
        with (self.folder / "rows.rows").open("wb") as file, DeflateSink(file, "bench", level) as sink:
            self._read(sink, **options)
            return sink.finish()

    def extract(self, level: int = LEVEL, **options: Any) -> int:
        return self.staged(level, **options).packed_bytes

    def extract_and_compress(self, compression: Any, level: int = LEVEL) -> int:
        packed = self.staged(level)
        with (self.folder / "rows.rows").open("rb") as source, (self.folder / "rows.file").open("wb") as sink:
            member: dict[str, Any] = {"member": "rows.csv", "modified": datetime(1997, 1, 2, tzinfo=UTC)}
            return compress(source, sink, packed=packed, compression=compression, **member).bytes

    def _read(self, sink: ByteSink, **options: Any) -> ExtractResult:
        with psycopg.connect(**self.dsn) as session:
            names = [column.name for column in session.execute(f"{QUERY} LIMIT 0").description or ()]
            columns = tuple(Column(name, "text") for name in names)
            export = CompiledExport("bench", "bench", "postgres", QUERY, {}, columns, DateBasis.NONE)
            return extract_by_copy(session, export, FileOptions(**options), sink, ReadOptions("UTC", "bench", 600))

    def extract_and_stdlib_zip(self) -> int:
        self.plain()
        target = self.folder / "stdlib.zip"
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            archive.write(self.folder / "rows.csv", "rows.csv")
        return size(target)

    def server_side_cursor(self) -> int:
        target = self.folder / "cursor.csv"
        with (
            psycopg.connect(**self.dsn) as session,
            session.cursor("bench") as cursor,
            target.open("w", newline="", encoding="utf-8") as sink,
        ):
            cursor.itersize = 10_000
            cursor.execute(QUERY)
            writer = csv.writer(sink)
            writer.writerow([column.name for column in cursor.description or ()])
            writer.writerows(cursor)
        return size(target)

    def pandas(self) -> int:
        import pandas  # type: ignore[import-not-found,import-untyped,unused-ignore] # noqa: PLC0415
        import sqlalchemy  # noqa: PLC0415

        engine = sqlalchemy.create_engine("postgresql+psycopg://", connect_args=self.dsn)
        pandas.read_sql(QUERY, engine).to_csv(self.folder / "pandas.csv", index=False)
        return size(self.folder / "pandas.csv")


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="bench-extract-"))
    folder.chmod(0o711)
    try:
        with Postgres(folder / "postgres") as server:
            dsn = server.dsn("warehouse", "warehouse_owner")
            with psycopg.connect(**dsn, cursor_factory=psycopg.ClientCursor, autocommit=True) as session:
                session.execute(TABLE.encode(), (megabytes() * 1_000_000 // ROW_BYTES,))
                session.execute("VACUUM ANALYZE purchases")
            report(Ways(dsn, folder))
    finally:
        shutil.rmtree(folder)


def report(ways: Ways) -> None:
    ways.psql_to_nothing()  # warms the cache for all
    compared = [
        Way("psql \\copy > /dev/null", ways.psql_to_nothing),
        Way("extract (ours, CR LF)", ways.extract),
        Way("extract (ours, LF)", partial(ways.extract, line_ending="lf")),
        Way("extract, then compress to zip (ours)", partial(ways.extract_and_compress, "zip")),
        Way("the same at level 3", partial(ways.extract_and_compress, "zip", 3)),
        Way("extract, then compress to zstd (ours)", partial(ways.extract_and_compress, "zstd")),
        Way("extract, then compress to none (ours)", partial(ways.extract_and_compress, "none")),
        Way("psql | gzip -6", ways.psql_gzip),
        Way("extract, then zipfile level 6", ways.extract_and_stdlib_zip),
        Way("server-side cursor, csv module", ways.server_side_cursor),
    ]
    if importlib.util.find_spec("pandas"):
        compared.append(Way("pandas read_sql, to_csv (SqlToS3Operator)", ways.pandas))
    else:
        print("NOT COMPARED: pandas read_sql, to_csv, which is what SqlToS3Operator does (pandas is not installed)")
    compare(f"Extract of {megabytes()} MB", compared)
    report_sizes(ways, next(way.bytes for way in compared if "zipfile" in way.name))


def report_sizes(ways: Ways, stdlib_zip: int) -> None:
    packed = {level: ways.staged(level) for level in (1, 2, 3)}
    beside_csv = ", ".join(f"level {level}: {one.packed_bytes / one.bytes:.3f}" for level, one in packed.items())
    beside_zlib = ", ".join(f"level {level}: {one.packed_bytes / stdlib_zip:.3f}" for level, one in packed.items())
    print(f"Staged rows beside their CSV: {beside_csv}; beside zipfile at zlib's level 6: {beside_zlib}")


if __name__ == "__main__":
    main()
