"""Straight to the final name: what stands there is whole, or is not there, or is known as a part of ours."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from typing import Any

import pytest

from export_jobs.core.files.placed_file import KnownFile, Verification
from export_jobs.errors import TerminalError, TransientError
from tests.integration.delivery.sftp_partner import CONTENT, PATH, Partner, served_by
from tests.servers import sftp_drop_boxes as drop_boxes
from tests.servers import sftp_partners as partners
from tests.servers.sites import Lease, staged

pytestmark = pytest.mark.integration


@served_by(drop_boxes.TakesOnClose)
def test_f4_straight_to_the_final_name_one_file_arrives(partner: Partner, lease: Lease) -> None:
    destination = partner.destination(publish="direct", probe="login_only")
    destination.check()
    destination.deliver(*staged(CONTENT, PATH), lease.fence())
    assert partner.arrived() == ["0-sales.zip"]
    assert lease.recorded == ["1"]
    assert lease.placed[0].verification is Verification.NONE


@served_by({})
def test_f7_only_final_names_ever_appear_where_the_destination_says_so(partner: Partner, lease: Lease) -> None:
    destination = partner.destination(publish="direct", probe="login_only")
    destination.check()
    destination.deliver(*staged(CONTENT, PATH), lease.fence())
    destination.deliver(*staged(b"{}", "sales.manifest.json"), lease.fence())
    assert partner.server.seen.names == {"/in/sales.zip", "/in/sales.manifest.json"}
    assert partner.arrived() == ["sales.manifest.json", "sales.zip"]


DIRECT_BYTES = [0, 1, 4096, *(len(CONTENT) * percent // 100 for percent in range(1, 100, 7)), len(CONTENT)]


@served_by({})
@pytest.mark.parametrize("byte", DIRECT_BYTES)
def test_direct_a_dropped_connection_leaves_no_part_and_the_retry_is_whole(
    partner: Partner, lease: Lease, byte: int
) -> None:
    site = partner.site(publish="direct")
    partner.server.faults.drop_at_byte = byte or 1
    with pytest.raises(TransientError, match="was lost while"):
        site.destination.deliver(*staged(CONTENT, PATH), lease.fence())
    assert site.everything() == []
    site.destination.deliver(*staged(CONTENT, PATH), lease.fence())
    assert site.read(PATH) == CONTENT
    assert lease.recorded == ["1"]


@served_by({})
def test_direct_the_part_that_a_killed_attempt_left_is_known_by_its_content(partner: Partner, lease: Lease) -> None:
    site = partner.site(publish="direct")
    announced = KnownFile(len(CONTENT), hashlib.sha256(CONTENT).hexdigest(), stands=False)
    site.put(PATH, b"alien")
    with pytest.raises(TerminalError, match="already exists"):
        site.destination.deliver(*staged(CONTENT, PATH, known=[announced]), lease.fence())
    site.put(PATH, CONTENT[:300_000])
    site.destination.deliver(*staged(CONTENT, PATH, known=[announced]), lease.fence())
    assert site.read(PATH) == CONTENT


@served_by({})
def test_direct_the_fence_is_kept_open_while_the_file_is_written(
    partner: Partner, lease: Lease, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("export_jobs.delivery.loop_thread.MEANWHILE_S", 0.05)
    asked: list[None] = []
    partner.server.faults.seconds_per_write = 0.2
    entered = lease.fence()

    @contextmanager
    def watched() -> Any:
        with entered() as placed:
            placed.keep_open = lambda: asked.append(None)
            yield placed

    partner.destination(publish="direct").deliver(*staged(CONTENT, PATH), watched)
    assert len(asked) >= 2


@served_by({})
def test_direct_a_fence_that_is_lost_stops_the_upload_and_removes_nothing(
    partner: Partner, lease: Lease, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stands there then may be written by the attempt that has taken over."""
    monkeypatch.setattr("export_jobs.delivery.loop_thread.MEANWHILE_S", 0.05)
    partner.server.faults.seconds_per_write = 0.3
    entered = lease.fence()

    @contextmanager
    def lost() -> Any:
        with entered() as placed:

            def gone() -> None:
                raise TransientError("The store cannot be reached")

            placed.keep_open = gone
            yield placed

    with pytest.raises(TransientError, match="store cannot be reached"):
        partner.destination(publish="direct").deliver(*staged(CONTENT * 4, PATH), lost)
    assert not [event for event in partner.server.seen.events if event.startswith("remove")]
    assert lease.recorded == []


@served_by(partners.NoExclusiveCreate)
def test_direct_a_server_that_knows_no_exclusive_creation_is_delivered_to(partner: Partner, lease: Lease) -> None:
    site = partner.site(publish="direct")
    site.destination.deliver(*staged(CONTENT, PATH), lease.fence())
    assert site.read(PATH) == CONTENT
