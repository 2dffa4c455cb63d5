"""Ranges of one file over several channels: the file is whole, or nothing of it is there."""

from __future__ import annotations

import os

import pytest

from export_jobs.core.files.placed_file import Verification
from export_jobs.errors import TransientError
from tests.integration.delivery.sftp_partner import PATH, Partner, served_by
from tests.servers import sftp_partners as partners
from tests.servers.sites import Lease, staged

pytestmark = pytest.mark.integration


LARGE = os.urandom(9_000_017)


@served_by({}, partners.TakesNoRanges, partners.OneHandleAFile)
def test_ranges_of_one_file_go_over_channels_of_one_connection_and_fall_back(partner: Partner, lease: Lease) -> None:
    site = partner.site(parallel=4)
    site.destination.deliver(*staged(LARGE, PATH), lease.fence())
    assert site.read(PATH) == LARGE
    assert site.everything() == [PATH]
    assert partner.server.seen.connections == 1
    assert lease.placed[0].verification is Verification.SIZE


@served_by(partners.EndsAtSecondChannel)
def test_ranges_a_server_that_ends_the_connection_at_a_second_channel_gets_the_file_in_one_piece(
    partner: Partner, lease: Lease
) -> None:
    site = partner.site(parallel=4)
    site.destination.deliver(*staged(LARGE, PATH), lease.fence())
    assert site.read(PATH) == LARGE
    assert site.everything() == [PATH]
    assert partner.server.seen.connections == 2


@served_by({"login": partners.NeverGivesSecondChannel})
def test_ranges_a_server_that_never_answers_for_a_second_channel_gets_the_file_over_the_first(
    partner: Partner, lease: Lease, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a stall of minutes before each file, and without another login."""
    monkeypatch.setattr("export_jobs.delivery.sftp_server.session.LEAST_CHANNEL_SECONDS", 0.2)
    site = partner.site(parallel=4)
    site.destination.deliver(*staged(LARGE, PATH), lease.fence())
    assert site.read(PATH) == LARGE
    assert site.everything() == [PATH]
    assert partner.server.seen.connections == 1
    assert lease.recorded == ["1"]


@served_by({})
@pytest.mark.parametrize("percent", range(0, 101, 10))
def test_ranges_a_dropped_connection_leaves_nothing_and_the_retry_is_whole(
    partner: Partner, lease: Lease, percent: int
) -> None:
    site = partner.site(parallel=4)
    partner.server.faults.drop_at_byte = max(1, len(LARGE) * percent // 100)
    with pytest.raises(TransientError):
        site.destination.deliver(*staged(LARGE, PATH), lease.fence())
    assert site.everything() == []
    site.destination.deliver(*staged(LARGE, PATH), lease.fence())
    assert site.read(PATH) == LARGE
