"""A job that encrypts: proven before any SQL, encrypted in the same pass, opened by gpg as its receiver would."""

from __future__ import annotations

import hashlib
import io
import json
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException

from demo import connections
from demo.sftp_server import SftpServer
from export_jobs.core.definitions.job import Template
from export_jobs.core.definitions.key import KeySpec, ReceiverKey
from export_jobs.orchestration.airflow.api import AirflowApi
from export_jobs.orchestration.compressing import Compress
from export_jobs.orchestration.doctor.encryption import files_can_be_encrypted
from export_jobs.orchestration.doctor.result import Surroundings
from export_jobs.orchestration.extracting import Extract
from export_jobs.orchestration.tasks import Upload, ValidateDestination
from export_jobs.streaming.openpgp.gpg import find_gpg
from export_jobs.streaming.openpgp.read_key import read_public_key
from tests.integration.orchestration.conftest import Run
from tests.integration.orchestration.run import connection
from tests.integration.orchestration.test_extracting import FACT
from tests.integration.store.samples import Store
from tests.servers.gpg_keyring import LONG_AGO, GpgKeyring, gpg_keyring

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(find_gpg() is None, reason="gpg is not here: apt-get install gnupg"),
]
PASSPHRASE = "of the team"
NAME = "shop__visits__2026-01-01.zip"


@pytest.fixture(scope="module")
def keyring() -> Iterator[GpgKeyring]:
    with gpg_keyring() as ring:
        ring.make("Acme", lasts="10d", subkey_lasts="10d")
        ring.make("Auditor")
        ring.make("Old", subkey_lasts="1y", since=LONG_AGO)
        ring.make("Team", subkey_lasts=None, passphrase=PASSPHRASE)
        yield ring


@pytest.fixture
def folder(sftp: SftpServer) -> Path:
    folder = sftp.root / "in"
    folder.mkdir(exist_ok=True)
    for file in folder.iterdir():
        file.unlink()
    return folder


@pytest.fixture
def shop(
    connected: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, keyring: GpgKeyring, sftp: SftpServer
) -> Store:
    """A table to export, a destination, the keys of three receivers, and the team's own in a connection."""
    for kind in ("facts", "kpis", "dimensions"):
        (tmp_path / "sql" / kind).mkdir(parents=True)
    (tmp_path / "sql" / "facts" / "visits.sql").write_text(FACT)
    monkeypatch.setenv("EXPORT_JOBS_CATALOGUE", str(tmp_path / "sql"))
    monkeypatch.setenv("EXPORT_JOBS_STAGING", str(tmp_path / "staging"))
    monkeypatch.setenv("AIRFLOW_CONN_SHOP", connection(connected))
    monkeypatch.setenv("AIRFLOW_CONN_PARTNER_SFTP", json.dumps(connections.sftp_by_password(sftp)))
    private = {"private_key": keyring.private("Team", PASSPHRASE)}
    team = {"conn_type": "generic", "password": PASSPHRASE, "extra": private}
    monkeypatch.setenv("AIRFLOW_CONN_TEAM_KEY", json.dumps(team))
    connected.hand(
        "DROP SCHEMA IF EXISTS shop CASCADE",
        "CREATE SCHEMA shop",
        "CREATE TABLE shop.visits (visit_id int, happened_at timestamptz)",
        "INSERT INTO shop.visits SELECT n, timestamptz '2026-01-01 01:00Z' FROM generate_series(1, 5000) n",
    )
    with connected.definitions.transaction("anna") as within:
        within.create_template(Template(name="visits", kind="standard", fact="visits"))
        for name in ("Acme", "Auditor", "Old"):
            text = keyring.public(name)
            within.save_key(ReceiverKey.of(KeySpec(tag=name.lower(), public_key=text), read_public_key(text)))
    return connected


def run_of(shop: Store, keys: list[str], **more: Any) -> Run:
    encryption = {"keys": keys, **more.pop("encryption", {})}
    return Run(shop, shop.create("shop", templates=[{"template": "visits"}], file={"encryption": encryption, **more}))


def deliver(run: Run) -> dict[str, Any]:
    run.execute(ValidateDestination)
    run.results["extract"] = run.execute(Extract)
    run.results["visits.compress"] = run.execute(Compress, "visits")
    made: dict[str, Any] = run.results["visits.compress"]
    return made


def test_what_is_delivered_is_what_gpg_opens(shop: Store, keyring: GpgKeyring, folder: Path, tmp_path: Path) -> None:
    run = run_of(shop, ["acme", "auditor"], encryption={"sign": "team_key"})
    made = deliver(run)
    (ready,) = (tmp_path / "staging").rglob("*.ready")
    assert stat.S_IMODE(ready.stat().st_mode) == 0o600
    run.execute(Upload, "visits")
    assert [file.name for file in folder.iterdir()] == [f"{NAME}.pgp"]
    written = (folder / f"{NAME}.pgp").read_bytes()
    assert (made["bytes"], made["sha256"]) == (len(written), hashlib.sha256(written).hexdigest())
    with zipfile.ZipFile(io.BytesIO(keyring.decrypt(written))) as archive:
        rows = archive.read(made["content"]["name"])
    assert (made["content"]["bytes"], made["content"]["sha256"]) == (len(rows), hashlib.sha256(rows).hexdigest())
    assert len(rows.splitlines()) == 5001
    status = keyring.status(written)
    assert status.count("[GNUPG:] ENC_TO ") == 2
    assert f"[GNUPG:] VALIDSIG {keyring.fingerprint('Team')}" in status


def test_armoured_and_not_compressed(shop: Store, keyring: GpgKeyring, folder: Path) -> None:
    run = run_of(shop, ["auditor"], encryption={"armour": True}, compression="none")
    deliver(run)
    run.execute(Upload, "visits")
    written = (folder / "shop__visits__2026-01-01.csv.asc").read_bytes()
    assert written.startswith(b"-----BEGIN PGP MESSAGE-----")
    assert keyring.decrypt(written).startswith(b"visit_id\r\n")


def test_the_same_rows_make_other_bytes_and_a_new_revision(shop: Store, folder: Path) -> None:
    run = run_of(shop, ["auditor"])
    first = deliver(run)
    run.execute(Upload, "visits")
    second = deliver(run)
    run.execute(Upload, "visits")
    assert first["content"] == second["content"]
    assert first["sha256"] != second["sha256"]
    (record,) = shop.ledger.executions(run.job.job_id)
    assert [entry.revision for entry in record.deliveries] == [1, 2]


def test_a_key_that_expired_is_refused_before_any_row_is_read(shop: Store, folder: Path) -> None:
    run = run_of(shop, ["auditor", "old"])
    with pytest.raises(AirflowFailException, match=r"'old' \(Old <old@example.org>\): it has a subkey .* expired"):
        run.execute(ValidateDestination)
    assert list(folder.iterdir()) == []


def test_a_key_that_expires_soon_is_told(shop: Store, folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    run = run_of(shop, ["acme"])
    run.execute(ValidateDestination)
    assert "The key 'acme' of Acme <acme@example.org> expires on" in caplog.text


def test_a_key_to_sign_with_that_expires_soon_is_told(
    shop: Store, folder: Path, keyring: GpgKeyring, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    keyring.make("Hasty", lasts="20d", subkey_lasts=None)
    team = {"conn_type": "generic", "extra": {"private_key": keyring.private("Hasty")}}
    monkeypatch.setenv("AIRFLOW_CONN_TEAM_KEY", json.dumps(team))
    run_of(shop, ["auditor"], encryption={"sign": "team_key"}).execute(ValidateDestination)
    assert "The private key to sign with, of Hasty <hasty@example.org>, expires on" in caplog.text
    assert said_by_the_doctor().startswith("its private key to sign with, of Hasty <hasty@example.org>, expires on")
    keyring.make("Late", lasts="1y", subkey_lasts=None, since=LONG_AGO)
    monkeypatch.setenv("AIRFLOW_CONN_TEAM_KEY", json.dumps({**team, "extra": {"private_key": keyring.private("Late")}}))
    assert said_by_the_doctor().startswith("The private key to sign with expired on")


def _no_api() -> AirflowApi:
    raise AssertionError("no check of keys asks Airflow")


def said_by_the_doctor() -> str:
    found = {result.subject: result for result in files_can_be_encrypted(Surroundings(api=_no_api))}
    return found["connection team_key"].what


def test_a_renewed_key_is_used_by_the_job_as_it_is(shop: Store, keyring: GpgKeyring, folder: Path) -> None:
    """The partner moves the expiry of the same key; no job is edited."""
    run = run_of(shop, ["old"])
    keyring.gpg("--quick-set-expire", keyring.fingerprint("Old"), "1y", keyring.subkey("Old"))
    text = keyring.public("Old")
    shop.definitions.save_key(ReceiverKey.of(KeySpec(tag="old", public_key=text), read_public_key(text)))
    deliver(run)
    run.execute(Upload, "visits")
    assert zipfile.is_zipfile(io.BytesIO(keyring.decrypt((folder / f"{NAME}.pgp").read_bytes())))


def test_the_text_of_a_key_that_somebody_exchanged_is_refused(shop: Store, keyring: GpgKeyring, folder: Path) -> None:
    run = run_of(shop, ["acme"])
    with shop.session() as session:
        session.execute("UPDATE export_jobs.key SET public_key = %s WHERE tag = 'acme'", [keyring.public("Auditor")])
        session.commit()
    with pytest.raises(AirflowFailException, match="not the confirmed key"):
        run.execute(ValidateDestination)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"conn_type": "sftp"}, "is of type 'sftp'"),
        ({"extra": {}}, "has no private key"),
        ({"password": "wrong"}, "passphrase is missing or wrong"),
    ],
)
def test_a_signature_that_cannot_be_made_is_refused_before_any_row_is_read(
    shop: Store, monkeypatch: pytest.MonkeyPatch, keyring: GpgKeyring, changes: dict[str, Any], sentence: str
) -> None:
    private = {"private_key": keyring.private("Team", PASSPHRASE)}
    team = {"conn_type": "generic", "password": PASSPHRASE, "extra": private, **changes}
    monkeypatch.setenv("AIRFLOW_CONN_TEAM_KEY", json.dumps(team))
    with pytest.raises(AirflowFailException, match=sentence) as raised:
        run_of(shop, ["auditor"], encryption={"sign": "team_key"}).execute(ValidateDestination)
    assert private["private_key"].splitlines()[3] not in str(raised.value)


def test_without_gpg_nothing_is_sent_and_the_sentence_says_what_to_install(
    shop: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = run_of(shop, ["auditor"])
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(
        AirflowFailException, match=r"The program gpg, .* is not installed on this machine.* apt-get install gnupg"
    ):
        run.execute(ValidateDestination)
    assert list(folder.iterdir()) == []


def test_a_failed_encryption_leaves_no_file_staged(
    shop: Store, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = run_of(shop, ["auditor"])
    run.results["extract"] = run.execute(Extract)
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(AirflowFailException):
        run.execute(Compress, "visits")
    assert not [path for path in (tmp_path / "staging").rglob("*") if ".ready" in path.name]


def test_what_was_read_tells_nobody_a_secret(shop: Store, folder: Path, keyring: GpgKeyring) -> None:
    """Neither the private key nor its passphrase is in what the store keeps of a run."""
    run = run_of(shop, ["auditor"], encryption={"sign": "team_key"})
    deliver(run)
    run.execute(Upload, "visits")
    kept = str(shop.ledger.executions(run.job.job_id)) + str(run.results)
    assert PASSPHRASE not in kept
    assert keyring.private("Team", PASSPHRASE).splitlines()[4] not in kept
