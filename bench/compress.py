"""Pack one CSV in several ways: ``python -m bench.compress``; with ``--zip64``, 5 GiB through zip64 instead.

EXPORT_JOBS_BENCH_MB sets the size of the CSV (128). Python's zipfile at zlib's level 6 is 1.00, in time and in size.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(REPOSITORY / "plugins"), str(REPOSITORY)]

from bench.measure import Way, compare, megabytes, size  # noqa: E402
from export_jobs.streaming.compress import compress  # noqa: E402
from export_jobs.streaming.staged.deflate_sink import LEVEL, DeflateSink  # noqa: E402

KINDS = ("zip", "gzip", "zstd", "none")
ZIP64_BYTES = 5 * 1024**3
TOWNS = ("Augsburg", "Bremen", "Chemnitz", "Dortmund", "Erfurt", "Freiburg", "Gera")


def csv_file(path: Path, wanted: int) -> Path:
    """Rows like those of a warehouse: different numbers and times, repeated words. Seeded, so always the same."""
    draw = random.Random(1997)
    day = datetime(1997, 1, 1)
    with path.open("w", newline="", encoding="ascii") as sink:
        number = 0
        while sink.tell() < wanted:
            rows = []
            for _ in range(10_000):
                number += 1
                bought = day + timedelta(seconds=number * 20 + draw.randrange(20))
                changed = bought + timedelta(seconds=draw.randrange(400_000))
                store, amount = draw.randrange(90), draw.lognormvariate(3, 0.8)
                rows.append(
                    f"{number},{draw.randrange(23570)},{store},{bought}+01,{bought:%Y-%m-%d},{draw.randrange(1, 9)},"
                    f'{amount:.2f},{"ft"[number % 31 == 0]},"store {store} in {TOWNS[store % 7]}",{changed}+01\r\n'
                )
            sink.write("".join(rows))
    return path


def ours(source: Path, compression: Any, level: int = LEVEL) -> int:
    """Pack rows as the tasks extract and compress do."""
    staged, target = source.with_suffix(".rows"), source.with_suffix(f".{compression}")
    with source.open("rb") as rows, staged.open("wb") as file, DeflateSink(file, "bench", level) as packing:
        while chunk := rows.read(1 << 17):
            packing.write(chunk)
        packed = packing.finish()
    with staged.open("rb") as rows, target.open("wb") as sink:
        member: dict[str, Any] = {"member": source.name, "modified": datetime(1997, 1, 2, tzinfo=UTC)}
        return compress(rows, sink, packed=packed, compression=compression, **member).bytes


def stdlib_zip(source: Path) -> int:
    target = source.with_suffix(".stdlib.zip")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        archive.write(source, source.name)
    return size(target)


def program(source: Path, command: list[str]) -> int:
    target = source.with_suffix(f".{command[0]}")
    with source.open("rb") as rows, target.open("wb") as sink:
        subprocess.run(command, stdin=rows, stdout=sink, check=True)
    return size(target)


def zip64(folder: Path) -> None:
    """Pack a file that is too large for zip32, and read it back with two other programs."""
    source = folder / "large.csv"
    with source.open("wb") as sink:
        sink.truncate(ZIP64_BYTES)  # a hole: no disk is used
    began = time.perf_counter()
    packed = ours(source, "zip")
    print(f"zip64: {ZIP64_BYTES} bytes to {packed} in {time.perf_counter() - began:.1f} s")
    target = source.with_suffix(".zip")
    with zipfile.ZipFile(target) as archive:
        if archive.testzip() is not None or archive.infolist()[0].file_size != ZIP64_BYTES:
            raise SystemExit("zipfile does not read the archive back")
    unzip = shutil.which("unzip")
    if unzip:
        subprocess.run([unzip, "-tq", target], check=True)
    print("zip64: read back by zipfile" + (" and unzip" if unzip else "; NOT CHECKED: unzip is not installed"))


def report(folder: Path) -> None:
    source = csv_file(folder / "rows.csv", megabytes() * 1_000_000)
    ways = [
        Way("zipfile, zlib level 6", partial(stdlib_zip, source)),
        *(
            Way(f"pack, compress (ours, {kind})", partial(ours, source, kind))
            for kind in ("zip", "gzip", "zstd", "none")
        ),
        Way("pack, compress (ours, zip, level 3)", partial(ours, source, "zip", 3)),
        Way("gzip -6", partial(program, source, ["gzip", "-6"])),
    ]
    if shutil.which("pigz"):
        ways.append(Way(f"pigz -6, {os.cpu_count()} threads", partial(program, source, ["pigz", "-6"])))
    compare(f"Compress {megabytes()} MB", ways, sizes=True)


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="bench-compress-"))
    try:
        if "--zip64" in sys.argv:
            zip64(folder)
        else:
            report(folder)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
