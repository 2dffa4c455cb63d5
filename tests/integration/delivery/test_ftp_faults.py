"""FTPS as partners run it: dropped connections, servers that say OK and do nothing, no TLS, odd certificates."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from export_jobs.core.definitions.destination import DestinationOptions
from export_jobs.core.files.placed_file import KnownFile
from export_jobs.delivery.destination import Credentials
from export_jobs.delivery.ftp.destination import FtpDestination
from export_jobs.errors import ExportError, TerminalError, TransientError
from tests.servers.ftp_faults import PASSWORD, USER, FtpServer
from tests.servers.sites import Lease, Site, folder_site, staged

pytestmark = pytest.mark.integration
PATH = "daily/sales.zip"
CONTENT = bytes(range(256)) * 20_000  # about 5 MB, with every byte that a text mode would change
OLD = b"old content"


def deliver_until_it_works(site: Site, server: FtpServer, lease: Lease, known: list[bytes]) -> ExportError:
    """One try that fails and one on the server that is well again; the error of the first."""
    with pytest.raises(ExportError) as raised:
        site.destination.deliver(*staged(CONTENT, known=known), lease.fence())
    assert site.read(PATH) in {None, *known, CONTENT}, "half a file stands under the final name"
    server.heal()
    lease.current = "2"
    site.destination.deliver(*staged(CONTENT, attempt="2", known=[*known, CONTENT]), lease.fence("2"))
    assert site.read(PATH) == CONTENT
    assert site.everything() == [PATH]
    return raised.value


@pytest.mark.parametrize("old", [[], [OLD]], ids=["new name", "old file"])
@pytest.mark.parametrize("at", [0, 1, 65_536, 1_000_000, 2_500_000, 4_000_000])
def test_d01_connection_dropped_at_byte(
    ftps_site: Site, ftps: FtpServer, lease: Lease, at: int, old: list[bytes]
) -> None:
    for content in old:
        ftps_site.put(PATH, content)
    ftps.faults.drop_after_bytes = at
    assert isinstance(deliver_until_it_works(ftps_site, ftps, lease, old), TransientError)


@pytest.mark.parametrize("fault", ["drop_before_rename", "rename_does_nothing"])
@pytest.mark.parametrize("old", [[], [OLD]], ids=["new name", "old file"])
def test_d01_d02_trouble_around_the_rename(
    ftps_site: Site, ftps: FtpServer, lease: Lease, fault: str, old: list[bytes]
) -> None:
    for content in old:
        ftps_site.put(PATH, content)
    setattr(ftps.faults, fault, True)
    assert isinstance(deliver_until_it_works(ftps_site, ftps, lease, old), TransientError)
    assert lease.recorded == ["2"]


@pytest.mark.parametrize("old", [[], [OLD]], ids=["new name", "old file"])
@pytest.mark.parametrize("is_readable", [True, False])
def test_d02_a_rename_whose_answer_is_lost_is_known_by_size_and_time_and_the_name_that_is_gone(
    ftps_site: Site, ftps: FtpServer, lease: Lease, old: list[bytes], is_readable: bool
) -> None:
    """The next try could not tell whose file it is, where the login may not read."""
    for content in old:
        ftps_site.put(PATH, content)
    modified = int((ftps.root / "in" / PATH).stat().st_mtime) if old else None
    ftps.faults.drop_after_rename = True
    if not is_readable:
        ftps.faults.answers["RETR"] = "550 Permission denied."
    known = [KnownFile(len(content), "0" * 64, modified) for content in old]
    ftps_site.destination.deliver(*staged(CONTENT, known=known), lease.fence())
    assert ftps_site.read(PATH) == CONTENT
    assert ftps_site.everything() == [PATH]
    assert lease.recorded == ["1"]


@pytest.mark.parametrize("publish", ["rename", "direct"])
def test_a_file_that_may_be_ours_and_may_not_be_read_is_not_kept_beside_the_next_one(
    ftps_credentials: Credentials, ftps: FtpServer, lease: Lease, publish: Any
) -> None:
    """A receiver would get it twice, or a part of it as if it were a file."""
    options = DestinationOptions(foreign_file="keep_both", publish=publish)
    site = folder_site(ftps.root / "in", FtpDestination(ftps_credentials, "/in", options=options))
    site.put(PATH, CONTENT if publish == "rename" else CONTENT[:1000])
    ftps.faults.answers["RETR"] = "550 Permission denied."
    announced = KnownFile(len(CONTENT), hashlib.sha256(CONTENT).hexdigest(), stands=False)
    with pytest.raises(TerminalError, match="It may come from an earlier attempt of this job"):
        site.destination.deliver(*staged(CONTENT, known=[announced]), lease.fence())
    assert site.everything() == [PATH]
    assert lease.recorded == []


@pytest.mark.parametrize(
    ("refused", "kind", "words"),
    [
        (("STOR", "552 Exceeded storage allocation."), TerminalError, "no space left"),
        (("STOR", "452 Insufficient storage."), TerminalError, "no space left"),
        (("STOR", "553 Name not allowed."), TerminalError, r"refuses access to daily/\.sales\.zip"),
        (("STOR", "425 Cannot open data connection."), TransientError, "passive ports"),
        (("STOR", "451 Local error."), TransientError, "is busy"),
        (("STOR", "522 Data connections must be encrypted, SSL session reuse required"), TerminalError, "TLS session"),
        (("PROT", "536 Not supported."), TerminalError, "PROT P"),
        (("RNTO", "550 Permission denied."), TerminalError, "rename and remove"),
        (("RNTO", "421 Closing."), TransientError, "is busy"),
        (("CWD", "550 No such folder."), TerminalError, "does not exist"),
        (("AUTH", "502 No TLS here."), TerminalError, "Nothing was sent, not even the login"),
        (("AUTH", "530 Please login."), TerminalError, "offers no TLS"),
        (("USER", "530 Not today."), TerminalError, "rejected the login or password"),
        (("PASS", "530 Wrong."), TerminalError, "rejected the login or password"),
        (("PASS", "421 Too many users."), TransientError, "too many are logged in"),
    ],
)
def test_every_refusal_is_a_sentence_with_its_retry_rule(
    ftps_site: Site, ftps: FtpServer, refused: tuple[str, str], kind: type[ExportError], words: str
) -> None:
    command, answer = refused
    ftps.faults.answers[command] = answer
    lease = Lease()
    with pytest.raises(kind, match=words) as raised:
        ftps_site.destination.deliver(*staged(b"content"), lease.fence())
    assert raised.value.remedy
    assert PASSWORD not in str(raised.value)
    ftps.heal()
    assert lease.recorded == [] and ftps_site.read(PATH) is None


def test_d07_a_rejected_password_is_tried_once(ftps_site: Site, ftps: FtpServer, lease: Lease) -> None:
    ftps.faults.answers["PASS"] = "530 Wrong."
    with pytest.raises(TerminalError):
        ftps_site.destination.deliver(*staged(b"content"), lease.fence())
    assert ftps.faults.commands.count("PASS") == 1


@pytest.mark.parametrize("hidden", [{"MLST", "FEAT"}, {"MLST", "FEAT", "SIZE"}, {"MLST", "FEAT", "SIZE", "NLST"}])
def test_a_server_that_hides_what_it_has_is_delivered_to(
    ftps_site: Site, ftps: FtpServer, lease: Lease, hidden: set[str]
) -> None:
    ftps.faults.answers.update(dict.fromkeys(hidden, "502 Not here."))
    ftps_site.destination.deliver(*staged(CONTENT), lease.fence())
    assert ftps_site.read(PATH) == CONTENT
    ftps_site.destination.check()
    assert ftps_site.everything() == [PATH]


def test_l2_a_foreign_file_survives_on_a_server_that_tells_no_sizes(
    ftps_site: Site, ftps: FtpServer, lease: Lease
) -> None:
    ftps.faults.answers.update(dict.fromkeys(("MLST", "FEAT", "SIZE"), "502 Not here."))
    ftps_site.put(PATH, b"alien")
    with pytest.raises(TerminalError, match="which this job did not deliver"):
        ftps_site.destination.deliver(*staged(CONTENT), lease.fence())
    assert ftps_site.read(PATH) == b"alien"
    ftps_site.destination.deliver(*staged(CONTENT, known=[b"alien"]), lease.fence())
    assert ftps_site.read(PATH) == CONTENT
    assert ftps_site.everything() == [PATH]


def test_f10_a_left_over_that_may_not_be_removed_holds_up_no_delivery(
    ftps_site: Site, ftps: FtpServer, lease: Lease
) -> None:
    ftps_site.leave_unfinished("daily", "sales.zip", "killed1")
    ftps.faults.answers["DELE"] = "550 Permission denied by policy."
    ftps_site.destination.deliver(*staged(CONTENT), lease.fence())
    assert ftps_site.read(PATH) == CONTENT


def test_f6_a_login_that_may_not_rename_is_found_by_the_check(ftps_site: Site, ftps: FtpServer) -> None:
    ftps.faults.answers["RNTO"] = "550 Permission denied."
    with pytest.raises(TerminalError, match="rename"):
        ftps_site.destination.check()
    ftps.heal()
    assert ftps_site.everything() == []


def test_d11_a_server_that_cuts_the_file_is_not_believed(ftps_site: Site, ftps: FtpServer, lease: Lease) -> None:
    ftps.faults.lose_last_bytes = 1024
    assert "stored" in deliver_until_it_works(ftps_site, ftps, lease, []).what


def test_d10_a_server_that_stalls_is_given_up(ftps: FtpServer, ftps_credentials: Credentials, lease: Lease) -> None:
    ftps.faults.stall = threading.Event()
    impatient = FtpDestination(ftps_credentials, "/in", stall_seconds=1)
    with pytest.raises(TransientError):
        impatient.deliver(*staged(CONTENT * 10), lease.fence())
    assert lease.recorded == []


def test_an_unknown_certificate_is_never_accepted(ftps: FtpServer, ftps_credentials: Credentials, lease: Lease) -> None:
    stranger = FtpDestination(replace(ftps_credentials, extra={}), "/in")
    with pytest.raises(TerminalError, match=r"cannot be verified.*an unverified certificate is never accepted"):
        stranger.deliver(*staged(b"content"), lease.fence())
    assert "PASS" not in ftps.faults.commands


@pytest.fixture(scope="module")
def implicit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FtpServer]:
    root = tmp_path_factory.mktemp("implicit")
    (root / "in").mkdir()
    with FtpServer(root, tmp_path_factory.mktemp("implicit-state"), implicit=True) as server:
        yield server


def test_implicit_tls(implicit: FtpServer, lease: Lease) -> None:
    extra = {"ca_certificate": implicit.certificate.read_text().partition("-----END PRIVATE KEY-----\n")[2]}
    credentials = Credentials("127.0.0.1", implicit.port, USER, PASSWORD, {**extra, "implicit_tls": "true"})
    site = folder_site(implicit.root / "in", FtpDestination(credentials, "in"))
    site.destination.check()
    site.destination.deliver(*staged(CONTENT), lease.fence())
    assert site.read(PATH) == CONTENT
    assert "AUTH" not in implicit.faults.commands


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FtpServer]:
    root = tmp_path_factory.mktemp("plain")
    (root / "in").mkdir()
    with FtpServer(root, tmp_path_factory.mktemp("plain-state"), tls=False) as server:
        yield server


def test_plain_ftp_is_for_those_who_consent(plain: FtpServer, lease: Lease) -> None:
    credentials = Credentials("127.0.0.1", plain.port, USER, PASSWORD)
    with pytest.raises(TerminalError, match="offers no TLS"):
        FtpDestination(credentials, "/in").check()
    assert not {"USER", "PASS"} & set(plain.faults.commands)
    site = folder_site(plain.root / "in", FtpDestination(credentials, "/in", plain=True))
    site.destination.deliver(*staged(CONTENT), lease.fence())
    assert site.read(PATH) == CONTENT
    assert site.destination.url(PATH) == f"ftp://127.0.0.1:{plain.port}/in/{PATH}"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"host": ""}, "has no host"),
        ({"host": "ftp://ftp.example"}, "more than the name of a server in its host"),
        ({"login": None}, "has no login"),
        ({"password": None}, "has no password"),
        ({"extra": {"passive": "false"}}, "active mode"),
        ({"extra": {"implicit-tls": True}}, "implicit_tls"),
        ({"extra": {"ca_file": "/nowhere.pem"}}, "not on this machine"),
        ({"extra": {"ca_certificate": "no PEM"}}, "cannot be read"),
    ],
)
def test_a_connection_that_cannot_work_is_told_before_a_packet(change: dict[str, Any], words: str) -> None:
    credentials = Credentials("ftp.example", None, USER, PASSWORD)
    with pytest.raises(TerminalError, match=words) as raised:
        FtpDestination(replace(credentials, **change), "/in").check()
    assert raised.value.remedy and PASSWORD not in str(raised.value)


def test_nothing_of_a_password_is_shown(ftps_credentials: Credentials) -> None:
    from export_jobs.delivery.ftp.login import read_ftp_login

    assert PASSWORD not in repr(read_ftp_login(ftps_credentials, plain=False))
    assert PASSWORD not in FtpDestination(ftps_credentials, "/in").url(PATH)
