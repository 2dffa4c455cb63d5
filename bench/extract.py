"""Read one table of mixed columns in several ways, on a PostgreSQL of its own: ``python -m bench.extract``.

EXPORT_JOBS_BENCH_MB says how much CSV (128). Reading by psql into nothing is what the server can do, so it is 1.00.
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
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(REPOSITORY / "plugins"), str(REPOSITORY)]

import psycopg  # noqa: E402

from bench.measure import Way, compare, megabytes, size  # noqa: E402
from demo.postgres import Postgres, programs  # noqa: E402
from export_jobs.core.definitions.job import DateBasis, FileOptions  # noqa: E402
from export_jobs.core.sql.compiled import Column, CompiledExport  # noqa: E402
from export_jobs.streaming.base.read_options import ReadOptions  # noqa: E402
from export_jobs.streaming.compress import compress  # noqa: E402
from export_jobs.streaming.postgres.copy import extract_by_copy  # noqa: E402

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
    """The ways to read, all of the same rows, into files in ``folder``."""

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

    def extract(self, **options: Any) -> int:
        with psycopg.connect(**self.dsn) as session, (self.folder / "rows.csv").open("wb") as sink:
            names = [column.name for column in session.execute(f"{QUERY} LIMIT 0").description or ()]
            columns = tuple(Column(name, "text") for name in names)
            export = CompiledExport("bench", "bench", "postgres", QUERY, {}, columns, DateBasis.NONE)
            return extract_by_copy(
                session, export, FileOptions(**options), sink, ReadOptions("UTC", "bench", 600)
            ).bytes

    def extract_lf(self) -> int:
        return self.extract(line_ending="lf")

    def extract_and_zip(self) -> int:
        found = self.extract()
        with (self.folder / "rows.csv").open("rb") as source, (self.folder / "rows.zip").open("wb") as sink:
            member: dict[str, Any] = {"member": "rows.csv", "modified": datetime.now(UTC), "size": found}
            return compress(source, sink, compression="zip", **member).bytes

    def extract_and_stdlib_zip(self) -> int:
        self.extract()
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
        Way("extract (ours, LF)", ways.extract_lf),
        Way("extract, then compress to zip (ours)", ways.extract_and_zip),
        Way("psql | gzip -6", ways.psql_gzip),
        Way("extract, then zipfile level 6", ways.extract_and_stdlib_zip),
        Way("server-side cursor, csv module", ways.server_side_cursor),
    ]
    if importlib.util.find_spec("pandas"):
        compared.append(Way("pandas read_sql, to_csv (SqlToS3Operator)", ways.pandas))
    else:
        print("NOT COMPARED: pandas read_sql, to_csv, which is what SqlToS3Operator does (pandas is not installed)")
    compare(f"Extract of {megabytes()} MB", compared)


if __name__ == "__main__":
    main()
