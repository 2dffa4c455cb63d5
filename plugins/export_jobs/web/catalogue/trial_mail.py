"""Send a test file by mail to the caller, and to nobody else."""

from __future__ import annotations

from secrets import token_hex

from export_jobs.core.definitions.job import ExportJob
from export_jobs.orchestration.mail.message import Attachment, Letter, human_bytes
from export_jobs.orchestration.mail.rules import MailOutcome
from export_jobs.orchestration.mail.server import MailServer
from export_jobs.web.catalogue.trial_file import TrialFile
from export_jobs.web.http.access import Caller
from export_jobs.web.http.error_responses import RequestRefusal
from export_jobs.web.http.rate_limit import RateLimit
from export_jobs.web.models.preview import TestFileNote

MAX_MAIL_BYTES = 5 << 20
"""Mail servers commonly accept 10 MB, and encoding in a mail makes a file a third larger."""
_MAILS = RateLimit("test files by mail", limit=5, seconds=60)
_DOWNLOAD = "Download the test file"


def refuse_mail(job: ExportJob, user: Caller) -> None:
    """Raise ``RequestRefusal`` if ``user`` may not get a test file of ``job`` by mail. Counts the mail."""
    if not user.mail:
        what = "Airflow does not know your mail address"
        raise RequestRefusal.because(422, what, f"{_DOWNLOAD}, or ask an administrator of Airflow to enter one")
    if job.file.encryption:
        what = f"the files of {job.name} are encrypted, and a test file by mail would not be"
        raise RequestRefusal.because(422, what, _DOWNLOAD)
    wait = _MAILS.wait(user.name)
    if wait:
        what = f"you have asked for {_MAILS.limit} test files by mail within a minute"
        raise RequestRefusal.because(429, what, f"Try again in {wait} s")


def mail_trial_file(job: ExportJob, file: TrialFile, note: TestFileNote, user: Caller) -> None:
    """Send ``file`` to the caller's own address, marked TEST. Raises ``RequestRefusal`` if that fails."""
    if len(file.content) > MAX_MAIL_BYTES:
        limit = human_bytes(MAX_MAIL_BYTES)
        what = f"the test file has {human_bytes(len(file.content))}, but at most {limit} can be sent by mail"
        raise RequestRefusal.because(422, what, f"Ask for fewer rows. Or: {_DOWNLOAD.lower()}")
    values = {
        "job": job.name,
        "destination": ", ".join(job.destination_tags),
        "name": file.name,
        "bytes": len(file.content),
        **note.model_dump(),
    }
    subject = f"TEST: {file.name}, no delivery"
    letter = Letter("test", subject, values, (token_hex(16),), job=job.name, attachment=_attachment(file))
    with MailServer() as server:
        answer = server.send(letter, user.mail)
    if answer.outcome is MailOutcome.LATER:
        raise RequestRefusal.because(503, answer.what, f"Try again in a minute. Or: {_DOWNLOAD.lower()}")
    if answer.outcome is not MailOutcome.SENT:
        raise RequestRefusal.because(422, answer.what, answer.remedy)


def _attachment(file: TrialFile) -> Attachment:
    return Attachment(file.name, file.content)
