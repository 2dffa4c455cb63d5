"""FTP logins without a right: nothing may be removed, renamed, or looked at."""

from __future__ import annotations

import os

import pytest

from export_jobs.core.files.placed_file import Verification
from export_jobs.errors import TerminalError, TransientError
from tests.integration.delivery.ftp_partner import CONTENT, PATH, Served
from tests.servers.ftp_faults import FtpServer
from tests.servers.sites import Lease, staged

pytestmark = pytest.mark.integration


@pytest.mark.parametrize("answer", ["550 Not enough privileges.", "550 Permission denied.", "502 Not implemented."])
def test_f10_where_delete_is_denied_check_leaves_nothing_and_refuses_nothing(
    served: Served, ftps: FtpServer, lease: Lease, answer: str
) -> None:
    ftps.faults.answers["DELE"] = answer
    site = served()
    site.destination.check()
    assert site.everything() == []
    site.destination.deliver(*staged(CONTENT, PATH), lease.fence())
    assert site.everything() == [PATH]


def test_f10_where_delete_is_denied_a_forbidden_rename_is_found_all_the_same(served: Served, ftps: FtpServer) -> None:
    ftps.faults.answers |= {"DELE": "550 Not enough privileges.", "RNFR": "550 Not enough privileges."}
    with pytest.raises(TerminalError, match="to be written but not renamed"):
        served().destination.check()
    served(publish="direct").destination.check()


def test_f10_a_probe_that_could_not_be_removed_is_the_only_one(served: Served, ftps: FtpServer) -> None:
    """Its answer has no word of rights, so that the first check takes it for "there is no such file"."""
    ftps.faults.answers["DELE"] = "550 Zugriff verweigert."
    site = served()
    site.destination.check()
    (left,) = site.everything()
    os.utime(ftps.root / "in" / left, (1_600_000_000, 1_600_000_000))
    site.destination.check()
    assert site.everything() == [left]
    ftps.heal()
    site.destination.check()
    assert site.everything() == []


@pytest.mark.parametrize("publish", ["rename", "direct"])
def test_f2_in_a_drop_box_no_file_is_overwritten_that_nobody_may_look_at(
    served: Served, ftps: FtpServer, lease: Lease, publish: str
) -> None:
    ftps.faults.answers |= dict.fromkeys(("MLST", "SIZE", "MLSD", "NLST", "RETR"), "550 Not enough privileges.")
    site = served(publish=publish)
    site.destination.deliver(*staged(CONTENT, PATH), lease.fence())
    assert site.read(PATH) == CONTENT
    assert lease.placed[0].verification is Verification.NONE
    with pytest.raises(TerminalError, match="already exists"):
        site.destination.deliver(*staged(b"newer", PATH), lease.fence())
    assert site.read(PATH) == CONTENT
    served(publish=publish, foreign_file="replace").destination.deliver(*staged(b"newer", PATH), lease.fence())
    assert site.read(PATH) == b"newer"


@pytest.mark.parametrize("point", ["before", "after"])
def test_f2_in_a_drop_box_a_rename_that_lost_its_answer_is_known_by_its_source(
    served: Served, ftps: FtpServer, lease: Lease, point: str
) -> None:
    ftps.faults.answers |= dict.fromkeys(("MLST", "SIZE", "MLSD", "NLST", "RETR"), "550 Not enough privileges.")
    setattr(ftps.faults, f"drop_{point}_rename", True)
    site = served()
    if point == "before":
        with pytest.raises(TransientError, match="was lost while renaming"):
            site.destination.deliver(*staged(CONTENT, PATH), lease.fence())
        ftps.faults.drop_before_rename = False
    site.destination.deliver(*staged(CONTENT, PATH), lease.fence())
    assert site.everything() == [PATH]
    assert site.read(PATH) == CONTENT
    assert lease.recorded == ["1"]
