"""A job that sends no manifest: delivered, in the ledger and its chain, mailed, and told of by its done file."""

from __future__ import annotations

import hashlib
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException

from export_jobs.orchestration.notifying import NotifyRecipients
from export_jobs.orchestration.publishing import PublishManifest
from tests.integration.orchestration.conftest import Run
from tests.integration.orchestration.test_parts import INSERT, deliver, folder, orders, read
from tests.integration.store.samples import Store
from tests.servers.smtp_script import Script

__all__ = ["folder", "orders"]

pytestmark = pytest.mark.integration


def job_without(store: Store, name: str = "quiet", **file: Any) -> Run:
    options = {"manifest": "none", "done_file": "{job}_{window}.done", **file}
    return Run(store, store.create(name, templates=[{"template": "orders"}], file=options))


def test_the_window_is_delivered_and_the_ledger_holds_all_of_it(orders: Store, folder: Path) -> None:
    run = job_without(orders)
    deliver(run)
    file, done = folder / "quiet__orders__2026-01-01.zip", folder / "quiet_2026-01-01.done"
    assert {found.name for found in folder.iterdir()} == {file.name, done.name}
    assert done.read_text() == f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n"
    [record] = orders.ledger.executions(run.job.job_id)
    assert record.is_delivered and record.publication
    assert (record.publication.path, record.publication.url, record.publication.revision) == ("", "", 1)
    assert not orders.ledger.verify(f"job {run.job.job_id}").faults
    assert orders.hand("SELECT count(*) FROM export_jobs.placement WHERE path = ''") == [(0,)]


def test_another_try_says_the_same_and_a_rerun_renews_the_done_file(orders: Store, folder: Path) -> None:
    run = job_without(orders)
    deliver(run)
    before = (folder / "quiet_2026-01-01.done").read_text()
    stage = run.results["publish_manifest"]
    assert run.execute(PublishManifest) == stage
    orders.hand(INSERT.format(11, 11))
    deliver(Run(orders, run.job, run_id="manual", run_type="manual"))
    assert (folder / "quiet_2026-01-01.done").read_text() != before
    assert [len(record.publications) for record in orders.ledger.executions(run.job.job_id)] == [1, 1]


def test_an_orphan_of_older_rows_does_not_call_them_delivered(orders: Store, folder: Path) -> None:
    orphan = job_without(orders)
    read(orphan)
    later = Run(orders, orphan.job, run_id="manual", run_type="manual")
    orders.hand(INSERT.format(11, 11))
    deliver(later)
    with pytest.raises(AirflowFailException):
        orphan.execute(PublishManifest)
    assert [record.publication is None for record in orders.ledger.executions(orphan.job.job_id)] == [True, False]


def test_two_jobs_of_one_destination_are_not_in_each_others_way(orders: Store, folder: Path) -> None:
    for name in ("quiet", "silent"):
        deliver(job_without(orders, name))
    assert len(list(folder.iterdir())) == 4


def test_the_mail_speaks_of_no_manifest(orders: Store, folder: Path, mails: Script) -> None:
    run = job_without(orders)
    deliver(run)
    run.execute(NotifyRecipients)
    [(_, content)] = mails.contents
    mail = message_from_bytes(content, policy=policy.default)
    for kind in ("plain", "html"):
        body = mail.get_body((kind,))
        assert body and "Manifest" not in body.get_content()
        assert "quiet__orders__2026-01-01.zip" in body.get_content()
