"""FTP servers that announce what they do not have, end connections early, or say in words what has no code."""

from __future__ import annotations

import pytest

from export_jobs.core.files.placed_file import Verification
from export_jobs.delivery.destination import Credentials
from export_jobs.delivery.ftp.destination import FtpDestination
from export_jobs.errors import TerminalError, TransientError
from tests.integration.delivery.ftp_partner import CONTENT, OLD, PATH, Served
from tests.servers.ftp_faults import FtpServer
from tests.servers.sites import Lease, folder_site, staged, with_extra

pytestmark = pytest.mark.integration


@pytest.mark.parametrize("answer", ["500 Unknown command.", "502 Not implemented.", "504 Not for that."])
@pytest.mark.parametrize("publish", ["rename", "direct"])
def test_a_foreign_file_survives_where_mlst_is_announced_and_does_not_exist(
    served: Served, ftps: FtpServer, lease: Lease, answer: str, publish: str
) -> None:
    ftps.faults.answers |= {"MLST": answer, "MLSD": answer}
    site = served(publish=publish)
    site.put(PATH, OLD)
    with pytest.raises(TerminalError, match="already exists"):
        site.destination.deliver(*staged(CONTENT, PATH), lease.fence())
    assert site.read(PATH) == OLD
    site.put("daily/.sales.zip.killed1.part", b"half")
    site.destination.deliver(*staged(CONTENT, PATH, known=[OLD]), lease.fence())
    assert site.read(PATH) == CONTENT
    assert lease.placed[0].verification is Verification.SIZE
    if publish == "rename":
        assert site.everything() == [PATH], "the folder is listed by another command"


@pytest.mark.parametrize("fault", ["loses_answer_to_store", "ends_after_store"])
@pytest.mark.parametrize("options", [{}, {"publish": "direct"}, {"verify": "read_back"}], ids=str)
def test_a_control_connection_that_ends_after_the_last_byte_costs_no_second_upload(
    served: Served, ftps: FtpServer, lease: Lease, fault: str, options: dict[str, str]
) -> None:
    setattr(ftps.faults, fault, True)
    site = served(**options)
    site.destination.deliver(*staged(CONTENT, PATH), lease.fence())
    assert site.everything() == [PATH]
    assert site.read(PATH) == CONTENT
    assert lease.recorded == ["1"]
    assert ftps.faults.commands.count("STOR") == 1


def test_a_control_connection_that_ends_with_a_file_cut_short_publishes_nothing(
    served: Served, ftps: FtpServer, lease: Lease
) -> None:
    ftps.faults.loses_answer_to_store = True
    ftps.faults.lose_last_bytes = 1
    site = served()
    with pytest.raises(TransientError, match="was lost while sending"):
        site.destination.deliver(*staged(CONTENT, PATH), lease.fence())
    assert (site.everything(), lease.recorded) == ([], [])


def test_a_file_that_is_shown_a_moment_after_it_was_stored_is_published(
    served: Served, ftps: FtpServer, lease: Lease
) -> None:
    ftps.faults.shows_late = 2
    site = served()
    site.destination.deliver(*staged(CONTENT, PATH), lease.fence())
    assert site.read(PATH) == CONTENT
    assert lease.placed[0].verification is Verification.SIZE


@pytest.mark.parametrize("answer", ["450 Disk quota exceeded.", "451 No space left on device.", "550 Quota exceeded."])
def test_a_full_disk_is_told_by_words_where_the_code_says_something_else(
    served: Served, ftps: FtpServer, lease: Lease, answer: str
) -> None:
    ftps.faults.answers["STOR"] = answer
    with pytest.raises(TerminalError, match="no space left"):
        served().destination.deliver(*staged(CONTENT, PATH), lease.fence())


def test_short_names_of_folders_do_not_hide_the_words_of_a_full_disk(
    served: Served, ftps: FtpServer, lease: Lease
) -> None:
    ftps.faults.answers["STOR"] = "451 Insufficient disk."
    with pytest.raises(TerminalError, match="no space left"):
        served().destination.deliver(*staged(CONTENT, "in/s/sales.zip"), lease.fence())


@pytest.mark.parametrize("answer", ["450 .quota.zip.1.part: busy.", "450 /home/quota/in/daily/.quota.zip: busy."])
def test_the_words_of_a_path_say_nothing_of_a_disk(served: Served, ftps: FtpServer, lease: Lease, answer: str) -> None:
    ftps.faults.answers["STOR"] = answer
    with pytest.raises(TransientError, match="is busy"):
        served().destination.deliver(*staged(CONTENT, "daily/quota.zip"), lease.fence())


@pytest.mark.parametrize(
    "answer",
    [
        "530 Sorry, the maximum number of clients (2) are already connected.",
        "530 The maximum number of allowed clients was reached.",
        "421 Too many users.",
        "421 There are too many connected users, please try later.",
        "530 Session quota exceeded.",
    ],
)
def test_a_server_with_too_many_logins_is_tried_again(served: Served, ftps: FtpServer, answer: str) -> None:
    ftps.faults.answers["PASS"] = answer
    with pytest.raises(TransientError, match="too many are logged in") as caught:
        served().destination.check()
    assert "max_logins" in caught.value.remedy


@pytest.mark.parametrize(
    "answer", ["530 Maximum login attempts exceeded.", "530 Account locked: maximum number of failed logins."]
)
def test_a_login_that_may_be_locked_is_not_tried_again(served: Served, ftps: FtpServer, answer: str) -> None:
    ftps.faults.answers["PASS"] = answer
    with pytest.raises(TerminalError, match="rejected the login or password"):
        served().destination.check()


@pytest.mark.parametrize(
    "answer", ["502 Use EPSV.", "522 Network protocol not supported.", "227 Entering passive mode."]
)
def test_a_server_without_pasv_is_asked_by_epsv(served: Served, ftps: FtpServer, lease: Lease, answer: str) -> None:
    ftps.faults.answers["PASV"] = answer
    site = served()
    site.destination.check()
    site.destination.deliver(*staged(CONTENT, PATH), lease.fence())
    assert site.read(PATH) == CONTENT


def test_the_address_that_pasv_names_is_not_trusted(served: Served, ftps: FtpServer, lease: Lease) -> None:
    """A server behind NAT names the address that it has inside; its port there is taken at its own address."""
    ftps.faults.answers["PASV"] = "227 Entering passive mode (10,11,12,13,0,1)."
    with pytest.raises(TransientError, match=r"127\.0\.0\.1:\d+ refused the connection"):
        served().destination.deliver(*staged(CONTENT, PATH), lease.fence())


@pytest.mark.parametrize(
    ("encoding", "sentence"),
    [("latin-1", r"Łódź\.zip.* cannot be written in latin-1"), ("no-such", "an `encoding` that does not exist")],
)
def test_an_encoding_that_cannot_be_used_is_told(
    ftps: FtpServer, ftps_credentials: Credentials, lease: Lease, encoding: str, sentence: str
) -> None:
    credentials = with_extra(ftps_credentials, encoding=encoding)
    site = folder_site(ftps.root / "in", FtpDestination(credentials, "/in", stall_seconds=20))
    with pytest.raises(TerminalError, match=sentence):
        site.destination.deliver(*staged(CONTENT, "Łódź.zip"), lease.fence())
    assert (site.everything(), lease.recorded) == ([], [])


@pytest.mark.parametrize("answers", [{"MLST": "450 No such file."}, {"FEAT": "502 No.", "SIZE": "450 No such file."}])
def test_a_file_that_is_missing_may_have_the_code_of_a_busy_one(
    served: Served, ftps: FtpServer, lease: Lease, answers: dict[str, str]
) -> None:
    ftps.faults.answers |= answers
    site = served()
    site.destination.deliver(*staged(CONTENT, PATH), lease.fence())
    assert site.read(PATH) == CONTENT
    ftps.heal()
    ftps.faults.answers["DELE"] = "450 No such file."
    site.destination.check()


@pytest.mark.parametrize(
    "answer",
    [
        "550 Zugriff verweigert.",
        "550 Acc\u00e8s refus\u00e9.",
        "550 Failed.",
        "550 File not found or permission denied.",
        "550 Action not taken. File unavailable (e.g., file not found, no access).",
    ],
)
@pytest.mark.parametrize("publish", ["rename", "direct"])
def test_a_hidden_file_survives_whatever_the_language_of_the_refusal(
    served: Served, ftps: FtpServer, lease: Lease, answer: str, publish: str
) -> None:
    """One code says that a file is hidden and that it is missing."""
    ftps.faults.answers |= {"MLST": answer, "RETR": answer}
    site = served(publish=publish)
    site.put(PATH, OLD)
    with pytest.raises(TerminalError, match="already exists"):
        site.destination.deliver(*staged(CONTENT, PATH), lease.fence())
    assert site.read(PATH) == OLD


@pytest.mark.parametrize("publish", ["rename", "direct"])
@pytest.mark.parametrize("answer", ["350 Ready for the destination name.", "450 Requested action not taken."])
def test_a_server_with_one_answer_to_any_rename_proves_no_file(
    served: Served, ftps: FtpServer, lease: Lease, publish: str, answer: str
) -> None:
    ftps.faults.answers["MLST"] = "550 Fehlgeschlagen."
    ftps.faults.rename_of_missing = answer
    site = served(publish=publish)
    site.destination.deliver(*staged(CONTENT, PATH), lease.fence())
    assert site.read(PATH) == CONTENT


@pytest.mark.parametrize("publish", ["rename", "direct"])
def test_a_hidden_file_that_is_busy_is_not_replaced(
    served: Served, ftps: FtpServer, lease: Lease, publish: str
) -> None:
    ftps.faults.answers |= {"MLST": "550 Failed.", "RNFR": "450 File busy."}
    ftps.faults.rename_of_missing = "550 Failed."
    site = served(publish=publish)
    site.put(PATH, OLD)
    with pytest.raises(TransientError, match="is busy"):
        site.destination.deliver(*staged(CONTENT, PATH), lease.fence())
    assert site.read(PATH) == OLD
