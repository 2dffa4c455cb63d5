"""The tasks of an export Dag that use its destination: the check before any SQL, and the upload of a file."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

from airflow.sdk.exceptions import AirflowSkipException

from export_jobs.core.base.issue import bullet_list, errors
from export_jobs.core.definitions.names import task_group
from export_jobs.core.files.export_file import ExportFile, read_files, stage_of
from export_jobs.core.validation.definitions import validate_job
from export_jobs.errors import UserError
from export_jobs.orchestration.machines import require_same_machine, require_shared_staging, sweep_own_disk
from export_jobs.orchestration.run.encrypted_file import prove_keys
from export_jobs.orchestration.run.publish import publish
from export_jobs.orchestration.run.staging import open_staged
from export_jobs.orchestration.run.step import ExportStep
from export_jobs.orchestration.run.xcom import task_result
from export_jobs.store.ledger import DeliveryRecord
from export_jobs.streaming.formats.format_writer import require_library

if TYPE_CHECKING:
    from airflow.sdk import Context

    from export_jobs.orchestration.run.job_run import JobRun

log = logging.getLogger(__name__)


class ValidateDestination(ExportStep):
    """Check the definition again, then the keys to encrypt to and sign with, then login, host key, folder and write
    permission, before any SQL runs.
    """

    step = "validate_destination"

    def run_step(self, run: JobRun, context: Context) -> str | None:
        """Return the token of this machine's disk, for the following tasks; None if staging is an object store.

        Raise ``UserError`` with every issue of the definition, or with what the worker or the destination is missing.
        """
        _skip_if_delivered(run)
        token = require_shared_staging(run)
        sweep_own_disk(datetime.now(UTC))
        issues = errors(validate_job(run.job, catalogue=run.catalogue))
        if issues:
            raise UserError("The definition is invalid", f"Correct it:\n{bullet_list(issues)}")
        require_library(run.job.file.format)
        for sentence in prove_keys(run):
            log.warning("%s", sentence)
        if run.arrival():
            log.info("The destination %s already has the files of this run; only others still need theirs", run.tag)
        else:
            run.destination.check()
        return token


class Upload(ExportStep):
    """Deliver a template's file, or its parts in order: each whole under its final name, recorded in the same
    transaction, only by the current attempt.
    """

    step = "upload"

    def run_step(self, run: JobRun, context: Context) -> None:
        """Upload what is not delivered yet; raise ``SupersededError`` when a newer attempt has taken over."""
        name = cast("str", self.template)
        require_same_machine(run, context)
        files = read_files(task_result(context, f"{task_group(name)}.compress"))
        if run.has_arrived(stage_of(files)):
            log.info("The destination %s already has the files of this run", run.tag)
            return
        for file in files:
            if not file.is_sent:
                run.record_event("nothing to send", self.step, name, message="no rows, and this job skips empty files")
            elif run.ledger.delivery(run.execution_id, name, file.stage, file.part, run.tag):
                log.info("According to the ledger, %s is already at the destination", file.path)
            else:
                self._publish(run, file)
        self.discard_staged(run)

    def _publish(self, run: JobRun, file: ExportFile) -> None:
        with open_staged(file.uri) as source:
            publish(
                source,
                _delivery_record(run, file),
                destination=run.destination,
                ledger=run.ledger,
                step=self.step,
                attempt=run.attempt,
            )


def _skip_if_delivered(run: JobRun) -> None:
    """Skip a scheduled run of a delivered window: if Airflow lost its history and created it again, nothing is resent.

    To send the window again, somebody clears the run, or triggers a run with its interval.
    """
    wanted = run.run_type != "scheduled" or run.clear_number > 0
    if not wanted and run.ledger.is_delivered(run.job.job_id, run.window.start, run.window.end):
        raise AirflowSkipException(
            f"The ledger says that {run.window.start.isoformat()} to {run.window.end.isoformat()} has been delivered. "
            "It is not sent again automatically; clear this run to send it again."
        )


def _delivery_record(run: JobRun, file: ExportFile) -> DeliveryRecord:
    return DeliveryRecord(
        execution_id=run.execution_id,
        template=file.template,
        stage=file.stage,
        path=file.path,
        url=run.destination.url(file.path),
        rows=file.rows,
        bytes=file.bytes,
        sha256=file.sha256,
        columns=file.columns,
        version=run.job.version,
        definition_hash=run.definition_hash,
        attempt=run.attempt,
        part=file.part,
        named_revision=file.revision,
        destination=run.tag,
        column_numbers=file.column_numbers,
    )
