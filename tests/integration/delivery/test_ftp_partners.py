"""FTP servers as partners run them: that act on every name, replace nothing, tell little, or let nothing be removed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from export_jobs.core.files.placed_file import KnownFile, PlacedFile, Verification
from export_jobs.delivery.destination import Credentials
from export_jobs.delivery.ftp import upload
from export_jobs.delivery.ftp.destination import FtpDestination
from export_jobs.errors import ExportError, SupersededError, TerminalError, TransientError
from tests.integration.delivery.ftp_partner import CONTENT, OLD, PATH, Served
from tests.servers.ftp_faults import FtpServer
from tests.servers.sites import Lease, staged

pytestmark = pytest.mark.integration


def announced(content: bytes) -> KnownFile:
    """What the ledger knows of a file whose try has not ended."""
    (known,) = staged(b"", known=[content])[1].known
    return KnownFile(known.bytes, known.sha256, stands=False)


def test_f4_a_server_that_takes_what_is_stored_gets_one_junk_file_and_a_sentence(
    served: Served, ftps: FtpServer, lease: Lease
) -> None:
    ftps.faults.takes_stored = True
    with pytest.raises(TerminalError, match="as soon as it was stored") as caught:
        served().destination.deliver(*staged(CONTENT, PATH), lease.fence())
    assert "`publish: direct`" in caught.value.remedy
    assert ftps.faults.names == {".sales.zip.1.part"}
    with pytest.raises(TerminalError, match="as soon as it was stored"):
        served().destination.check()


@pytest.mark.parametrize("verify", ["size", "read_back", "none"])
def test_f4_straight_to_the_final_name_one_file_arrives(
    served: Served, ftps: FtpServer, lease: Lease, verify: str
) -> None:
    ftps.faults.takes_stored = True
    site = served(publish="direct", probe="login_only", verify=verify)
    site.destination.check()
    site.destination.deliver(*staged(CONTENT, PATH), lease.fence())
    assert ftps.faults.names == {"sales.zip"}
    assert (ftps.root / "processed" / "0-sales.zip").read_bytes() == CONTENT
    assert lease.placed[0].verification is Verification.NONE


def test_direct_the_file_is_verified_where_it_is_shown_and_a_rerun_replaces_it(served: Served, lease: Lease) -> None:
    site = served(publish="direct")
    site.destination.check()
    site.destination.deliver(*staged(CONTENT, PATH), lease.fence())
    site.destination.deliver(*staged(CONTENT, PATH, known=[CONTENT]), lease.fence())
    site.destination.deliver(*staged(b"newer", PATH, known=[CONTENT]), lease.fence())
    assert site.read(PATH) == b"newer"
    assert site.everything() == [PATH]
    assert [placed.verification for placed in lease.placed] == [
        Verification.SIZE,
        Verification.READ_BACK,
        Verification.SIZE,
    ]


@pytest.mark.parametrize("percent", range(0, 91, 10))
def test_direct_a_dropped_connection_leaves_no_part_and_the_retry_is_whole(
    served: Served, ftps: FtpServer, lease: Lease, percent: int
) -> None:
    site = served(publish="direct")
    ftps.faults.drop_after_bytes = max(0, len(CONTENT) * percent // 100 - 1)
    with pytest.raises(TransientError):
        site.destination.deliver(*staged(CONTENT, PATH), lease.fence())
    ftps.heal()
    assert lease.recorded == []
    site.destination.deliver(*staged(CONTENT, PATH, known=[announced(CONTENT)]), lease.fence())
    assert site.read(PATH) == CONTENT
    assert site.everything() == [PATH]


def test_direct_the_part_that_a_killed_attempt_left_is_known_by_its_content(served: Served, lease: Lease) -> None:
    site = served(publish="direct")
    site.put(PATH, CONTENT[:70_000])
    site.destination.deliver(*staged(CONTENT, PATH, known=[announced(CONTENT)]), lease.fence())
    assert site.read(PATH) == CONTENT
    site.put(PATH, b"a stranger's")
    with pytest.raises(TerminalError, match="did not deliver"):
        site.destination.deliver(*staged(CONTENT, PATH, known=[announced(CONTENT)]), lease.fence())
    assert site.read(PATH) == b"a stranger's"


def test_direct_a_fence_that_is_lost_stops_the_upload_and_removes_nothing(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload, "KEEP_OPEN_AFTER_S", 0)
    site = served(publish="direct")
    calls: list[float] = []

    def lost() -> None:
        calls.append(time.monotonic())
        if len(calls) > 2:
            raise SupersededError("A newer attempt has taken over.")

    @contextmanager
    def fence() -> Iterator[PlacedFile]:
        yield PlacedFile(keep_open=lost)

    with pytest.raises(SupersededError):
        site.destination.deliver(*staged(CONTENT, PATH), fence)
    assert site.everything() == [PATH], "what stands there may be the newer attempt's"


@pytest.mark.parametrize("foreign_file", ["replace", "keep_both"])
@pytest.mark.parametrize("publish", ["rename", "direct"])
def test_a_foreign_file_is_replaced_or_kept_beside_where_the_destination_says_so(
    served: Served, lease: Lease, foreign_file: str, publish: str
) -> None:
    site = served(publish=publish, foreign_file=foreign_file)
    site.put(PATH, OLD)
    site.destination.deliver(*staged(CONTENT, PATH), lease.fence())
    assert site.read(PATH) == CONTENT
    kept = ["daily/sales.kept-1.zip"] if foreign_file == "keep_both" else []
    assert site.everything() == [*kept, PATH]


@pytest.mark.parametrize("is_silent", [False, True], ids=["refuses", "says OK and does nothing"])
def test_f5_a_server_that_replaces_nothing_keeps_the_old_file_unless_the_destination_consents(
    served: Served, ftps: FtpServer, lease: Lease, is_silent: bool
) -> None:
    ftps.faults.never_replaces = True
    site = served()
    site.put(PATH, OLD)
    with pytest.raises(TerminalError, match="cannot replace a file by a rename") as caught:
        site.destination.deliver(*staged(CONTENT, PATH, known=[OLD]), lease.fence())
    assert "`replace: remove_then_rename`" in caught.value.remedy
    assert site.read(PATH) == OLD
    assert site.everything() == [PATH]
    ftps.faults.renames_nothing_onto_files = is_silent
    consenting = served(replace="remove_then_rename").destination
    consenting.deliver(*staged(CONTENT, PATH, known=[OLD]), lease.fence())
    assert site.read(PATH) == CONTENT
    assert site.everything() == [PATH]


def test_f6_a_login_that_may_not_rename_is_told_the_option_that_does_without(
    served: Served, ftps: FtpServer, lease: Lease
) -> None:
    ftps.faults.answers["RNFR"] = "550 Not enough privileges."
    with pytest.raises(TerminalError, match="to be written but not renamed"):
        served().destination.check()
    direct = served(publish="direct")
    direct.destination.check()
    direct.destination.deliver(*staged(CONTENT, PATH), lease.fence())
    assert direct.everything() == [PATH]


@pytest.mark.parametrize("folder", ["~/in", "in", "/in/"])
def test_f11_a_tilde_is_the_home(served: Served, lease: Lease, folder: str) -> None:
    site = served(folder)
    site.destination.check()
    site.destination.deliver(*staged(CONTENT, PATH), lease.fence())
    assert site.read(PATH) == CONTENT


def test_a_server_may_answer_in_another_encoding_than_that_of_file_names(
    served: Served, ftps: FtpServer, lease: Lease
) -> None:
    ftps.faults.speaks_latin_1 = True
    site = served()
    site.destination.check()
    site.destination.deliver(*staged(CONTENT, PATH), lease.fence())
    site.destination.deliver(*staged(b"newer", PATH, known=[CONTENT]), lease.fence())
    assert site.read(PATH) == b"newer"
    ftps.faults.answers["STOR"] = "452 Kein Platz f\u00fcr \u00dcbertragungen."
    with pytest.raises(TerminalError, match="no space left"):
        site.destination.deliver(*staged(CONTENT, PATH, known=[b"newer"]), lease.fence())


@pytest.mark.parametrize(
    "answers",
    [
        {"MLST": "250-Listing\r\n type=file;size=5120000;modify=00000000000000; sales.zip\r\n250 End"},
        {"FEAT": "502 No.", "SIZE": "213 5120000 bytes"},
        {"FEAT": "502 No.", "SIZE": "213 unknown"},
        {"FEAT": "211-Features\r\n MDTM\r\n211 End", "MDTM": "213 00000000000000"},
    ],
    ids=["no time", "size in words", "no size", "no time by MDTM"],
)
def test_what_a_server_tells_oddly_of_a_file_stops_no_delivery(
    served: Served, ftps: FtpServer, lease: Lease, answers: dict[str, str]
) -> None:
    site = served(publish="direct")
    site.put(PATH, CONTENT)
    ftps.faults.answers |= answers
    site.destination.deliver(*staged(CONTENT, PATH), lease.fence())
    assert lease.recorded == ["1"]
    assert site.read(PATH) == CONTENT


def test_a_server_that_tells_no_size_of_what_it_lists_keeps_strangers_files(
    served: Served, ftps: FtpServer, lease: Lease
) -> None:
    ftps.faults.answers["MLST"] = "250-Listing\r\n type=file;modify=20260101000000; sales.zip\r\n250 End"
    site = served()
    site.put(PATH, OLD)
    with pytest.raises(TerminalError, match="an unknown number of bytes"):
        site.destination.deliver(*staged(CONTENT, PATH), lease.fence())
    assert site.read(PATH) == OLD


def test_one_login_at_a_time_is_enough_also_to_tidy_up(served: Served, ftps: FtpServer, lease: Lease) -> None:
    ftps.one_login = True
    try:
        ftps.faults.lose_last_bytes = 1024
        site = served()
        with pytest.raises(ExportError, match="stored"):
            site.destination.deliver(*staged(CONTENT, PATH), lease.fence())
        assert site.everything() == []
    finally:
        ftps.one_login = False


def test_an_address_is_told_without_reading_a_certificate(ftps_credentials: Credentials) -> None:
    nowhere = Credentials("ftp.example", None, "partner", "secret", {"ca_file": "/nowhere.pem", "implicit_tls": True})
    assert FtpDestination(nowhere, "/in").url("a.zip") == "ftps://ftp.example:990/in/a.zip"
