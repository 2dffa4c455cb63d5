"""Servers whose rename is broken, forbidden or of one kind only: a new file arrives, an old one is never lost."""

from __future__ import annotations

import pytest

from export_jobs.errors import TerminalError, TransientError
from tests.integration.delivery.sftp_partner import CONTENT, OLD, PATH, Partner, served_by
from tests.servers import sftp_partners as partners
from tests.servers.sites import Lease, staged

pytestmark = pytest.mark.integration


BROKEN = (partners.BrokenPosixRename, partners.BadMessagePosixRename, partners.DeniedPosixRename)


@served_by(*BROKEN)
def test_f5_a_broken_posix_rename_is_not_needed_for_a_new_name(partner: Partner, lease: Lease) -> None:
    site = partner.site()
    site.destination.check()
    site.destination.deliver(*staged(CONTENT, PATH), lease.fence())
    assert site.read(PATH) == CONTENT
    assert site.everything() == [PATH]


@served_by(*BROKEN)
def test_f5_an_existing_file_is_replaced_by_consent_alone(partner: Partner, lease: Lease) -> None:
    site = partner.site()
    site.put(PATH, OLD)
    with pytest.raises(TerminalError, match=r"cannot replace a file in one step|denied permission|may not write to"):
        site.destination.deliver(*staged(CONTENT, PATH, known=[OLD]), lease.fence())
    assert site.read(PATH) == OLD
    assert site.everything() == [PATH]
    partner.destination(replace="remove_then_rename").deliver(*staged(CONTENT, PATH, known=[OLD]), lease.fence())
    assert site.read(PATH) == CONTENT
    assert site.everything() == [PATH]


class _RenamesTwice(partners.BrokenPosixRename):
    """The third rename, the one that takes the freed name, fails."""

    renamed = 0

    async def rename(self, oldpath: bytes, newpath: bytes) -> None:
        type(self).renamed += 1
        if type(self).renamed == 2:
            raise self.answer("no more")
        await super().rename(oldpath, newpath)


@served_by(_RenamesTwice)
def test_f5_a_replacement_that_fails_half_way_gives_the_old_file_back(partner: Partner, lease: Lease) -> None:
    _RenamesTwice.renamed = 0
    site = partner.site(replace="remove_then_rename")
    site.put(PATH, OLD)
    with pytest.raises(TransientError):
        site.destination.deliver(*staged(CONTENT, PATH, known=[OLD]), lease.fence())
    assert site.read(PATH) == OLD
    assert site.everything() == [PATH]


@served_by(partners.OnlyPosixRename)
def test_f5_a_server_without_a_plain_rename_is_delivered_to_by_the_other_one(partner: Partner, lease: Lease) -> None:
    site = partner.site()
    site.destination.check()
    site.destination.deliver(*staged(CONTENT, PATH), lease.fence())
    assert site.read(PATH) == CONTENT


@served_by(partners.ForbidsRename)
def test_f6_a_login_that_may_not_rename_is_told_by_check(partner: Partner, lease: Lease) -> None:
    site = partner.site()
    for act in (site.destination.check, lambda: site.destination.deliver(*staged(CONTENT, PATH), lease.fence())):
        with pytest.raises(TerminalError, match=r"allows .* to be written but not renamed"):
            act()
        assert site.everything() == []
    direct = partner.destination(publish="direct")
    direct.check()
    direct.deliver(*staged(CONTENT, PATH), lease.fence())
    assert site.everything() == [PATH]


class _IdleSecondRename(partners.BrokenPosixRename):
    """The rename that takes the freed name says OK and does nothing."""

    renamed = 0

    async def rename(self, oldpath: bytes, newpath: bytes) -> None:
        type(self).renamed += 1
        if type(self).renamed != 2:
            await super().rename(oldpath, newpath)


@served_by(_IdleSecondRename)
def test_f5_a_rename_without_effect_does_not_cost_the_old_file(partner: Partner, lease: Lease) -> None:
    _IdleSecondRename.renamed = 0
    site = partner.site(replace="remove_then_rename")
    site.put(PATH, OLD)
    with pytest.raises(TransientError, match="confirmed the rename to"):
        site.destination.deliver(*staged(CONTENT, PATH, known=[OLD]), lease.fence())
    assert site.read(PATH) == OLD
    assert site.everything() == [PATH]


class _IdlePosixRename(partners.BrokenPosixRename):
    """``posix-rename@openssh.com`` says OK and does nothing."""

    async def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
        pass


@served_by(_IdlePosixRename)
def test_f5_a_posix_rename_without_effect_is_replaced_in_steps_by_consent(partner: Partner, lease: Lease) -> None:
    site = partner.site(replace="remove_then_rename")
    site.put(PATH, OLD)
    site.destination.deliver(*staged(CONTENT, PATH, known=[OLD]), lease.fence())
    assert site.read(PATH) == CONTENT
    assert site.everything() == [PATH]
