"""The base of every task: open the run, do the step, record how it ended, and tell Airflow whether a retry can help."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING, Any, ClassVar

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from export_jobs.errors import ExportError, TransientError
from export_jobs.orchestration.run.job_run import JobRun

if TYPE_CHECKING:
    from airflow.sdk import Context


class ExportStep(BaseOperator):
    """One step of an execution. Its arguments are ids: no value of a row ever reaches a template field."""

    template_fields: ClassVar[tuple[str, ...]] = ()
    step: ClassVar[str]

    def __init__(self, *, job_id: int, job_version: int, template: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.job_id = job_id
        self.job_version = job_version
        self.template = template

    def run_step(self, run: JobRun, context: Context) -> Any:
        """Do the step for ``run``; what it returns becomes the task's XCom."""
        raise NotImplementedError

    def execute(self, context: Context) -> Any:
        """Run the step once. An ``ExportError`` that cannot pass fails the task at once, without a retry."""
        try:
            run = JobRun.open(context, self.job_id, self.job_version, step=self.step, template=self.template)
        except TransientError:
            raise
        except ExportError as error:
            raise AirflowFailException(str(error)) from None
        run.record_event("started", self.step, self.template, detail={"host": socket.gethostname(), "pid": os.getpid()})
        try:
            result = self.run_step(run, context)
        except TransientError as error:
            run.record_event("interrupted", self.step, self.template, message=str(error), detail=error.parts)
            raise
        except ExportError as error:
            run.record_event("failed", self.step, self.template, message=str(error), detail=error.parts)
            raise AirflowFailException(str(error)) from None
        except AirflowSkipException as skipped:
            run.record_event("skipped", self.step, self.template, message=str(skipped))
            raise
        except Exception as error:
            # Only the type: the text of a foreign error may quote a connection string or a row.
            run.record_event("interrupted", self.step, self.template, message=f"unexpected {type(error).__name__}")
            raise
        run.record_event("succeeded", self.step, self.template)
        return result
