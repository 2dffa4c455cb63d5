"""The base of every task: open the run, do the step, record its result, and retry only if a retry can help."""

from __future__ import annotations

import logging
import os
import socket
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import (
    AirflowFailException,
    AirflowRescheduleException,
    AirflowSkipException,
    AirflowTaskTerminated,
)

from export_jobs import settings
from export_jobs.core.definitions.names import step_at
from export_jobs.core.files.names import file_stem
from export_jobs.errors import ExportError, SupersededError, TransientError
from export_jobs.orchestration.run.failure import failure_of
from export_jobs.orchestration.run.job_run import JobRun
from export_jobs.orchestration.run.staging import remove_staged
from export_jobs.orchestration.run.unopened import record_unopened
from export_jobs.store.executions.login_slots import LOGIN_PATIENCE_S, NoFreeLoginError

if TYPE_CHECKING:
    from airflow.sdk import Context

log = logging.getLogger(__name__)

LOGIN_PAUSE = timedelta(seconds=60)
"""How long a task that has found no free login leaves its worker to others, before it asks again."""


class ExportStep(BaseOperator):
    """One step of an execution. Its arguments are ids: no value of a row ever reaches a template field."""

    template_fields: ClassVar[tuple[str, ...]] = ()
    step: str
    tag: str | None = None
    """The step's destination, if the job has several; it is then part of the step's name."""

    def __init__(
        self, *, job_id: int, job_version: int, template: str | None = None, tag: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.job_id = job_id
        self.job_version = job_version
        self.template = template
        if tag is not None:
            self.tag, self.step = tag, step_at(self.step, tag)

    def run_step(self, run: JobRun, context: Context) -> Any:
        """Do the step for ``run``; the return value becomes the task's XCom."""
        raise NotImplementedError

    def execute(self, context: Context) -> Any:
        """Run the step once. An ``ExportError`` that cannot pass fails the task at once, without a retry."""
        self._is_at_work = True
        try:
            return self._execute(context)
        finally:
            self._is_at_work = False

    def on_kill(self) -> None:
        """End the step when Airflow asks for it, so that it cleans up and records this before it is killed.

        Airflow calls this from its SIGTERM handler, and again after a task's time is over.
        """
        if getattr(self, "_is_at_work", False):
            raise SystemExit(1)

    def discard_staged(self, run: JobRun) -> None:
        """Remove the staged rows of this step's template, which are no longer needed.

        With several destinations, the last one removes them.
        """
        if self.template is not None and self.tag is None:
            zone = run.job.schedule.time_zone
            remove_staged(run.staging, file_stem(run.job.name, self.template, run.window, zone))

    @property
    def _timeout_s(self) -> float:
        return self.execution_timeout.total_seconds() if self.execution_timeout else settings.task_timeout_s()

    def _execute(self, context: Context) -> Any:
        run = self._open(context)
        try:
            run.record_event(
                "started", self.step, self.template, detail={"host": socket.gethostname(), "pid": os.getpid()}
            )
            result = self.run_step(run, context)
            run.record_event("succeeded", self.step, self.template)
        except AirflowSkipException as skipped:
            run.record_event("skipped", self.step, self.template, message=str(skipped))
            raise
        except BaseException as error:
            waits = int(context.get("task_reschedule_count") or 0)
            if isinstance(error, NoFreeLoginError) and _may_wait_longer(waits, self._timeout_s):
                if waits == 0:  # once is enough: entries of the ledger are kept forever
                    self._record(run, error)
                raise AirflowRescheduleException(datetime.now(UTC) + LOGIN_PAUSE) from None
            self._record(run, error)
            if _has_ended(context, error):
                self.discard_staged(run)
            if isinstance(error, ExportError) and not isinstance(error, TransientError):
                raise AirflowFailException(str(error)) from None
            raise
        return result

    def _open(self, context: Context) -> JobRun:
        try:
            return JobRun.open(context, self.job_id, self.job_version, self.tag)
        except BaseException as error:
            if not isinstance(error, TransientError):
                self._record_unopened(context, error)
            if isinstance(error, ExportError) and not isinstance(error, TransientError):
                raise AirflowFailException(str(error)) from None
            raise

    def _record_unopened(self, context: Context, error: BaseException) -> None:
        failure = failure_of(error, self.step, self._timeout_s)
        try:
            record_unopened(context, self.job_id, self.step, self.template, failure)
        except Exception:
            log.exception("Could not record in the store why this run cannot be opened")

    def _record(self, run: JobRun, error: BaseException) -> None:
        """Record why the step has ended; an error here must not hide the original one."""
        failure = failure_of(error, self.step, self._timeout_s)
        can_pass = isinstance(error, TransientError) or not isinstance(error, ExportError)
        kind = "interrupted" if can_pass else "failed"
        try:
            run.record_event(kind, self.step, self.template, message=str(failure), detail=failure._asdict())
        except Exception:
            log.exception("Could not record in the store why this step has ended")


def _may_wait_longer(waits: int, timeout_s: float) -> bool:
    """Whether a task that waits for a free login may go on: for about as long as it may take, then it uses a try.

    Airflow puts it back without using a try, and gives its worker and its place in the pool to others meanwhile.
    """
    round_s = LOGIN_PATIENCE_S + LOGIN_PAUSE.total_seconds()
    return waits * round_s < timeout_s


def _has_ended(context: Context, error: BaseException) -> bool:
    """Return whether Airflow will not retry this step. A step that was stopped or superseded may still continue."""
    if isinstance(error, SupersededError | SystemExit | KeyboardInterrupt | AirflowTaskTerminated):
        return False
    if isinstance(error, ExportError) and not isinstance(error, TransientError):
        return True
    ti = context["ti"]
    return bool(ti.try_number > (ti.max_tries or 0))
