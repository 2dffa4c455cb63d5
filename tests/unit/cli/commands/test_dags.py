"""`export-jobs dags write` makes the files once, and says in a sentence where it cannot."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from export_jobs.cli import main


def test_the_files_are_written_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["dags", "write", "--folder", str(tmp_path / "dags"), "--shards", "3", "--format", "json"]
    for written in (4, 0):
        assert main(command) == 0
        answer = json.loads(capsys.readouterr().out)
        assert (answer["shards"], answer["written"]) == (3, written)
    assert len(list((tmp_path / "dags").glob("export_jobs_shard_*_of_003.py"))) == 3


def test_a_folder_that_is_a_file_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "dags").touch()
    assert main(["dags", "write", "--folder", str(tmp_path / "dags")]) == 1
    assert "cannot be written to" in capsys.readouterr().err
