"""An exception of every class at every step ends as one sentence in the store, and none of its text goes with it."""

from __future__ import annotations

import errno
import os
import signal
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncssh
import psycopg
import pytest
from airflow.sdk.exceptions import (
    AirflowException,
    AirflowFailException,
    AirflowRescheduleException,
    AirflowSkipException,
    AirflowTaskTerminated,
    AirflowTaskTimeout,
)
from botocore.exceptions import ClientError, ProfileNotFound

from export_jobs.errors import SupersededError, TerminalError, TransientError, UserError
from export_jobs.orchestration.compressing import Compress
from export_jobs.orchestration.extracting import Extract
from export_jobs.orchestration.notifying import NotifyOwner, NotifyRecipients
from export_jobs.orchestration.publishing import PublishManifest
from export_jobs.orchestration.run.job_run import JobRun
from export_jobs.orchestration.run.step import ExportStep
from export_jobs.orchestration.tasks import Upload, ValidateDestination
from export_jobs.store.executions.login_slots import NoFreeLoginError
from export_jobs.store.findings.refusals import Refusals
from tests.integration.orchestration.conftest import Run
from tests.integration.store.samples import DAY_ONE

pytestmark = pytest.mark.integration

SECRET = "hunter2"
STEPS: tuple[type[ExportStep], ...] = (
    ValidateDestination,
    Extract,
    Compress,
    Upload,
    PublishManifest,
    NotifyRecipients,
    NotifyOwner,
)
DENIED = {"Error": {"Code": "AccessDenied", "Message": SECRET}}
# What is raised, what Airflow is told, the kind of event, a part of its sentence.
FOREIGN: dict[str, tuple[Callable[[], BaseException], type[BaseException], str, str]] = {
    "user": (
        lambda: UserError("It is wrong", "Correct it"),
        AirflowFailException,
        "failed",
        "It is wrong. Correct it.",
    ),
    "terminal": (lambda: TerminalError("It is gone", "Ask"), AirflowFailException, "failed", "It is gone. Ask."),
    "superseded": (lambda: SupersededError("Taken over", "Rest"), AirflowFailException, "failed", "Taken over."),
    "transient": (lambda: TransientError("It is busy", "Wait"), TransientError, "interrupted", "It is busy. Wait."),
    "time-out": (lambda: AirflowTaskTimeout(SECRET), AirflowTaskTimeout, "interrupted", "after 6 hours"),
    "terminated": (lambda: AirflowTaskTerminated(SECRET), AirflowTaskTerminated, "interrupted", "was asked to stop"),
    "exit": (lambda: SystemExit(SECRET), SystemExit, "interrupted", "was asked to stop"),
    "interrupt": (lambda: KeyboardInterrupt(SECRET), KeyboardInterrupt, "interrupted", "was asked to stop"),
    "key": (lambda: KeyError(SECRET), KeyError, "interrupted", "stopped by an unexpected KeyError"),
    "type": (lambda: TypeError(SECRET), TypeError, "interrupted", "stopped by an unexpected TypeError"),
    "recursion": (lambda: RecursionError(SECRET), RecursionError, "interrupted", "unexpected RecursionError"),
    "memory": (lambda: MemoryError(SECRET), MemoryError, "interrupted", "ran out of memory"),
    "disk": (lambda: OSError(errno.ENOSPC, SECRET), OSError, "interrupted", "No space is left on the worker's disk"),
    "permission": (lambda: PermissionError(errno.EACCES, SECRET, SECRET), OSError, "interrupted", "Permission denied"),
    "missing file": (lambda: FileNotFoundError(SECRET), OSError, "interrupted", "(FileNotFoundError)"),
    "network": (
        lambda: ConnectionResetError(errno.ECONNRESET, SECRET),
        OSError,
        "interrupted",
        "network connection failed",
    ),
    "slow": (lambda: TimeoutError(SECRET), TimeoutError, "interrupted", "network connection failed"),
    "encoding": (lambda: UnicodeEncodeError("ascii", SECRET, 0, 1, SECRET), UnicodeError, "interrupted", "encoding"),
    "import": (lambda: ImportError(SECRET, name="s3fs"), ImportError, "interrupted", "missing on this worker (s3fs)"),
    "s3": (lambda: ClientError(DENIED, "AssumeRole"), ClientError, "interrupted", "(ClientError AccessDenied)"),
    "profile": (lambda: ProfileNotFound(profile=SECRET), ProfileNotFound, "interrupted", "(ProfileNotFound)"),
    "ssh": (lambda: asyncssh.ConnectionLost(SECRET), asyncssh.Error, "interrupted", "(ConnectionLost)"),
    "sftp": (lambda: asyncssh.SFTPFailure(SECRET), asyncssh.SFTPError, "interrupted", "(SFTPFailure)"),
    "database": (lambda: psycopg.errors.DiskFull(SECRET), psycopg.Error, "interrupted", "(DiskFull 53100)"),
    "no database": (lambda: psycopg.OperationalError(SECRET), psycopg.Error, "interrupted", "(OperationalError)"),
    "airflow": (lambda: AirflowException(SECRET), AirflowException, "interrupted", "(AirflowException)"),
}


def template_of(step: type[ExportStep]) -> str | None:
    return "rows" if step in (Compress, Upload) else None


def raising(error: BaseException) -> Callable[..., Any]:
    def run_step(*_: Any) -> Any:
        raise error

    return run_step


@pytest.mark.parametrize("name", FOREIGN)
def test_m4_every_exception_at_every_step_leaves_a_sentence(
    run: Run, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, told, kind, sentence = FOREIGN[name]
    for step in STEPS:
        monkeypatch.setattr(step, "run_step", raising(make()))
        with pytest.raises(told):
            run.execute(step, template_of(step))
        started, ended = run.events()[-2:]
        assert started.kind == "started"
        assert (ended.kind, ended.step, ended.template) == (kind, step.step, template_of(step))
        assert sentence in str(ended.message)
        assert ended.detail is not None and ended.detail["what"] in str(ended.message)
        assert SECRET not in f"{ended.message} {ended.detail}"


def test_a_step_that_finds_no_free_login_waits_without_using_a_try(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also in its last try, which discards no staged rows; after as long as a task may take it uses a try."""
    discarded: list[str] = []
    monkeypatch.setattr(Upload, "discard_staged", lambda *_: discarded.append("rows"))
    monkeypatch.setattr(Upload, "run_step", raising(NoFreeLoginError("All 2 logins are in use", "Wait")))
    run.try_number = 6
    for waited in (0, 1, 100):
        run.reschedules = waited
        with pytest.raises(AirflowRescheduleException) as caught:
            run.execute(Upload, "rows")
        assert caught.value.reschedule_date > datetime.now(UTC)
        assert run.events()[-1].kind == ("started" if waited else "interrupted"), "the ledger keeps one wait"
    said = [event.message for event in run.events() if event.kind == "interrupted"]
    assert len(said) == 1 and "All 2 logins are in use" in str(said[0])
    assert discarded == []
    run.reschedules = 1000
    with pytest.raises(NoFreeLoginError):
        run.execute(Upload, "rows")
    assert discarded == ["rows"]


def test_a_step_that_is_skipped_has_not_failed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ValidateDestination, "run_step", raising(AirflowSkipException("It has been delivered.")))
    with pytest.raises(AirflowSkipException):
        run.execute(ValidateDestination)
    assert run.events()[-1].kind == "skipped"


def test_m4_a_store_that_goes_away_hides_no_error(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(self: Any, open_run: JobRun, context: Any) -> None:
        monkeypatch.setattr(JobRun, "record_event", raising(TransientError("The store is away", "Wait")))
        raise KeyError(SECRET)

    monkeypatch.setattr(ValidateDestination, "run_step", gone)
    with pytest.raises(KeyError):
        run.execute(ValidateDestination)


def test_m4_a_task_that_is_told_to_stop_says_so_before_it_is_killed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """As Airflow's task runner does it: its handler of SIGTERM asks the task to end itself."""
    task = ValidateDestination(task_id="task", job_id=run.job.job_id, job_version=run.job.version)

    def wait(*_: Any) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(3600)

    monkeypatch.setattr(ValidateDestination, "run_step", wait)
    before = signal.signal(signal.SIGTERM, lambda *_: task.on_kill())
    try:
        with pytest.raises(SystemExit):
            task.execute(run.context())
    finally:
        signal.signal(signal.SIGTERM, before)
    assert "was asked to stop" in str(run.events()[-1].message)
    task.on_kill()  # once more, as after a time-out: there is nothing left to stop


# Runs that cannot be opened ------------------------------------------------------------------------------------------
DAY_TWO = DAY_ONE + timedelta(days=1)


@pytest.mark.parametrize(
    ("start", "end", "sentence"),
    [
        (None, None, "has no data interval"),
        (DAY_ONE, None, "has no data interval"),
        (DAY_TWO, DAY_ONE, "ends before it begins"),
        (DAY_ONE, DAY_ONE, "ends before it begins"),
    ],
)
def test_m4_a_run_without_a_window_leaves_its_reason(
    run: Run, start: datetime | None, end: datetime | None, sentence: str
) -> None:
    run.start, run.end = start, end
    for step in STEPS:
        with pytest.raises(AirflowFailException, match=sentence):
            run.execute(step, template_of(step))
    refusal = Refusals(run.store.engine).newest(datetime.now(UTC) - timedelta(minutes=1))[run.job.dag_id]
    assert sentence in refusal.message and refusal.run_id == run.run_id
    assert run.store.hand("SELECT count(*) FROM export_jobs.alarm") == [(1,)]


@pytest.mark.parametrize("name", [name for name in FOREIGN if name != "transient"])
def test_m4_whatever_stops_a_run_from_opening_leaves_its_reason(
    run: Run, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, told, _, sentence = FOREIGN[name]
    monkeypatch.setattr(JobRun, "open", raising(make()))
    with pytest.raises(told):
        run.execute(Extract)
    refusal = Refusals(run.store.engine).newest(datetime.now(UTC) - timedelta(minutes=1))[run.job.dag_id]
    assert sentence in refusal.message and SECRET not in refusal.message


def test_m4_a_run_whose_version_is_lost_says_so_in_its_own_execution(run: Run) -> None:
    execution = run.store.run(run.job)
    run.store.ledger.record_event(execution.id, "rebound", detail={"version": 99})
    with pytest.raises(AirflowFailException, match="no version 99"):
        run.execute(ValidateDestination)
    assert [(event.kind, event.step) for event in run.events()][-1] == ("failed", "validate_destination")


def test_m4_a_run_that_has_another_window_now_says_so_in_its_own_execution(run: Run) -> None:
    run.store.run(run.job)
    run.end = DAY_ONE + timedelta(days=2)
    with pytest.raises(AirflowFailException, match=r"The ledger has run .* with the window"):
        run.execute(ValidateDestination)
    assert "which is not its window now" in str(run.events()[-1].message)


def test_refused_runs_of_long_ago_are_forgotten(run: Run) -> None:
    run.store.hand("INSERT INTO export_jobs.alarm (key, job, message, told_at) "
                   "VALUES (E'refused run old\\nrun', 'old', 'old', now() - interval '31 days')")  # fmt: skip
    run.start = run.end = None
    with pytest.raises(AirflowFailException):
        run.execute(ValidateDestination)
    assert run.store.hand("SELECT job FROM export_jobs.alarm") == [(run.job.name,)]
