"""One job, two destinations: the same bytes at each; one that fails holds up none; a rerun sends what is missing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes, policy
from pathlib import Path
from shutil import rmtree
from threading import Barrier
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException

from demo import connections
from demo.sftp_server import SftpServer
from export_jobs.core.definitions.job import DestinationSpec, Template
from export_jobs.core.windows.coverage import CoverageState
from export_jobs.orchestration.compressing import Compress
from export_jobs.orchestration.extracting import Extract
from export_jobs.orchestration.notifying import NotifyOwner, NotifyRecipients
from export_jobs.orchestration.publishing import PublishManifest
from export_jobs.orchestration.tasks import Upload, ValidateDestination
from export_jobs.store.executions.records import ArrivalRecord, ExecutionRecord
from export_jobs.store.executions.state import ExecutionState, run_outcome, state_of
from export_jobs.store.overview import JobOverview
from tests.integration.orchestration.conftest import Run
from tests.integration.orchestration.run import connection
from tests.integration.store.samples import Store
from tests.servers.smtp_script import Script

pytestmark = pytest.mark.integration
TAGS = ("partner", "archive")
FILE, MANIFEST = "both__orders__2026-01-01.zip", "both__2026-01-01.manifest.json"
Folders = Mapping[str, Path]


@pytest.fixture
def folders(sftp: SftpServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Folders]:
    monkeypatch.setenv("EXPORT_JOBS_STAGING", f"file://{tmp_path}/staging")
    found = {"partner": sftp.root / "in", "archive": sftp.root / "kept"}
    for tag, folder in found.items():
        monkeypatch.setenv(f"AIRFLOW_CONN_{tag.upper()}_SFTP", json.dumps(connections.sftp_by_password(sftp)))
        rmtree(folder, ignore_errors=True)
        folder.mkdir()
    yield found
    for folder in found.values():
        rmtree(folder)


@pytest.fixture
def run(connected: Store, folders: Folders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    facts = tmp_path / "sql" / "facts"
    facts.mkdir(parents=True)
    (facts / "orders.sql").write_text(
        "/*\ntitle: Orders\nconnection: shop\nevent_date: {column: at, type: timestamptz}\norder_by: [id]\n"
        "columns: {id: integer}\n*/\nSELECT * FROM several.orders\n"
    )
    monkeypatch.setenv("EXPORT_JOBS_CATALOGUE", str(tmp_path / "sql"))
    monkeypatch.setenv("AIRFLOW_CONN_SHOP", connection(connected))
    connected.hand(
        "DROP SCHEMA IF EXISTS several CASCADE",
        "CREATE SCHEMA several",
        "CREATE TABLE several.orders AS SELECT n AS id, timestamptz '2026-01-01 12:00Z' AS at"
        " FROM generate_series(1, 10) n",
    )
    with connected.definitions.transaction("anna") as within:
        within.create_template(Template(name="orders", kind="standard", fact="orders"))
        within.save_destination(DestinationSpec(tag="archive", kind="sftp", connection="archive_sftp", folder="/kept"))
    return Run(connected, create(connected))


def create(store: Store, **file: Any) -> Any:
    several = {"destination": None, "destinations": list(TAGS)}
    return store.create("both", templates=[{"template": "orders"}], file=file, **several)


def read(run: Run) -> None:
    run.results["extract"] = run.execute(Extract)
    run.results["orders.compress"] = run.execute(Compress, "orders")


def deliver(run: Run, tag: str) -> None:
    run.results[f"validate_destination__{tag}"] = run.execute(ValidateDestination, tag=tag)
    run.execute(Upload, "orders", tag)
    run.results[f"publish_manifest__{tag}"] = run.execute(PublishManifest, tag=tag)


def record(run: Run) -> ExecutionRecord:
    [found] = run.store.ledger.executions(run.job.job_id)
    return found


def content(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def letter(mails: Script) -> tuple[str, str]:
    mail = message_from_bytes(mails.contents[-1][1], policy=policy.default)
    body = mail.get_body(("plain",))
    assert body
    return mail["Subject"], body.get_content().replace("\r\n", "\n")


def rerun(run: Run) -> None:
    """Somebody clears the run; meanwhile the data have got another row."""
    run.store.hand("INSERT INTO several.orders VALUES (11, '2026-01-01 12:00Z')")
    run.clear_number += 1
    read(run)


@pytest.fixture
def archive_down(run: Run, monkeypatch: pytest.MonkeyPatch, sftp: SftpServer) -> Any:
    """The partner has its files, and the archive refuses the login; gives what mends that."""
    wrong = connections.sftp_by_password(sftp) | {"password": "no longer"}
    monkeypatch.setenv("AIRFLOW_CONN_ARCHIVE_SFTP", json.dumps(wrong))
    read(run)
    with pytest.raises(AirflowFailException, match="password"):
        run.execute(ValidateDestination, tag="archive")
    deliver(run, "partner")
    mended = json.dumps(connections.sftp_by_password(sftp))
    return lambda: monkeypatch.setenv("AIRFLOW_CONN_ARCHIVE_SFTP", mended)


def test_each_gets_the_same_bytes_and_a_delivery_of_its_own(
    run: Run, folders: Folders, mails: Script, tmp_path: Path
) -> None:
    read(run)
    deliver(run, "partner")
    assert not record(run).is_delivered, "the archive waits"
    assert list((tmp_path / "staging").rglob("*.ready")), "the archive needs it"
    deliver(run, "archive")
    assert not list((tmp_path / "staging").rglob("*.ready"))
    run.execute(NotifyRecipients)
    assert content(folders["partner"])[FILE] == content(folders["archive"])[FILE]
    assert all(set(content(folder)) == {FILE, MANIFEST} for folder in folders.values())
    found = record(run)
    assert [(one.destination, one.path, one.rows) for one in found.deliveries] == [(tag, FILE, 10) for tag in TAGS]
    assert (len(found.publications), state_of(found)) == (1, ExecutionState.DELIVERED)
    assert run_outcome(found, ["orders"]).rows == 10, "the same rows are not counted twice"
    size = JobOverview(run.store.engine).sizes([found.id])[found.id]
    assert (size.rows, size.files, size.bytes) == (10, 1, found.deliveries[0].bytes)
    assert not run.store.ledger.verify(f"job {run.job.job_id}").faults
    subject, text = letter(mails)
    assert subject.endswith("delivered") and "delivered to partner and archive" in text and "Not yet" not in text
    assert text.count(f"/{FILE}\n") == 2 and "orders at archive: 10 rows" in text


def test_one_that_fails_holds_up_none_and_the_mail_says_so(run: Run, archive_down: Any, mails: Script) -> None:
    with pytest.raises(AirflowFailException, match="not at archive; partner has them"):
        run.execute(NotifyRecipients)
    subject, text = letter(mails)
    assert subject.endswith("delivered to partner, not yet to archive")
    assert "delivered to partner.\n" in text and "Not yet delivered to archive" in text
    run.execute(NotifyOwner)
    found = record(run)
    assert (found.is_delivered, state_of(found)) == (False, ExecutionState.FAILED)
    assert found.outcome("orders").state is CoverageState.FAILED, "delivered is a window that all have"
    assert not run.store.ledger.is_delivered(run.job.job_id, found.window_start, found.window_end)
    assert "Checking the destination at archive: " in letter(mails)[1]


@pytest.mark.parametrize("order", [TAGS, TAGS[::-1]])
def test_a_rerun_sends_only_what_is_missing(
    run: Run, archive_down: Any, folders: Folders, mails: Script, order: tuple[str, ...]
) -> None:
    """Also when the one that was missing is done before the other one is looked at."""
    with pytest.raises(AirflowFailException):
        run.execute(NotifyRecipients)
    before = {file: file.stat().st_mtime_ns for file in folders["partner"].iterdir()}
    archive_down()
    rerun(run)
    for tag in order:
        deliver(run, tag)
    run.execute(NotifyRecipients)
    assert {file: file.stat().st_mtime_ns for file in folders["partner"].iterdir()} == before
    found = record(run)
    assert [(one.destination, one.rows) for one in found.deliveries] == [("partner", 10), ("archive", 11)]
    assert (len(found.publications), state_of(found)) == (1, ExecutionState.DELIVERED)
    assert (len(mails.contents), letter(mails)[0].endswith("delivered")) == (2, True)
    run.execute(NotifyRecipients)
    assert len(mails.contents) == 2, "nobody is told twice"


def test_a_window_that_all_have_is_sent_to_all_again(run: Run, folders: Folders) -> None:
    read(run)
    for tag in TAGS:
        deliver(run, tag)
    rerun(run)
    deliver(run, "archive")
    assert len(record(run).publications) == 1, "the partner has yet to get the new files"
    deliver(run, "partner")
    assert content(folders["partner"])[FILE] == content(folders["archive"])[FILE]
    assert len(record(run).publications) == 2
    manifests = [json.loads((folder / MANIFEST).read_text()) for folder in folders.values()]
    assert [manifest["revision"] for manifest in manifests] == [2, 2]


def test_a_strangers_file_at_one_destination_stays_and_is_that_ones_trouble(run: Run, folders: Folders) -> None:
    (folders["archive"] / FILE).write_text("somebody else's")
    read(run)
    deliver(run, "partner")
    with pytest.raises(AirflowFailException, match="already exists"):
        deliver(run, "archive")
    assert (folders["archive"] / FILE).read_text() == "somebody else's"
    assert MANIFEST in content(folders["partner"]) and MANIFEST not in content(folders["archive"])


def test_a_destination_that_was_moved_after_the_upload_gets_no_manifest_but_all_files_anew(
    run: Run, folders: Folders
) -> None:
    """Somebody corrects the folder and clears what has failed: the manifest would name files that are elsewhere."""
    read(run)
    run.results["validate_destination__partner"] = run.execute(ValidateDestination, tag="partner")
    run.execute(Upload, "orders", "partner")
    moved = DestinationSpec(tag="partner", kind="sftp", connection="partner_sftp", folder="/kept")
    run.store.definitions.save_destination(moved, "anna")
    with pytest.raises(
        AirflowFailException, match=r"has another address now than when .*/in/both.*Clear this run from"
    ):
        run.execute(PublishManifest, tag="partner")
    assert list(content(folders["archive"])) == []
    rerun(run)
    deliver(run, "partner")
    assert sorted(content(folders["archive"])) == sorted([FILE, MANIFEST])


def test_no_rows_and_a_done_file_at_each(connected: Store, run: Run, folders: Folders) -> None:
    connected.definitions.delete("both", "anna")
    connected.hand("DELETE FROM several.orders")
    other = Run(connected, create(connected, done_file="DONE-{window_start:%Y%m%d}.ok", empty_result="skip"))
    for _ in range(2):
        read(other)
        for tag in TAGS:
            deliver(other, tag)
        other.clear_number += 1
    assert [set(content(folder)) for folder in folders.values()] == [{MANIFEST, "DONE-20260101.ok"}] * 2
    found = record(other)
    assert (len(found.publications), state_of(found)) == (2, ExecutionState.EMPTY)


def test_two_that_arrive_at_once_make_one_publication(run: Run) -> None:
    execution = run.store.run(run.job)
    ledger, both_are_in = run.store.ledger, Barrier(2)

    def arrive(tag: str) -> None:
        step, [other] = f"publish_manifest__{tag}", [one for one in TAGS if one != tag]
        ledger.claim(execution.id, "", step, tag)
        manifest = ArrivalRecord(execution.id, "stage", MANIFEST, f"sftp://{tag}", 1, "aa", tag, (other,))
        with ledger.fence_publication(manifest, step, tag):
            both_are_in.wait(30)

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(arrive, TAGS))
    assert len(record(run).publications) == 1
