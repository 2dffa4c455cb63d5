"""The tasks that send mail: to the recipients when files are delivered, to the owner when a run has failed."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from export_jobs.core.definitions.names import template_of_group
from export_jobs.core.files.export_file import stage_of
from export_jobs.errors import ExportError, TerminalError, TransientError
from export_jobs.orchestration.mail.arrivals import Arrivals
from export_jobs.orchestration.mail.letters import failure_letter, success_letter, todays_definition
from export_jobs.orchestration.mail.rules import MailOutcome
from export_jobs.orchestration.mail.server import MailServer
from export_jobs.orchestration.publishing import export_files
from export_jobs.orchestration.run.failure import killed, not_started
from export_jobs.orchestration.run.publish import WHOLE_RUN
from export_jobs.orchestration.run.staging import remove_staged
from export_jobs.orchestration.run.step import ExportStep
from export_jobs.orchestration.run.task_states import failed_tasks, others_have_ended
from export_jobs.orchestration.run.xcom import task_result

if TYPE_CHECKING:
    from airflow.sdk import Context

    from export_jobs.orchestration.mail.answer import MailAnswer
    from export_jobs.orchestration.mail.message import Letter
    from export_jobs.orchestration.run.job_run import JobRun

log = logging.getLogger(__name__)

MAX_SENTENCES = 3
"""How many failures an error quotes; the log has a line for each."""


class _Round(NamedTuple):
    """The key of one mail in the ledger: clearing the run starts a new round for refused recipients."""

    kind: str
    key: str
    clear_number: int


@dataclass(frozen=True)
class _MailResults:
    """Each recipient's state, the recipients refused in this try, and the answers for mails that were not sent."""

    states: dict[str, str]
    refused: list[str]
    troubles: list[MailAnswer]

    def require_all_sent(self) -> None:
        """Raise ``TransientError``, or ``TerminalError`` if a retry cannot help, unless every mail has an answer."""
        if self.troubles:
            raise _not_all_sent(self.troubles)


class NotifyRecipients(ExportStep):
    """Mail each recipient separately; the delivery is complete whatever the mail server answers."""

    step = "notify_recipients"

    def run_step(self, run: JobRun, context: Context) -> None:
        """Raise ``TransientError`` while some mails are not sent, and ``TerminalError`` when they cannot be sent.

        ``TerminalError`` also when some of several destinations do not have the files; the mails say which.
        """
        several = bool(run.job.destinations)
        stage = stage_of(export_files(run, context)) if several else task_result(context, "publish_manifest")
        arrivals = Arrivals.of(run, stage)
        if arrivals.there:
            self._notify_recipients(run, context, stage, arrivals)
        arrivals.require_all()

    def _notify_recipients(self, run: JobRun, context: Context, stage: str, arrivals: Arrivals) -> None:
        recipients = _recipients(run)
        if not recipients:
            log.info("This job has no recipients")
            return
        mails = _Round("success", stage + arrivals.key, run.clear_number)
        run.ledger.claim(run.execution_id, WHOLE_RUN, self.step, run.attempt)
        results = _notify(run, mails, recipients, success_letter(run, export_files(run, context), stage, arrivals))
        if results.refused:
            run.record_event("partly notified", self.step, message=f"refused for good: {', '.join(results.refused)}")
        results.require_all_sent()
        if "sent" not in results.states.values():
            raise TerminalError(
                f"The mail server refuses every recipient of job {run.job.name!r}. The files are delivered",
                "Correct the addresses in the job, then clear this task: every recipient without a mail gets one",
            )


class NotifyOwner(ExportStep):
    """Mail the owner why a run has failed; this task runs only when an earlier task has failed."""

    step = "notify_owner"

    def run_step(self, run: JobRun, context: Context) -> None:
        """Record the failure of the execution, then mail it once for each time the run was cleared."""
        run.ledger.record_failed_run(
            run.execution_id, run.clear_number, step=self.step, attempt=run.attempt, try_number=run.try_number
        )
        _record_silent_steps(run, context)
        _remove_files_of_killed_steps(run, context)
        owner = (todays_definition(run) or run.job).owner
        results = _notify(run, _Round("failure", f"clear {run.clear_number}", 0), [owner], failure_letter(run))
        results.require_all_sent()


def _remove_files_of_killed_steps(run: JobRun, context: Context) -> None:
    """Remove staged files. An error here must not stop the mail; the auditor's sweep follows after a day."""
    try:
        if others_have_ended(context):
            remove_staged(run.staging)
    except Exception:
        log.exception("Staged files could not be removed")


def _recipients(run: JobRun) -> list[str]:
    """Return the recipients of the run's definition, with today's recipients instead of those that were refused.

    Whoever corrects an address and clears the run expects the mail at the new address.
    """
    bound = list(run.job.recipients)
    refused = run.ledger.refused_recipients(run.execution_id)
    today = todays_definition(run) if refused else None
    if today is None:
        return bound
    kept = [recipient for recipient in bound if recipient not in refused or recipient in today.recipients]
    return kept + [recipient for recipient in today.recipients if recipient not in bound]


def _record_silent_steps(run: JobRun, context: Context) -> None:
    """Record a failure for each failed task that recorded none: only this task can still do so."""
    recorded = {(event.step, event.template) for event in run.ledger.failures(run.execution_id)}
    started = run.ledger.started_steps(run.execution_id)
    for task_id in failed_tasks(context):
        group, _, step = task_id.rpartition(".")
        template = template_of_group(group)
        key = (step, template)
        if key in recorded or step == NotifyOwner.step:
            continue
        failure = killed(step) if key in started else not_started(step)
        run.record_event("failed", step, template, message=str(failure), detail=failure._asdict())


def _notify(run: JobRun, mails: _Round, recipients: Sequence[str], letter: Letter) -> _MailResults:
    """Mail everyone who has no mail yet, and record each answer at once."""
    states = run.ledger.notification_states(run.execution_id, *mails)
    waiting = [recipient for recipient in dict.fromkeys(recipients) if recipient not in states]
    # Start with another recipient at each try, so that one who makes the mail server fail does not block the others.
    first = (run.try_number - 1) % len(waiting) if waiting else 0
    troubles: list[MailAnswer] = []
    refused: list[str] = []
    with MailServer() as server:
        for recipient in waiting[first:] + waiting[:first]:
            answer = server.send(letter, recipient)
            if answer.outcome in (MailOutcome.LATER, MailOutcome.UNABLE):
                log.warning("%s has not been mailed yet: %s. %s", recipient, answer.what, answer.remedy)
                troubles.append(answer)
                continue
            _record(run, mails, recipient, answer)
            states[recipient] = answer.outcome.value
            if answer.outcome is MailOutcome.REFUSED:
                log.warning("%s is not mailed: %s. %s", recipient, answer.what, answer.remedy)
                refused.append(recipient)
    return _MailResults(states, refused, troubles)


def _record(run: JobRun, mails: _Round, recipient: str, answer: MailAnswer) -> None:
    run.ledger.record_notification(
        run.execution_id,
        mails.kind,
        mails.key,
        recipient=recipient,
        state=answer.outcome.value,
        reply=answer.reply,
        clear_number=mails.clear_number,
    )


def _not_all_sent(troubles: Sequence[MailAnswer]) -> ExportError:
    """Build one error for all of them; it is transient as long as a retry can help one of them."""
    may_pass = any(answer.outcome is MailOutcome.LATER for answer in troubles)
    whats = list(dict.fromkeys(answer.what for answer in troubles))
    remedies = dict.fromkeys(answer.remedy for answer in troubles[:MAX_SENTENCES])
    more = f". {len(whats) - MAX_SENTENCES} more are in the log" if len(whats) > MAX_SENTENCES else ""
    what = f"{len(troubles)} mails were not sent. {'. '.join(whats[:MAX_SENTENCES])}{more}"
    return (TransientError if may_pass else TerminalError)(what, ". ".join(remedies))
