"""The last good definitions on disk: whole or not at all, private, and never in the way of what they insure."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from export_jobs.store.snapshot import load, reconcile, save
from export_jobs.store.stored_job import StoredJob


def job(job_id: int, description: str = "") -> StoredJob:
    definition = {"name": f"job-{job_id}", "description": description, "recipients": ["a@example.com"]}
    return StoredJob(job_id, f"export__job-{job_id}", f"job-{job_id}", 1, definition)


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "state" / "definitions.json"
    assert load(path) == []
    save(path, [job(1, "Ünïcode"), job(2)])
    assert load(path) == [job(1, "Ünïcode"), job(2)]


def test_only_its_owner_reads_it_and_no_half_of_it_stays(tmp_path: Path) -> None:
    path = tmp_path / "definitions.json"
    save(path, [job(1)])
    save(path, [job(2)])
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_is_not_followed_in_either_direction(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Whoever could plant one would make Dags of their own, or have a file of theirs written over."""
    elsewhere, path = tmp_path / "elsewhere.json", tmp_path / "state" / "definitions.json"
    save(elsewhere, [job(1)])
    before = elsewhere.read_bytes()
    path.parent.mkdir()
    path.symlink_to(elsewhere)
    assert load(path) == []
    assert "cannot be read" in caplog.text
    save(path, [job(2)])
    assert load(path) == [job(2)] and not path.is_symlink()
    assert elsewhere.read_bytes() == before


def test_a_new_state_folder_is_closed_to_others(tmp_path: Path) -> None:
    save(tmp_path / "state" / "definitions.json", [job(1)])
    assert (tmp_path / "state").stat().st_mode & 0o777 == 0o700


def test_the_same_is_not_written_again(tmp_path: Path) -> None:
    path = tmp_path / "definitions.json"
    save(path, [job(1)])
    before = path.stat().st_ino
    save(path, [job(1)])
    assert path.stat().st_ino == before
    save(path, [job(1, "changed")])
    assert path.stat().st_ino != before


@pytest.mark.parametrize("content", [b"", b"{", b'{"a": 1}', b'[{"job_id": 1}]', b"[1]", b"\xff\xfe", b"null"])
def test_a_broken_snapshot_is_none_and_said(tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "definitions.json"
    path.write_bytes(content)
    assert load(path) == []
    assert "cannot be read" in caplog.text


def test_a_place_that_cannot_be_written_is_a_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("not a folder")
    path = tmp_path / "file" / "definitions.json"
    with caplog.at_level(logging.WARNING):
        save(path, [job(1)])
    assert "cannot be written" in caplog.text
    assert load(path) == []


def test_a_write_that_fails_leaves_the_one_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "definitions.json"
    save(path, [job(1)])

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("export_jobs.store.snapshot.os.fsync", full)
    save(path, [job(2)])
    assert load(path) == [job(1)]
    assert list(tmp_path.iterdir()) == [path]


def test_q16_rows_that_vanish_are_kept_and_named() -> None:
    jobs, vanished = reconcile([job(1), job(2), job(3)], [], set())
    assert jobs == vanished == [job(1), job(2), job(3)]


def test_a_deleted_row_is_not_missed() -> None:
    assert reconcile([job(1), job(2)], [job(2)], {1}) == ([job(2)], [])


def test_the_table_has_the_last_word_on_what_it_holds() -> None:
    jobs, vanished = reconcile([job(1, "old")], [job(1, "new"), job(2)], set())
    assert (jobs, vanished) == ([job(1, "new"), job(2)], [])


@given(st.sets(st.integers(1, 9)), st.sets(st.integers(1, 9)), st.sets(st.integers(1, 9)))
def test_nothing_is_lost_and_nothing_comes_back(before: set[int], now: set[int], deleted: set[int]) -> None:
    deleted -= now
    jobs, vanished = reconcile([job(n) for n in before], [job(n) for n in now], deleted)
    ids = [one.job_id for one in jobs]
    assert ids == sorted(now | (before - deleted))
    assert {one.job_id for one in vanished} == set(ids) - now
