"""Which jobs' Dags are in which file: the number of a job's file is its id modulo the number of files."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from export_jobs.errors import UserError

AUDITOR_SHARD = 0
"""The shard whose file holds the auditor's Dag, too."""
LARGEST_COUNT = 999
_FILE_NAME = re.compile(r"export_jobs_shard_(\d{3})_of_(\d{3})\.py")
_FILE = '''\
"""Airflow Dags of the export jobs: shard {number} of {count}, counted from 0. Written by export-jobs."""

from export_jobs.orchestration.factory import build_dags

globals().update(build_dags(shard={number}, shards={count}))
'''

_EARLIER_FILE = '''\
"""Airflow Dags of export jobs, for tasks that were queued when all Dags stood in this file."""

from export_jobs.orchestration.factory import build_needed_dag

globals().update(build_needed_dag())
'''
EARLIER_FILE_NAME = "build_export_dags.py"


@dataclass(frozen=True)
class Shard:
    """One of ``count`` parts of all jobs. Raises ``UserError`` for a number that is none of them."""

    number: int = 0
    count: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.count <= LARGEST_COUNT or not 0 <= self.number < self.count:
            raise UserError(
                f"There is no shard {self.number} of {self.count}",
                f"Choose 1 to {LARGEST_COUNT} shards, numbered from 0: one for every 60 jobs that you will ever have",
            )

    @classmethod
    def of_file(cls, path: str) -> Shard:
        """The shard that a file holds; all jobs when it is not one of those that ``write_shards`` makes."""
        found = _FILE_NAME.fullmatch(Path(path).name)
        return cls(int(found[1]), int(found[2])) if found else cls()

    @property
    def name(self) -> str:
        """How its files on disk are called; empty for all jobs."""
        return f"shard_{self.number:03}_of_{self.count:03}" if self.count > 1 else ""

    @property
    def file_name(self) -> str:
        """The file with its Dags."""
        return f"export_jobs_shard_{self.number:03}_of_{self.count:03}.py"

    @property
    def part(self) -> tuple[int, int]:
        """The same as the store's readers take it."""
        return self.number, self.count

    def holds(self, job_id: int) -> bool:
        """Return whether a job's Dag is in it."""
        return shard_number(job_id, self.count) == self.number

    def beside(self, job_id: int) -> Shard:
        """The shard of the same row of files that holds a job."""
        return Shard(shard_number(job_id, self.count), self.count)


def shard_number(job_id: int, count: int) -> int:
    """Which of ``count`` shards holds a job. The store's readers divide in the same way, in SQL."""
    return job_id % count


def all_shards(count: int) -> list[Shard]:
    """Every shard of ``count``; raises ``UserError`` for a count that cannot be."""
    return [Shard(number, count) for number in range(max(count, 1))]


def write_shards(folder: Path, count: int) -> int:
    """Write the files of ``count`` shards into ``folder``; how many were not there as they should be.

    Files of another count are removed, since a Dag must not stand in two files, and the file of all Dags is replaced by
    one for tasks that are queued already. Raises ``OSError``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    texts = {shard.file_name: _FILE.format(number=shard.number, count=shard.count) for shard in all_shards(count)}
    for path in folder.glob("export_jobs_shard_*.py"):
        if path.name not in texts and _FILE_NAME.fullmatch(path.name):
            path.unlink(missing_ok=True)
    written = 0
    for name, text in {**texts, EARLIER_FILE_NAME: _EARLIER_FILE}.items():
        path = folder / name
        if path.is_file() and path.read_text("utf-8") == text:
            continue
        _replace(path, text)
        written += 1
    return written


def _replace(path: Path, text: str) -> None:
    """Replace a file atomically: the Dag processor may be reading it."""
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, "utf-8")
    part.replace(path)
