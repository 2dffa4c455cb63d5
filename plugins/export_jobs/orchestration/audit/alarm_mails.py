"""Mail each recipient the findings that are new to them; one failed mail does not stop the others."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import Engine

from export_jobs import settings
from export_jobs.core.windows.discrepancy import Finding, is_overdue, job_of
from export_jobs.orchestration.airflow.address import airflow_address
from export_jobs.orchestration.mail.message import Letter
from export_jobs.orchestration.mail.rules import MailOutcome
from export_jobs.orchestration.mail.server import MailServer
from export_jobs.store.findings.alarms import Alarms

log = logging.getLogger(__name__)

MAX_FINDINGS = 100
"""Findings in one mail; the auditor's log has all of them."""


def record_findings(engine: Engine, findings: Sequence[Finding]) -> None:
    """Store the findings for the page; warnings only go to mails and the log."""
    Alarms(engine).record([finding for finding in findings if not finding.is_warning])


def send_alarms(
    engine: Engine,
    findings: Sequence[Finding],
    owners: Mapping[str, str],
    *,
    unseen: Collection[str] = (),
    is_blind: bool = False,
) -> list[str]:
    """Mail new findings to each job's owner and to the operators; return a sentence for each mail that was not sent.

    ``unseen``: jobs that could not be audited this time; their alarms stay open. ``is_blind``: some check failed for
    all jobs, so all alarms stay open, and who was already notified about a job gets no mail about an unknown cause.
    """
    alarms = Alarms(engine)
    notified = alarms.notified()
    alarmed = {(job_of(key), recipient) for key, recipient in notified} if is_blind else set()
    news: dict[str, list[Finding]] = {}
    for finding in findings:
        for recipient in {owners.get(finding.job, ""), *settings.operators_mail()} - {""}:
            is_known = is_overdue(finding.key) and (finding.job, recipient) in alarmed
            if (finding.key, recipient) not in notified and not is_known:
                news.setdefault(recipient, []).append(finding)
    troubles = []
    with MailServer() as server:
        for recipient, new in sorted(news.items()):
            answer = server.send(_letter(new), recipient)
            if answer.outcome is not MailOutcome.SENT:
                log.warning("%s is not mailed: %s. %s", recipient, answer.what, answer.remedy)
                troubles.append(f"{len(new)} alarms could not be mailed to {recipient}: {answer.what}")
            if answer.outcome in (MailOutcome.SENT, MailOutcome.REFUSED):
                alarms.mark_notified(new, recipient)
    kept = {key for key in alarms.open_keys() if is_blind or job_of(key) in unseen}
    alarms.keep_only({finding.key for finding in findings} | kept)
    return troubles


def _letter(new: Sequence[Finding]) -> Letter:
    jobs = sorted({finding.job for finding in new})
    about = jobs[0] if len(jobs) == 1 else f"{len(jobs)} jobs"
    shown = [finding.message for finding in new[:MAX_FINDINGS]]
    if len(new) > MAX_FINDINGS:
        shown.append(f"And {len(new) - MAX_FINDINGS} more; see the log of the auditor for all of them.")
    return Letter(
        "alarm",
        f"Export jobs: alarm for {about}",
        {"findings": shown, "link": airflow_address()},
        # With the day, so that an alarm that comes back later is a new mail.
        identity=(*(f"{finding.key}\n{finding.message}" for finding in new), f"{datetime.now(UTC):%Y-%m-%d}"),
        job=jobs[0] if len(jobs) == 1 else "",
    )
