"""Servers as partners run them: delivered to wherever that is possible, and else told before any SQL, in a sentence."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from export_jobs.core.definitions.destination import DEFAULT_TEMPORARY_NAME
from export_jobs.core.files.placed_file import KnownFile, Verification
from export_jobs.errors import TerminalError, TransientError
from tests.integration.delivery.sftp_partner import CONTENT, OLD, PATH, Partner, served_by
from tests.servers import sftp_drop_boxes as drop_boxes
from tests.servers import sftp_partners as partners
from tests.servers.sites import Lease, staged

pytestmark = pytest.mark.integration


@served_by(partners.DeniesStatOfFolder)
def test_f1_a_folder_that_may_not_be_looked_at_is_delivered_to(partner: Partner, lease: Lease) -> None:
    site = partner.site()
    site.destination.check()
    site.destination.deliver(*staged(CONTENT, "eu/sales.zip"), lease.fence())
    assert site.read("eu/sales.zip") == CONTENT
    assert site.everything() == ["eu/sales.zip"]
    assert lease.placed[0].verification is Verification.SIZE
    missing = partner.destination("/in/misspelt")
    for act in (missing.check, lambda: missing.deliver(*staged(CONTENT, PATH), lease.fence())):
        with pytest.raises(TerminalError, match=r"The folder /in/misspelt does not exist on"):
            act()


@served_by(drop_boxes.WriteOnly, drop_boxes.WriteOnlyWithoutDelete)
@pytest.mark.parametrize("publish", ["rename", "direct"])
def test_f2_a_drop_box_gets_the_file_and_it_is_recorded_as_not_verified(
    partner: Partner, lease: Lease, publish: str
) -> None:
    site = partner.site(publish=publish)
    site.destination.check()
    site.destination.deliver(*staged(CONTENT, PATH), lease.fence())
    assert site.read(PATH) == CONTENT
    assert site.everything() == [PATH]
    assert lease.placed[0].verification is Verification.NONE


@served_by(drop_boxes.WriteOnly)
def test_f2_in_a_drop_box_no_file_is_overwritten_that_nobody_may_look_at(partner: Partner, lease: Lease) -> None:
    site = partner.site()
    site.put(PATH, OLD)
    for publish in ("rename", "direct"):
        with pytest.raises(TerminalError, match="a file that this login is not allowed to see"):
            partner.destination(publish=publish).deliver(*staged(CONTENT, PATH), lease.fence())
        assert site.read(PATH) == OLD
        assert site.everything() == [PATH]
    partner.destination(foreign_file="keep_both").deliver(*staged(CONTENT, PATH), lease.fence())
    assert (site.read(PATH), site.read("sales.kept-1.zip")) == (CONTENT, OLD)
    partner.destination(foreign_file="replace").deliver(*staged(b"newer", PATH), lease.fence())
    assert site.read(PATH) == b"newer"


@served_by(drop_boxes.TakesOnClose)
def test_f4_a_server_that_takes_files_on_close_gets_one_junk_file_and_a_sentence(
    partner: Partner, lease: Lease
) -> None:
    with pytest.raises(TerminalError, match=r"removed .* as soon as it was closed"):
        partner.destination().deliver(*staged(CONTENT, PATH), lease.fence())
    assert len(partner.arrived()) == 1
    assert lease.recorded == []
    with pytest.raises(TerminalError, match=r"removed .* as soon as it was closed"):
        partner.destination().check()


@served_by({})
def test_f7_the_probe_can_be_put_elsewhere_and_temporaries_are_named_by_a_pattern(
    partner: Partner, lease: Lease
) -> None:
    (partner.server.root / "probes").mkdir()
    attempt = "0123456789abcdef0123456789abcdef"
    destination = partner.destination(probe_folder="/probes", temporary_name="{stem}.{attempt}{ending}")
    destination.check()
    assert {Path(name).parent.as_posix() for name in partner.server.seen.names} == {"/probes"}
    (partner.server.root / "in" / f"sales.{attempt[::-1]}.zip").write_bytes(b"left by a killed attempt")
    (partner.server.root / "in" / "sales.v2.zip").write_bytes(b"another file")
    destination.deliver(*staged(CONTENT, PATH, attempt), Lease(attempt).fence(attempt))
    assert f"/in/sales.{attempt}.zip" in partner.server.seen.names
    assert partner.arrived() == ["sales.v2.zip", "sales.zip"]


@served_by(partners.ShowsLate, partners.TellsSizeLate)
def test_f8_a_file_that_is_shown_a_moment_later_is_looked_at_twice(partner: Partner, lease: Lease) -> None:
    partner.server.files.looks = 0
    site = partner.site()
    site.destination.deliver(*staged(CONTENT, PATH), lease.fence())
    assert site.read(PATH) == CONTENT
    assert lease.placed[0].verification is Verification.SIZE


@served_by(partners.ForbidsDelete, partners.FailsOnDelete)
def test_f10_where_delete_is_denied_check_leaves_nothing_and_refuses_nothing(partner: Partner, lease: Lease) -> None:
    site = partner.site()
    site.destination.check()
    assert site.everything() == []
    site.leave_unfinished(".", PATH, "killed1")
    site.destination.deliver(*staged(CONTENT, PATH), lease.fence())
    assert site.read(PATH) == CONTENT


@served_by(partners.FailsOnDeleteOfFiles)
@pytest.mark.parametrize("temporary_name", [DEFAULT_TEMPORARY_NAME, "{stem}-{attempt}-tmp.zip"])
def test_f10_a_probe_that_could_not_be_removed_is_the_only_one(partner: Partner, temporary_name: str) -> None:
    """That server tells only of files that are there, so that the first check cannot know it."""
    site = partner.site(temporary_name=temporary_name)
    site.destination.check()
    (left,) = site.everything()
    os.utime(partner.server.root / "in" / left, (1_600_000_000, 1_600_000_000))
    site.destination.check()
    assert site.everything() == [left]


@served_by({})
def test_f10_an_old_probe_of_a_check_that_was_killed_is_removed_and_one_of_a_check_beside_it_is_not(
    partner: Partner,
) -> None:
    site = partner.site()
    site.put(".export-jobs-probe-killed", b"")
    os.utime(partner.server.root / "in" / ".export-jobs-probe-killed", (1_600_000_000, 1_600_000_000))
    site.put(".export-jobs-probe-beside", b"")
    site.destination.check()
    assert site.everything() == [".export-jobs-probe-beside"]


@served_by(partners.SaysFailureOfWhatIsMissing)
def test_f10_a_server_that_says_failure_of_what_is_missing_gets_a_probe_and_a_file(
    partner: Partner, lease: Lease
) -> None:
    site = partner.site()
    site.destination.check()
    assert any("probe" in name for name in partner.server.seen.names)
    site.destination.deliver(*staged(CONTENT, PATH), lease.fence())
    assert site.everything() == [PATH]


@served_by(partners.ForbidsWriteAndDelete)
def test_f10_a_login_that_may_only_look_is_found_by_check(partner: Partner) -> None:
    with pytest.raises(TerminalError, match=r"denied permission for|may not write to the folder"):
        partner.destination().check()


class _ForbidsRenameAndDelete(partners.ForbidsRename, partners.ForbidsDelete):
    """May write, and nothing else."""


@served_by(_ForbidsRenameAndDelete)
def test_f10_where_delete_is_denied_a_forbidden_rename_is_found_all_the_same(partner: Partner) -> None:
    site = partner.site()
    with pytest.raises(TerminalError, match="but not renamed"):
        site.destination.check()
    assert site.everything() == []
    partner.destination(publish="direct").check()


@served_by({})
@pytest.mark.parametrize("folder", ["~/in", "~/in/", "in", "/in"])
def test_f11_a_tilde_is_the_home(partner: Partner, lease: Lease, folder: str) -> None:
    destination = partner.destination(folder)
    destination.check()
    destination.deliver(*staged(CONTENT, PATH), lease.fence())
    assert (partner.server.root / "in" / PATH).read_bytes() == CONTENT
    partner.destination("~").check()


@served_by(partners.ZipsOnly)
def test_f11_a_server_with_a_list_of_endings_gets_temporaries_that_fit(partner: Partner, lease: Lease) -> None:
    with pytest.raises(TerminalError, match=r"denied permission for|may not write to the folder"):
        partner.destination().check()
    attempt = os.urandom(16).hex()
    destination = partner.destination(temporary_name=".{stem}.{attempt}{ending}")
    destination.check()
    destination.deliver(*staged(CONTENT, PATH, attempt), Lease(attempt).fence(attempt))
    assert partner.arrived() == [PATH]


@served_by(partners.TellsNoAttributes, partners.ForbidsListing, partners.FailsOnListing)
def test_servers_that_omit_attributes_or_forbid_listing_are_delivered_to_twice(partner: Partner, lease: Lease) -> None:
    site = partner.site()
    site.destination.check()
    site.destination.deliver(*staged(CONTENT, PATH), lease.fence())
    site.destination.deliver(*staged(b"newer", PATH, known=[CONTENT]), lease.fence())
    assert site.read(PATH) == b"newer"
    assert site.everything() == [PATH]


@served_by(partners.TellsWrongSize)
@pytest.mark.parametrize(("verify", "recorded"), [("none", Verification.NONE), ("read_back", Verification.READ_BACK)])
def test_a_server_that_tells_wrong_sizes_is_delivered_to_by_another_proof(
    partner: Partner, lease: Lease, verify: str, recorded: Verification
) -> None:
    site = partner.site(verify=verify)
    with pytest.raises(TransientError, match="verify: read_back"):
        partner.destination().deliver(*staged(CONTENT, PATH), lease.fence())
    site.destination.deliver(*staged(CONTENT, PATH), lease.fence())
    assert lease.placed[0].verification is recorded
    assert lease.placed[0].reported_bytes == len(CONTENT) + 512
    placed = lease.placed[0]
    ours = KnownFile(len(CONTENT), hashlib.sha256(CONTENT).hexdigest(), placed.modified, None, placed.reported_bytes)
    site.destination.deliver(*staged(b"newer", PATH, known=[ours]), lease.fence())
    assert site.read(PATH) == b"newer"


@served_by({})
@pytest.mark.parametrize("publish", ["rename", "direct"])
@pytest.mark.parametrize("foreign_file", ["replace", "keep_both"])
def test_a_foreign_file_is_replaced_or_kept_beside_where_the_destination_says_so(
    partner: Partner, lease: Lease, publish: str, foreign_file: str
) -> None:
    site = partner.site(publish=publish, foreign_file=foreign_file)
    site.put(PATH, b"alien")
    site.destination.deliver(*staged(CONTENT, PATH), lease.fence())
    assert site.read(PATH) == CONTENT
    assert site.everything() == sorted([PATH, *(["sales.kept-1.zip"] if foreign_file == "keep_both" else [])])
    assert site.read("sales.kept-1.zip") == (b"alien" if foreign_file == "keep_both" else None)


@served_by({})
def test_a_folder_behind_a_symbolic_link_is_delivered_to(partner: Partner, lease: Lease) -> None:
    (partner.server.root / "link").symlink_to("in")
    destination = partner.destination("/link")
    destination.check()
    destination.deliver(*staged(CONTENT, PATH), lease.fence())
    assert (partner.server.root / "in" / PATH).read_bytes() == CONTENT


@served_by({})
def test_left_overs_go_also_beside_a_name_in_another_encoding(partner: Partner, lease: Lease) -> None:
    foreign = partner.server.root / "in" / os.fsdecode(b"\xfcbersicht.csv")
    foreign.touch()
    site = partner.site()
    left_over = ".sales.zip.0123456789abcdef.part"
    site.put(left_over, OLD)
    site.destination.deliver(*staged(CONTENT, PATH), lease.fence())
    assert foreign.exists()
    assert left_over not in partner.arrived()
    assert site.read(PATH) == CONTENT
