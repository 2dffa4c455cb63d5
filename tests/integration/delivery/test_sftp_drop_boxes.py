"""Drop boxes and receivers that act at once: the check refuses nothing that a delivery manages, and leaves nothing."""

from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path
from typing import Any

import pytest

from export_jobs.core.definitions.destination import DestinationOptions
from export_jobs.core.files.placed_file import KnownFile, Verification
from export_jobs.delivery.sftp import SftpDestination
from export_jobs.errors import TerminalError, TransientError
from tests.integration.delivery.sftp_partner import CONTENT, PATH, Partner, served_by
from tests.servers import sftp_drop_boxes as drop_boxes
from tests.servers import sftp_partners as partners
from tests.servers.openssh import OpenSsh
from tests.servers.sites import Lease, openssh_credentials, staged

pytestmark = pytest.mark.integration


@served_by(drop_boxes.NewFilesOnly, drop_boxes.NewFilesNeverRenamed, drop_boxes.KnowsNoDelete)
def test_a_drop_box_for_new_files_passes_the_check_and_gets_its_file(partner: Partner, lease: Lease) -> None:
    site = partner.site(publish="direct")
    site.destination.check()
    assert partner.arrived() == []
    site.destination.deliver(*staged(CONTENT, PATH), lease.fence())
    assert site.read(PATH) == CONTENT
    assert partner.arrived() == [PATH]
    assert lease.placed[0].verification is Verification.NONE


@served_by(drop_boxes.NewFilesNeverRenamed, drop_boxes.KnowsNoDelete)
def test_a_drop_box_that_forbids_renaming_is_told_the_option_that_does_without(partner: Partner) -> None:
    with pytest.raises(TerminalError, match="but not renamed") as caught:
        partner.destination().check()
    assert "`publish: direct`" in caught.value.remedy
    assert partner.arrived() == []


@served_by(drop_boxes.WriteOnly, drop_boxes.WriteOnlyWithoutDelete, drop_boxes.WriteOnlyPosixRename)
def test_a_file_whose_rename_lost_its_answer_is_delivered_where_nobody_may_look(partner: Partner, lease: Lease) -> None:
    partner.server.faults.drop_after = "rename"
    partner.destination().deliver(*staged(CONTENT, PATH), lease.fence())
    assert partner.arrived() == [PATH]
    assert partner.site().read(PATH) == CONTENT
    assert lease.recorded == ["1"]
    assert lease.placed[0].verification is Verification.NONE


@served_by(drop_boxes.WriteOnly, drop_boxes.WriteOnlyWithoutDelete)
def test_a_file_that_was_not_renamed_yet_when_the_line_broke_is_not_delivered(partner: Partner, lease: Lease) -> None:
    partner.server.faults.drop_before = "rename"
    with pytest.raises(TransientError, match="was lost while renaming"):
        partner.destination().deliver(*staged(CONTENT, PATH), lease.fence())
    assert PATH not in partner.arrived()
    assert lease.recorded == []
    partner.destination().deliver(*staged(CONTENT, PATH, "2"), lease.fence())
    assert PATH in partner.arrived()


@served_by(drop_boxes.WriteOnly, drop_boxes.NewFilesOnly)
def test_direct_a_part_of_ours_is_replaced_unseen_and_no_file_that_an_earlier_try_has_met(
    partner: Partner, lease: Lease
) -> None:
    """Who clears the run without moving the stranger's file away must not lose it."""
    site = partner.site(publish="direct")
    known = KnownFile(len(CONTENT), hashlib.sha256(CONTENT).hexdigest(), stands=False, was_refused=True)
    site.put(PATH, b"a stranger's")
    with pytest.raises(TerminalError, match="It may come from an earlier attempt of this job"):
        site.destination.deliver(*staged(CONTENT, PATH, "2", known=[known]), lease.fence())
    assert site.read(PATH) == b"a stranger's"
    site.put(PATH, CONTENT[:1000])
    announced = dataclasses.replace(known, was_refused=False)
    site.destination.deliver(*staged(CONTENT, PATH, "3", known=[announced]), lease.fence())
    assert site.read(PATH) == CONTENT


@served_by(drop_boxes.SaysGoneOnClose)
def test_f4_a_server_that_says_gone_on_close_is_told_from_one_without_the_folder(
    partner: Partner, lease: Lease
) -> None:
    with pytest.raises(TerminalError, match="as soon as it was closed"):
        partner.destination().check()
    with pytest.raises(TerminalError, match="as soon as it was closed"):
        partner.destination().deliver(*staged(CONTENT, PATH), lease.fence())
    assert lease.recorded == []


@served_by(drop_boxes.SaysGoneOnClose)
def test_f4_straight_to_the_final_name_it_is_delivered(partner: Partner, lease: Lease) -> None:
    direct = partner.destination(publish="direct", probe="login_only")
    direct.check()
    direct.deliver(*staged(CONTENT, PATH), lease.fence())
    assert partner.arrived() == [f"0-{PATH}"]
    assert lease.recorded == ["1"]


@served_by(partners.ShowsOldNameStill)
def test_f8_an_old_name_that_is_shown_for_a_moment_is_looked_at_twice(partner: Partner, lease: Lease) -> None:
    site = partner.site()
    site.destination.deliver(*staged(CONTENT, PATH), lease.fence())
    assert site.everything() == [PATH]
    assert lease.recorded == ["1"]


@served_by(partners.DeniesExclusiveCreate)
def test_direct_a_server_that_denies_exclusive_creation_is_delivered_to(partner: Partner, lease: Lease) -> None:
    site = partner.site(publish="direct")
    site.destination.deliver(*staged(CONTENT, PATH), lease.fence())
    assert site.read(PATH) == CONTENT


@served_by(None)
def test_direct_a_strangers_link_to_nothing_is_not_written_through(partner: Partner, lease: Lease) -> None:
    link = partner.server.root / "in" / PATH
    link.symlink_to("elsewhere.zip")
    with pytest.raises(TerminalError, match="already exists"):
        partner.destination(publish="direct").deliver(*staged(CONTENT, PATH), lease.fence())
    assert partner.arrived() == []
    assert link.is_symlink()


def test_a_strangers_link_to_nothing_is_not_replaced_on_openssh(openssh: OpenSsh, tmp_path: Path, lease: Lease) -> None:
    link = tmp_path / PATH
    link.symlink_to("elsewhere.zip")
    with pytest.raises(TerminalError, match="already exists"):
        SftpDestination(openssh_credentials(openssh), str(tmp_path)).deliver(*staged(CONTENT, PATH), lease.fence())
    assert [file.name for file in tmp_path.iterdir()] == [PATH]
    assert link.is_symlink()


@pytest.mark.parametrize(
    ("allowed", "publish"),
    [
        ("open,close,write", "direct"),
        ("open,close,write,rename", "rename"),
        ("open,close,write,posix-rename", "rename"),
    ],
)
def test_openssh_that_allows_a_few_requests_is_checked_and_delivered_to(
    tmp_path: Path, lease: Lease, allowed: str, publish: Any
) -> None:
    box = tmp_path / "box"
    box.mkdir()
    with OpenSsh(tmp_path / "sshd", options=f"-p {allowed}") as server:
        options = DestinationOptions(publish=publish)
        destination = SftpDestination(openssh_credentials(server), str(box), options=options)
        destination.check()
        assert list(box.iterdir()) == []
        destination.deliver(*staged(CONTENT, PATH), lease.fence())
    assert [file.name for file in box.iterdir()] == [PATH]
    assert (box / PATH).read_bytes() == CONTENT
