"""Files between steps: whole or not there, and nothing that killed attempts leave grows."""

from __future__ import annotations

import os
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from export_jobs.core.windows.window import Window
from export_jobs.errors import SupersededError, TerminalError
from export_jobs.store.stored_job import StoredJob
from tests.integration.store.samples import DAY_ONE, Store

if TYPE_CHECKING:
    from collections.abc import Callable

    from export_jobs.orchestration.run.job_run import JobRun

pytestmark = pytest.mark.integration
TEMPLATE, STEP = "rows", "extract"
KILLS = 100
BLOCK = b"x" * (1 << 16)


@pytest.fixture
def attempt(store: Store, job: StoredJob, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], JobRun]:
    """Return a function that begins a new attempt of one and the same execution."""
    from export_jobs.orchestration.run.job_run import JobRun

    monkeypatch.setenv("EXPORT_JOBS_STAGING", f"file://{tmp_path}")
    execution = store.run(job)

    def begin() -> JobRun:
        run = JobRun(
            job=job.parse(),
            window=Window(DAY_ONE, DAY_ONE + timedelta(days=1)),
            execution_id=execution.id,
            run_id="scheduled__0",
            run_type="scheduled",
            try_number=1,
            clear_number=0,
            ledger=store.ledger,
            definitions=store.definitions,
            engine=store.engine,
        )
        store.ledger.claim(execution.id, TEMPLATE, STEP, run.attempt)
        return run

    return begin


def write(run: JobRun, content: bytes) -> None:
    from export_jobs.orchestration.run.staging import write_staged

    with write_staged(run.staging / "rows.csv", run, TEMPLATE, STEP) as sink:
        sink.write(content)


def killed_while_writing(run: JobRun) -> None:
    from export_jobs.orchestration.run.staging import write_staged

    child = os.fork()
    if child == 0:
        with write_staged(run.staging / "rows.csv", run, TEMPLATE, STEP) as sink:
            sink.write(BLOCK)
            sink.flush()
            os.kill(os.getpid(), signal.SIGKILL)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def files(root: Path) -> list[str]:
    return sorted(path.name for path in root.rglob("*") if path.is_file())


def aged(root: Path, age: timedelta) -> None:
    then = (datetime.now(UTC) - age).timestamp()
    for path in [*root.rglob("*"), root]:
        os.utime(path, (then, then))


def sweep(root: Path) -> None:
    from airflow.sdk import ObjectStoragePath

    from export_jobs.orchestration.run import staging

    staging.sweep(ObjectStoragePath(f"file://{root}"), datetime.now(UTC))


def test_d22_a_hundred_killed_attempts_leave_no_more_than_one(attempt: Callable[[], JobRun], tmp_path: Path) -> None:
    write(attempt(), b"before")  # and what this imports, not every child has to
    for _ in range(KILLS):
        killed_while_writing(attempt())
    before, left = files(tmp_path)
    assert before == "rows.csv" and left.startswith("rows.csv.") and left.endswith(".part")
    assert next(tmp_path.rglob("rows.csv")).read_bytes() == b"before"
    write(attempt(), b"after")
    assert files(tmp_path) == ["rows.csv"]


def test_an_attempt_that_was_taken_over_gives_no_file_its_name(attempt: Callable[[], JobRun], tmp_path: Path) -> None:
    older = attempt()
    write(attempt(), b"of the newer one")
    with pytest.raises(SupersededError):
        write(older, b"of the older one")
    assert files(tmp_path) == ["rows.csv"]
    assert next(tmp_path.rglob("rows.csv")).read_bytes() == b"of the newer one"


def test_d22_what_nobody_has_touched_for_a_day_is_swept(attempt: Callable[[], JobRun], tmp_path: Path) -> None:
    write(attempt(), b"whole")
    killed_while_writing(attempt())
    aged(tmp_path, timedelta(hours=23))
    sweep(tmp_path)
    assert len(files(tmp_path)) == 2
    aged(tmp_path, timedelta(hours=25))
    sweep(tmp_path)
    assert files(tmp_path) == []
    assert list(tmp_path.glob("job-*/*")) == []


def test_a_folder_that_was_made_a_moment_ago_stays(tmp_path: Path) -> None:
    (tmp_path / "job-1" / "execution-1").mkdir(parents=True)
    sweep(tmp_path)
    assert (tmp_path / "job-1" / "execution-1").exists()


def test_a_folder_that_cannot_be_swept_keeps_no_other_one(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    for number in (1, 2, 3):
        folder = tmp_path / f"job-{number}" / "execution-1"
        folder.mkdir(parents=True)
        (folder / "rows.csv").write_bytes(b"old")
    odd = tmp_path / "job-2" / "execution-1" / "not ours"
    odd.mkdir()
    aged(tmp_path, timedelta(days=2))
    sweep(tmp_path)
    assert not (tmp_path / "job-1" / "execution-1").exists() and not (tmp_path / "job-3" / "execution-1").exists()
    assert odd.exists() and "cannot be removed" in caplog.text


def modes(root: Path) -> dict[str, str]:
    return {path.name: oct(path.stat().st_mode & 0o777) for path in [root, *root.rglob("*")]}


@pytest.mark.parametrize("umask", [0, 0o022, 0o777], ids=oct)
def test_what_is_staged_is_readable_by_the_task_alone_whatever_the_umask(
    attempt: Callable[[], JobRun], tmp_path: Path, umask: int
) -> None:
    tmp_path.chmod(0o755)
    run = attempt()
    before = os.umask(umask)
    try:
        write(run, b"of customers")
    finally:
        os.umask(before)
    assert modes(tmp_path) == {
        tmp_path.name: "0o700",
        f"job-{run.job.job_id}": "0o700",
        f"execution-{run.execution_id}": "0o700",
        "rows.csv": "0o600",
    }


def test_folders_of_an_earlier_version_are_closed_to_others(attempt: Callable[[], JobRun], tmp_path: Path) -> None:
    run = attempt()
    folder = Path(run.staging.path)
    folder.mkdir(parents=True)
    for path in (folder, folder.parent):
        path.chmod(0o755)
    write(run, b"of customers")
    assert set(modes(tmp_path).values()) == {"0o700", "0o600"}


@pytest.mark.parametrize("part", ["the root", "job", "execution"])
def test_a_folder_that_is_a_link_is_refused_and_nothing_is_written_behind_it(
    attempt: Callable[[], JobRun], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    monkeypatch.setenv("EXPORT_JOBS_STAGING", f"file://{tmp_path}/staging")
    run = attempt()
    folder, elsewhere = Path(run.staging.path), tmp_path / "elsewhere"
    (elsewhere / folder.parent.name / folder.name).mkdir(parents=True)
    link = {"the root": folder.parents[1], "job": folder.parent, "execution": folder}[part]
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(elsewhere / link.relative_to(folder.parents[1]))
    with pytest.raises(TerminalError, match=r"is a symbolic link or not a folder. .*EXPORT_JOBS_STAGING"):
        write(run, b"of customers")
    assert files(elsewhere) == []


def test_a_file_that_is_a_link_is_neither_written_nor_read(attempt: Callable[[], JobRun], tmp_path: Path) -> None:
    from export_jobs.orchestration.run.staging import open_staged

    run = attempt()
    write(run, b"before")
    secret, file = tmp_path / "secret", Path(run.staging.path) / "rows.csv"
    secret.write_bytes(b"secret")
    file.unlink()
    file.symlink_to(secret)
    with pytest.raises(TerminalError, match="is a symbolic link"), open_staged(str(run.staging / "rows.csv")):
        pass
    write(run, b"after")  # takes the link's place
    assert secret.read_bytes() == b"secret" and not file.is_symlink()
    part = Path(run.staging.path) / f"rows.csv.{run.attempt}.part"
    part.symlink_to(secret)
    write(run, b"again")
    assert secret.read_bytes() == b"secret" and file.read_bytes() == b"again"


@pytest.mark.skipif(os.geteuid() != 0, reason="NOT CHECKED: folders of another user (only root can make some)")
def test_a_folder_or_file_of_another_user_is_refused(attempt: Callable[[], JobRun], tmp_path: Path) -> None:
    from export_jobs.orchestration.run.staging import open_staged

    run = attempt()
    write(run, b"of customers")
    file = Path(run.staging.path) / "rows.csv"
    os.chown(file, 1, 1)
    with (
        pytest.raises(TerminalError, match="not a regular file of the user"),
        open_staged(str(run.staging / "rows.csv")),
    ):
        pass
    os.chown(file.parent.parent, 1, 1)
    with pytest.raises(TerminalError, match="belongs to another user"):
        write(run, b"of customers")


def test_a_sweep_and_a_removal_follow_no_link(attempt: Callable[[], JobRun], tmp_path: Path) -> None:
    from export_jobs.orchestration.run.staging import remove_staged

    root, elsewhere = tmp_path / "staging", tmp_path / "elsewhere"
    for folder in (elsewhere, elsewhere / "execution-1"):
        folder.mkdir()
        (folder / "rows.csv").write_bytes(b"of somebody else")
    (root / "job-1").mkdir(parents=True)
    (root / "job-1" / "execution-1").symlink_to(elsewhere / "execution-1")
    (root / "job-2").symlink_to(elsewhere)
    aged(elsewhere, timedelta(days=2))
    sweep(root)
    run = attempt()
    Path(run.staging.path).parent.mkdir(parents=True)
    Path(run.staging.path).symlink_to(elsewhere)
    remove_staged(run.staging)
    assert len(files(elsewhere)) == 2


def test_the_files_of_one_template_go_and_those_of_its_neighbour_stay(
    attempt: Callable[[], JobRun], tmp_path: Path
) -> None:
    from export_jobs.orchestration.run.staging import remove_staged

    run = attempt()
    write(run, b"1")
    folder = Path(run.staging.path)
    for name in ("rows.zip.ready", "rows.csv.9f.part", "rows2.csv", "other.csv"):
        (folder / name).write_bytes(b"2")
    remove_staged(run.staging, "rows")
    assert files(tmp_path) == ["other.csv", "rows2.csv"]
    remove_staged(run.staging, "other")
    remove_staged(run.staging, "rows2")
    assert not folder.exists()


def test_without_a_staging_root_there_is_nothing_to_sweep(tmp_path: Path) -> None:
    sweep(tmp_path / "nothing")
