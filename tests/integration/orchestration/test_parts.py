"""A template in parts: whole files with names of their own, in the manifest and the ledger, rerun and mailed."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException

from demo import connections
from demo.sftp_server import SftpServer
from export_jobs.core.definitions.job import Template
from export_jobs.errors import TransientError
from export_jobs.orchestration.compressing import Compress
from export_jobs.orchestration.extracting import Extract
from export_jobs.orchestration.notifying import NotifyRecipients
from export_jobs.orchestration.publishing import PublishManifest
from export_jobs.orchestration.tasks import Upload
from export_jobs.store.executions.pages import ExecutionPages
from export_jobs.store.executions.state import newest_files
from tests.integration.orchestration.conftest import Run
from tests.integration.orchestration.run import connection
from tests.integration.store.samples import Store
from tests.servers.smtp_script import Script

pytestmark = pytest.mark.integration
INSERT = "INSERT INTO parts.orders SELECT n, '2026-01-01 12:00Z', E'two\\nlines ' || n FROM generate_series({}, {}) n"


@pytest.fixture
def folder(sftp: SftpServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("AIRFLOW_CONN_PARTNER_SFTP", json.dumps(connections.sftp_by_password(sftp)))
    monkeypatch.setenv("EXPORT_JOBS_STAGING", f"file://{tmp_path}/staging")
    folder = sftp.root / "in"
    folder.mkdir(exist_ok=True)
    for file in folder.iterdir():
        file.unlink()
    return folder


@pytest.fixture
def orders(connected: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    (tmp_path / "sql" / "facts").mkdir(parents=True)
    (tmp_path / "sql" / "facts" / "orders.sql").write_text(
        "/*\ntitle: Orders\nconnection: shop\nevent_date: {column: at, type: timestamptz}\norder_by: [id]\n"
        "columns: {id: integer, note: text}\n*/\nSELECT * FROM parts.orders\n"
    )
    monkeypatch.setenv("EXPORT_JOBS_CATALOGUE", str(tmp_path / "sql"))
    monkeypatch.setenv("AIRFLOW_CONN_SHOP", connection(connected))
    connected.hand(
        "DROP SCHEMA IF EXISTS parts CASCADE",
        "CREATE SCHEMA parts",
        "CREATE TABLE parts.orders (id int, at timestamptz, note text)",
        INSERT.format(1, 10),
    )
    with connected.definitions.transaction("anna") as within:
        within.create_template(Template(name="orders", kind="standard", fact="orders", columns=("id", "note")))
    return connected


def job_in_parts(store: Store, **file: Any) -> Run:
    options = {"split": {"rows": 3}, **file}
    return Run(store, store.create("big", templates=[{"template": "orders"}], file=options))


def read(run: Run) -> None:
    run.results["extract"] = run.execute(Extract)
    run.results["orders.compress"] = run.execute(Compress, "orders")


def deliver(run: Run) -> None:
    read(run)
    run.execute(Upload, "orders")
    run.results["publish_manifest"] = run.execute(PublishManifest)


def name(part: int) -> str:
    return f"big__orders__2026-01-01__part-{part:04}.zip"


def manifest(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "big__2026-01-01.manifest.json").read_text())
    return found


def ids(archive: Path) -> list[int]:
    with zipfile.ZipFile(archive) as opened:
        [member] = opened.namelist()
        assert member == archive.name.replace(".zip", ".csv")
        rows = list(csv.reader(io.StringIO(opened.read(member).decode(), newline="")))
    assert rows[0] == ["id", "note"]
    assert all(row[1] == f"two\nlines {row[0]}" for row in rows[1:])
    return [int(row[0]) for row in rows[1:]]


def test_each_part_is_a_file_in_manifest_and_ledger(orders: Store, folder: Path) -> None:
    run = job_in_parts(orders)
    deliver(run)
    assert [ids(folder / name(part)) for part in (1, 2, 3, 4)] == [[1, 2, 3], [4, 5, 6], [7, 8, 9], [10]]
    listed = manifest(folder)
    assert [(file["path"], file["part"], file["rows"]) for file in listed["files"]] == [
        (name(part), part, rows) for part, rows in ((1, 3), (2, 3), (3, 3), (4, 1))
    ]
    for file in listed["files"]:
        assert hashlib.sha256((folder / file["path"]).read_bytes()).hexdigest() == file["sha256"]
    assert "superseded" not in listed
    [record] = orders.ledger.executions(run.job.job_id)
    assert [(entry.path, entry.part, entry.rows) for entry in newest_files(record)] == [
        (file["path"], file["part"], file["rows"]) for file in listed["files"]
    ]
    assert not orders.ledger.verify(f"job {run.job.job_id}").faults


def test_the_ledger_keeps_the_manifests_numbers_of_each_part(orders: Store, folder: Path) -> None:
    run = job_in_parts(orders, format="jsonl", compression="none")
    deliver(run)
    pages = ExecutionPages(orders.engine)
    [sent] = pages.delivered(run.job.job_id, "orders", 10)
    found = pages.figures(run.job.job_id, sent.id)
    assert found is not None and (sent.parts, sent.rows) == (4, 10)
    told = [file["column_numbers"][0] for file in manifest(folder)["files"]]
    assert [column["sum"] for column in told] == ["6", "15", "24", "10"]
    [number, _] = found.figures.numbers
    assert (number.name, number.sum, number.min, number.max, number.nulls) == ("id", "55", "1", "10", 0)


def test_a_rerun_with_fewer_parts_names_those_that_are_left(orders: Store, folder: Path) -> None:
    run = job_in_parts(orders)
    deliver(run)
    before = {file.name: file.read_bytes() for file in folder.glob("*.zip")}
    orders.hand("DELETE FROM parts.orders WHERE id > 5")
    deliver(run)
    assert [ids(folder / name(part)) for part in (1, 2)] == [[1, 2, 3], [4, 5]]
    listed = manifest(folder)
    assert [file["path"] for file in listed["files"]] == [name(1), name(2)]
    assert listed["superseded"] == [name(3), name(4)]
    assert listed["revision"] == 2
    assert (folder / name(1)).read_bytes() == before[name(1)]
    assert (folder / name(4)).read_bytes() == before[name(4)]
    [record] = orders.ledger.executions(run.job.job_id)
    assert [entry.path for entry in newest_files(record)] == [name(1), name(2)]
    assert [entry.path for entry in orders.ledger.latest_deliveries(record.id)] == [name(1), name(2)]
    # And another run of the window, with more rows again.
    orders.hand(INSERT.format(6, 9))
    again = Run(orders, run.job, run_id="manual", run_type="manual")
    deliver(again)
    assert manifest(folder)["superseded"] == [name(4)]


def test_a_rerun_of_the_same_rows_has_the_same_bytes(orders: Store, folder: Path) -> None:
    run = job_in_parts(orders, format="parquet")
    deliver(run)
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    deliver(Run(orders, run.job, run_id="manual", run_type="manual"))
    after = {file.name: file.read_bytes() for file in folder.iterdir()}
    assert {file: content for file, content in after.items() if "part-" in file} == {
        file: content for file, content in before.items() if "part-" in file
    }
    assert manifest(folder)["revision"] == 1


def test_a_try_that_died_between_two_parts_goes_on_with_the_rest(
    orders: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = job_in_parts(orders)
    read(run)
    sent: list[str] = []
    publish = Upload._publish

    def dies_at_the_third(self: Upload, run: Any, file: Any) -> None:
        if len(sent) == 2:
            raise TransientError("The connection was lost", "It is retried automatically")
        sent.append(file.path)
        publish(self, run, file)

    monkeypatch.setattr(Upload, "_publish", dies_at_the_third)
    with pytest.raises(TransientError):
        run.execute(Upload, "orders")
    assert sorted(file.name for file in folder.iterdir()) == [name(1), name(2)]
    times = {part: (folder / name(part)).stat().st_mtime_ns for part in (1, 2)}
    monkeypatch.setattr(Upload, "_publish", publish)
    run.execute(Upload, "orders")
    assert {part: (folder / name(part)).stat().st_mtime_ns for part in (1, 2)} == times
    run.execute(PublishManifest)
    assert [file["path"] for file in manifest(folder)["files"]] == [name(part) for part in (1, 2, 3, 4)]


def test_a_strangers_file_in_place_of_a_part_stays(orders: Store, folder: Path) -> None:
    (folder / name(2)).write_text("somebody else's")
    run = job_in_parts(orders)
    with pytest.raises(AirflowFailException, match=f"{name(2)} already exists"):
        deliver(run)
    assert (folder / name(2)).read_text() == "somebody else's"
    missing = ", ".join(name(part) for part in (2, 3, 4))
    with pytest.raises(AirflowFailException, match=f"has no delivery of {missing} for this run"):
        run.execute(PublishManifest)
    assert not (folder / "big__2026-01-01.manifest.json").exists()


def test_no_rows_are_one_part_or_none(orders: Store, folder: Path) -> None:
    orders.hand("DELETE FROM parts.orders")
    deliver(job_in_parts(orders))
    assert ids(folder / name(1)) == []
    other = Run(
        orders,
        orders.create("skips", templates=[{"template": "orders"}], file={"split": {"rows": 3}, "empty_result": "skip"}),
    )
    deliver(other)
    assert json.loads((folder / "skips__2026-01-01.manifest.json").read_text())["without_rows"] == ["orders"]


def test_a_mail_tells_of_parts_in_a_few_lines(orders: Store, folder: Path, mails: Script) -> None:
    run = job_in_parts(orders, split={"rows": 1})
    deliver(run)
    run.execute(NotifyRecipients)
    [(_, content)] = mails.contents
    mail = message_from_bytes(content, policy=policy.default)
    plain, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert plain and html
    text = plain.get_content().replace("\r\n", "\n")
    assert "orders: 10 rows in 10 parts" in text
    assert f"{name(1)}\n  to " in text and f"/{name(10)}\n" in text
    assert text.count("__part-") == 2
    assert "10 rows in 10 parts" in html.get_content()
    assert html.get_content().count("__part-") == 4  # the name, its link, and both addresses
