"""The tasks after the last file: the manifest, the mail to the recipients, the mail to the owner."""

from __future__ import annotations

import hashlib
import io
import logging
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowFailException

from export_jobs import settings
from export_jobs.core.files.export_file import ExportFile
from export_jobs.core.files.manifest import Manifest
from export_jobs.core.files.names import manifest_path
from export_jobs.core.windows.schedule_text import window_in_words
from export_jobs.delivery.destination import Target
from export_jobs.errors import TerminalError, TransientError
from export_jobs.orchestration import mail
from export_jobs.orchestration.run.staging import remove_staged
from export_jobs.orchestration.run.step import ExportStep
from export_jobs.orchestration.run.xcom import task_result
from export_jobs.store.ledger import AlreadyDelivered, PublicationRecord

if TYPE_CHECKING:
    from email.message import EmailMessage

    from airflow.sdk import Context

    from export_jobs.orchestration.run.job_run import JobRun

log = logging.getLogger(__name__)

WHOLE_RUN = ""
"""In a lease, the place of a template for what a run does once."""


class PublishManifest(ExportStep):
    """Deliver the manifest, last of all files, so that a receiver who sees it can rely on the rest."""

    step = "publish_manifest"

    def run_step(self, run: JobRun, context: Context) -> str:
        """The publication's stage, by which the mails refer to it; staged files are removed once it stands."""
        files = _export_files(run, context)
        manifest = _build_manifest(run, files)
        stage = manifest.stage(files)
        if run.ledger.publication(run.execution_id, stage) is None:
            self._deliver(run, manifest.to_bytes(), stage)
        remove_staged(run.staging)
        return stage

    def _deliver(self, run: JobRun, content: bytes, stage: str) -> None:
        path = manifest_path(run.job.name, run.window, run.job.schedule.time_zone)
        digest = hashlib.sha256(content).hexdigest()
        run.ledger.claim(run.execution_id, WHOLE_RUN, self.step, run.attempt)
        record = PublicationRecord(
            execution_id=run.execution_id,
            stage=stage,
            path=path,
            url=run.destination.url(path),
            bytes=len(content),
            sha256=digest,
        )
        try:
            run.destination.deliver(
                io.BytesIO(content),
                Target(path=path, bytes=len(content), sha256=digest, attempt=run.attempt),
                lambda: run.ledger.fence_publication(record, self.step, run.attempt),
            )
        except AlreadyDelivered:
            log.info("Another attempt has published this manifest meanwhile")


class NotifyRecipients(ExportStep):
    """Mail every recipient on their own; the delivery stands whatever the mail server says."""

    step = "notify_recipients"

    def run_step(self, run: JobRun, context: Context) -> None:
        """Raises ``TransientError`` while some mails are not sent, ``TerminalError`` when all were refused for good."""
        stage = task_result(context, "publish_manifest")
        if not run.job.recipients:
            log.info("This job has no recipients")
            return
        answers = _notify(run, "success", stage, run.job.recipients, _success_mail(run, context, stage))
        refused = [recipient for recipient, state in answers.items() if state == "refused"]
        if refused:
            run.record_event("partly notified", self.step, message=f"refused for good: {', '.join(refused)}")
            log.warning("The mail server refuses for good: %s", ", ".join(refused))
        if len(refused) == len(answers):
            raise TerminalError(
                f"The mail server refuses every recipient of job {run.job.name!r}. The files are delivered",
                "Correct the addresses, then clear this task",
            )


class NotifyOwner(ExportStep):
    """Mail the owner why a run has failed; runs only when something before it has."""

    step = "notify_owner"

    def run_step(self, run: JobRun, context: Context) -> None:
        """Records the failure of the execution, then mails it once for each time the run was cleared."""
        run.record_event("run failed", self.step)
        _notify(run, "failure", f"clear {run.clear_number}", (run.job.owner,), _failure_mail(run))


class RefuseInvalidDefinition(BaseOperator):
    """The only task of an invalid definition: it tells whoever triggers it where to look."""

    def __init__(self, *, job_id: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.job_id = job_id

    def execute(self, context: Context) -> None:
        """Always fails, with a sentence."""
        raise AirflowFailException(
            f"The definition of job {self.job_id} is invalid; this Dag's documentation lists what is wrong. "
            "Nothing was read and nothing delivered."
        )


def _export_files(run: JobRun, context: Context) -> list[ExportFile]:
    return [ExportFile.model_validate(task_result(context, f"{use.template}.compress")) for use in run.job.templates]


def _build_manifest(run: JobRun, files: list[ExportFile]) -> Manifest:
    """The manifest of ``files``; raises ``TerminalError`` unless the ledger holds a delivery of each."""
    deliveries = {file.template: run.ledger.delivery(run.execution_id, file.template, file.stage) for file in files}
    missing = [file.template for file in files if file.is_sent and deliveries[file.template] is None]
    if missing:
        raise TerminalError(
            f"The ledger holds no delivery of {', '.join(missing)} for this run, so no manifest may vouch for it",
            "Clear this run from its extract tasks",
        )
    revision = max((delivery.revision for delivery in deliveries.values() if delivery), default=1)
    return Manifest.of(run.job, run.window, files, definition_hash=run.definition_hash, revision=revision)


def _notify(run: JobRun, kind: str, key: str, recipients: tuple[str, ...], message: EmailMessage) -> dict[str, str]:
    """Send to all who have no mail yet, record each answer as it comes, and return the state of each."""
    states = run.ledger.notification_states(run.execution_id, kind, key)
    later: list[str] = []
    waiting = [recipient for recipient in dict.fromkeys(recipients) if recipient not in states]
    if waiting:
        with mail.mail_server() as server:
            for recipient in waiting:
                try:
                    answer = mail.send(server, message, recipient)
                except TransientError as error:
                    later.append(error.what)
                    continue
                run.ledger.record_notification(
                    run.execution_id, kind, key, recipient=recipient, state=answer.state, reply=answer.reply
                )
                states[recipient] = answer.state
    if later:
        raise TransientError("Not every mail could be sent yet. " + ". ".join(later), "This task tries again")
    return states


def _days_of_data(run: JobRun) -> str:
    return window_in_words(run.window, run.job.schedule.time_zone)


def _success_mail(run: JobRun, context: Context, stage: str) -> EmailMessage:
    publication = run.ledger.publication(run.execution_id, stage)
    zone = ZoneInfo(run.job.schedule.time_zone)
    return mail.compose(
        "delivered",
        f"{run.job.name}: {_days_of_data(run)} delivered",
        {
            "job": run.job.name,
            "description": run.job.description,
            "window": _days_of_data(run),
            "start": run.window.start.astimezone(zone).isoformat(),
            "end": run.window.end.astimezone(zone).isoformat(),
            "destination": run.job.destination,
            "replaces": len(run.ledger.publications_of(run.job.job_id, run.window.start, run.window.end)) > 1,
            "files": [
                {**file.model_dump(), "url": run.destination.url(file.path) if file.is_sent else None}
                for file in _export_files(run, context)
            ],
            "manifest_url": publication.url if publication else "",
        },
    )


def _failure_mail(run: JobRun) -> EmailMessage:
    return mail.compose(
        "failed",
        f"{run.job.name}: {_days_of_data(run)} FAILED",
        {
            "job": run.job.name,
            "window": _days_of_data(run),
            "failures": run.ledger.failures(run.execution_id),
            "delivered": [delivery.url for delivery in run.ledger.latest_deliveries(run.execution_id)],
            "link": f"{settings.airflow_url()}/dags/{run.job.dag_id}/runs/{run.run_id}"
            if settings.airflow_url()
            else "",
        },
    )
