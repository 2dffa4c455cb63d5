"""Every job stands in one file, the same for ever, and the files are written whole and only when they differ."""

from __future__ import annotations

from pathlib import Path

import pytest

from export_jobs.errors import UserError
from export_jobs.orchestration.generator.shard import Shard, all_shards, write_shards


@pytest.mark.parametrize("count", [1, 3, 64])
def test_each_job_stands_in_one_file(count: int) -> None:
    for job_id in range(1, 500):
        holders = [shard for shard in all_shards(count) if shard.holds(job_id)]
        assert holders == [Shard(0, count).beside(job_id)]


def test_a_files_name_says_which_shard_it_holds() -> None:
    for shard in all_shards(64):
        assert Shard.of_file(f"exports/{shard.file_name}") == shard
    assert Shard.of_file("build_export_dags.py") == Shard(0, 1)


@pytest.mark.parametrize(("number", "count"), [(0, 0), (64, 64), (-1, 3), (0, 1000)])
def test_a_shard_that_cannot_be_is_refused(number: int, count: int) -> None:
    with pytest.raises(UserError, match="There is no shard"):
        Shard(number, count)


def test_files_are_written_once_and_never_a_dag_in_two(tmp_path: Path) -> None:
    assert write_shards(tmp_path, 3) == 4
    assert write_shards(tmp_path, 3) == 0
    first = tmp_path / "export_jobs_shard_000_of_003.py"
    first.write_text("# damaged")
    (tmp_path / "somebody_elses.py").touch()
    assert write_shards(tmp_path, 3) == 1
    assert "build_dags(shard=0, shards=3)" in first.read_text()
    write_shards(tmp_path, 2)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "build_export_dags.py",
        "export_jobs_shard_000_of_002.py",
        "export_jobs_shard_001_of_002.py",
        "somebody_elses.py",
    ]


def test_airflow_takes_each_file_for_one_with_dags(tmp_path: Path) -> None:
    """It reads no file further in which the two words do not stand."""
    write_shards(tmp_path, 2)
    for path in tmp_path.iterdir():
        text = path.read_text().lower()
        assert "airflow" in text, path.name
        assert "dag" in text, path.name
