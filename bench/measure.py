"""Shared code of the benchmarks of reading and packing: run in turn, take medians, print ratios."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

ROUNDS = 3
SMALLEST_MB, USUAL_MB, LARGEST_MB = 8, 128, 4096


@dataclass
class Way:
    """One way to do the work. ``run`` returns the size of its result in bytes, or 0 if there is none."""

    name: str
    run: Callable[[], int]
    seconds: list[float] = field(default_factory=list)
    peak_mb: int = 0
    bytes: int = 0

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)


def megabytes() -> int:
    """Megabytes of data: EXPORT_JOBS_BENCH_MB, default 128."""
    wanted = int(os.environ.get("EXPORT_JOBS_BENCH_MB") or USUAL_MB)
    return max(SMALLEST_MB, min(wanted, LARGEST_MB))


def compare(heading: str, ways: list[Way], *, sizes: bool = False) -> None:
    """Run all ways in turn, ROUNDS times, and print them relative to the first, which is 1.00."""
    for _ in range(ROUNDS):
        for way in ways:
            _one_round(way)
    print(f"{heading}, median of {ROUNDS}; 1.00 = {ways[0].name}")
    for way in sorted(ways, key=lambda way: way.median):
        size = f"  size {way.bytes / ways[0].bytes:4.2f}" if sizes else ""
        ratio = way.median / ways[0].median
        print(f"  {way.name:<44} {way.median:7.2f} s  {ratio:6.2f}{size}  peak {way.peak_mb:4d} MB", flush=True)


def _one_round(way: Way) -> None:
    """Run in a child process, to get its peak memory from the system (including the programs that it ran)."""
    answer, say = os.pipe()
    began = time.perf_counter()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.write(say, str(way.run()).encode())
            code = 0
        finally:
            os._exit(code)
    os.close(say)
    _, status, usage = os.wait4(child, 0)
    way.seconds.append(time.perf_counter() - began)
    with os.fdopen(answer) as text:
        said = text.read()
    if status:
        raise SystemExit(f"{way.name} failed; see the message above")
    way.peak_mb = max(way.peak_mb, usage.ru_maxrss // 1024)
    way.bytes = int(said)


def size(path: Path) -> int:
    return path.stat().st_size
