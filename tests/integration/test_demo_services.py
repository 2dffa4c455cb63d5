"""Each server of the demo starts, answers as its protocol says, stops, and leaves no process behind."""

from __future__ import annotations

import asyncio
import os
import signal
import smtplib
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import asyncssh
import psycopg
import pytest

from demo.postgres import Postgres
from demo.processes import REPOSITORY, ServerProcess, StartError, free_port
from demo.s3_server import S3Server
from demo.sftp_server import SftpServer
from demo.smtp_server import SmtpServer
from demo.stack import FolderLock
from demo.warehouse import check, load

pytestmark = pytest.mark.integration


def gone(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    return True


def soon(condition: Callable[[], bool], seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


FAMILY = """
import os, subprocess, sys, time
child = subprocess.Popen(["sleep", "300"], start_new_session=True)
open(sys.argv[1], "w").write(str(child.pid))
time.sleep(300)
"""


def test_a_stop_reaches_descendants_in_sessions_of_their_own(tmp_path: Path) -> None:
    note = tmp_path / "child"
    process = ServerProcess("A family", [sys.executable, "-c", FAMILY, note], log=tmp_path / "family.log")
    process.wait_until(lambda: note.exists() and bool(note.read_text()))
    pids = [process.pid, int(note.read_text())]
    process.stop()
    assert all(gone(pid) for pid in pids)


def test_nothing_survives_a_starter_that_is_killed(tmp_path: Path) -> None:
    note = tmp_path / "child"
    code = (
        "import sys, time; from pathlib import Path; from demo.processes import ServerProcess;"
        f"p = ServerProcess('x', [sys.executable, '-c', {FAMILY!r}, {str(note)!r}], log=Path({str(tmp_path / 'l')!r}));"
        "time.sleep(300)"
    )
    starter = subprocess.Popen([sys.executable, "-c", code], cwd=REPOSITORY)
    assert soon(lambda: note.exists() and bool(note.read_text()))
    pids = [int((tmp_path / "l.pid").read_text()), int(note.read_text())]
    os.kill(starter.pid, signal.SIGKILL)
    starter.wait()
    assert soon(lambda: all(gone(pid) for pid in pids))


def test_a_server_that_ends_while_starting_shows_its_log(tmp_path: Path) -> None:
    process = ServerProcess("Such a server", ["sh", "-c", "echo no such disk; exit 3"], log=tmp_path / "log")
    with pytest.raises(StartError, match=r"Such a server ended while it was starting(.|\n)*no such disk"):
        process.wait_until(lambda: False)


def test_a_taken_port_is_left_alone(smtp: SmtpServer) -> None:
    assert free_port(smtp.port) != smtp.port


def test_postgres_asks_for_passwords(postgres: Postgres) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(**postgres.dsn("warehouse", "warehouse_reader") | {"password": "wrong"})
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(**postgres.dsn("export_jobs", "warehouse_reader"))
    assert (postgres.folder / "passwords.json").stat().st_mode & 0o077 == 0


def test_the_warehouse_reader_only_reads(postgres: Postgres) -> None:
    with (
        psycopg.connect(**postgres.dsn("warehouse", "warehouse_reader")) as connection,
        pytest.raises(psycopg.errors.ReadOnlySqlTransaction),
    ):
        connection.execute("CREATE TABLE public.mine (n int)")


def test_postgres_keeps_committed_rows_when_it_is_killed(
    postgres: Postgres, fresh_database: Callable[..., dict[str, object]]
) -> None:
    dsn = fresh_database()
    with psycopg.connect(**dsn) as connection:  # type: ignore[arg-type]
        connection.execute("CREATE TABLE kept AS SELECT 1 AS n")
    before = postgres.pid
    postgres.restart("immediate")
    with psycopg.connect(**dsn) as connection:  # type: ignore[arg-type]
        assert connection.execute("SELECT n FROM kept").fetchall() == [(1,)]
    assert postgres.pid != before
    assert gone(before)


async def listing(sftp: SftpServer, **login: object) -> list[str]:
    known = asyncssh.import_known_hosts(f"[127.0.0.1]:{sftp.port} {sftp.host_key}\n")
    async with (
        asyncssh.connect(
            "127.0.0.1", sftp.port, username=sftp.user, known_hosts=known, config=None, **login
        ) as session,
        session.start_sftp_client() as client,
    ):
        return sorted(str(name) for name in await client.listdir("/.."))


def test_sftp_logs_in_by_password_and_by_key_into_its_folder(sftp: SftpServer) -> None:
    key = asyncssh.import_private_key(sftp.private_key, sftp.passphrase)
    by_password = asyncio.run(listing(sftp, password=sftp.password, client_keys=None))
    by_key = asyncio.run(listing(sftp, client_keys=[key]))
    assert by_password == by_key == sorted([".", "..", *(path.name for path in sftp.root.iterdir())])
    assert "exports" in by_key
    with pytest.raises(asyncssh.PermissionDenied):
        asyncio.run(listing(sftp, password="wrong", client_keys=None))
    with pytest.raises(asyncssh.KeyEncryptionError):
        asyncssh.import_private_key(sftp.private_key, "wrong")


def test_s3_continues_after_a_stop(tmp_path: Path) -> None:
    with S3Server(tmp_path / "state", tmp_path / "s3", usual_port=None) as first:
        first.client().put_object(Bucket="exports", Key="a/b.zip", Body=b"12", Metadata={"sha256": "x"})
        first.client().put_object(Bucket="exports", Key="../outside", Body=b"3")
        assert first._process is not None
        pid = first._process.pid
    assert gone(pid)
    assert (tmp_path / "s3" / "a" / "b.zip").read_bytes() == b"12"
    assert not (tmp_path / "outside").exists()
    with S3Server(tmp_path / "state", tmp_path / "s3", usual_port=None) as second:
        answer = second.client().get_object(Bucket="exports", Key="a/b.zip")
        assert (answer["Body"].read(), answer["Metadata"]) == (b"12", {"sha256": "x"})


def test_smtp_keeps_one_file_a_recipient_and_refuses_the_refused(smtp: SmtpServer) -> None:
    before = len(smtp.mails())
    with smtplib.SMTP("127.0.0.1", smtp.port) as session:
        session.login(smtp.user, smtp.password)
        refused = session.sendmail(
            "exports@example.com",
            ["a@example.com", "refused.b@example.com", "../c@example.com"],
            "Subject: hello\r\n\r\n",
        )
    assert {address: code for address, (code, _) in refused.items()} == {"refused.b@example.com": 550}
    assert [mail.name.split("-", 1)[1] for mail in smtp.mails()[before:]] == [
        "a@example.com.eml",
        ".._c@example.com.eml",
    ]
    with smtplib.SMTP("127.0.0.1", smtp.port) as session, pytest.raises(smtplib.SMTPAuthenticationError):
        session.login(smtp.user, "wrong")


def test_the_warehouse_holds_what_was_published(warehouse: Postgres) -> None:
    with psycopg.connect(**warehouse.dsn("warehouse", "warehouse_reader")) as connection:
        check(connection)
        days = connection.execute(
            """
            SELECT count(*) FROM sales.purchases
            WHERE purchase_date <> (purchased_at AT TIME ZONE 'Europe/Berlin')::date
               OR purchase_date <> (purchased_at AT TIME ZONE 'America/New_York')::date
               OR purchase_date <> (purchased_at AT TIME ZONE 'UTC')::date
            """
        ).fetchone()
        undescribed = connection.execute(
            """
            SELECT attrelid::regclass, attname FROM pg_attribute
            WHERE attrelid IN ('sales.purchases'::regclass, 'sales.customers'::regclass)
              AND attnum > 0 AND col_description(attrelid, attnum) IS NULL
            """
        ).fetchall()
    assert days == (0,)
    assert undescribed == []


def test_the_warehouse_is_loaded_once_and_again_only_when_its_source_changed(warehouse: Postgres) -> None:
    assert load(warehouse.dsn("warehouse", "warehouse_owner")) is False


def test_the_warehouse_refuses_totals_that_differ(warehouse: Postgres) -> None:
    with psycopg.connect(**warehouse.dsn("warehouse", "warehouse_owner")) as connection:
        connection.execute("DELETE FROM sales.purchase_checks WHERE purchase_id = 1")
        connection.execute("DELETE FROM sales.purchases WHERE purchase_id = 1")
        with pytest.raises(StartError, match="holds 69658 purchases and CDNOW published 69659"):
            check(connection)
        connection.rollback()


def test_two_demos_do_not_share_a_folder(tmp_path: Path) -> None:
    with FolderLock(tmp_path), pytest.raises(StartError, match=rf"process {os.getpid()}\) is using"):
        FolderLock(tmp_path).__enter__()
    with FolderLock(tmp_path):
        pass
