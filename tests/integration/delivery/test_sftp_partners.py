"""Servers as partners run them: delivered to wherever that is possible, and else told before any SQL, in a sentence."""

from __future__ import annotations

import hashlib
import os
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from export_jobs.core.definitions.destination import DestinationOptions
from export_jobs.core.files.placed_file import KnownFile, Verification
from export_jobs.delivery.destination import Credentials
from export_jobs.delivery.sftp import SftpDestination
from export_jobs.errors import TerminalError, TransientError
from tests.servers import sftp_partners as partners
from tests.servers.sftp_faults import PASSWORD, USER, FaultySftpServer
from tests.servers.sites import Lease, Site, folder_site, staged

pytestmark = pytest.mark.integration

PATH = "sales.zip"
CONTENT = os.urandom(600_001)
OLD = b"the old file"


class Partner:
    """A server of one kind, as a destination with given options sees it, and the folder behind it."""

    def __init__(self, server: FaultySftpServer) -> None:
        self.server = server
        self.credentials = Credentials("127.0.0.1", server.port, USER, PASSWORD, {"host_key": server.host_key_line})

    def destination(self, folder: str = "/in", **options: Any) -> SftpDestination:
        return SftpDestination(self.credentials, folder, options=DestinationOptions(**options), stall_seconds=20)

    def site(self, **options: Any) -> Site:
        return folder_site(self.server.root / "in", self.destination(**options))

    def arrived(self) -> list[str]:
        """Every file that is on the server, wherever it was put."""
        return sorted(path.name for path in self.server.root.rglob("*") if path.is_file())


@pytest.fixture
def partner(tmp_path: Path, request: pytest.FixtureRequest) -> Any:
    (tmp_path / "in").mkdir()
    kinds: dict[str, Any] = request.param if isinstance(request.param, dict) else {"files": request.param}
    with FaultySftpServer(tmp_path, **kinds) as server:
        yield Partner(server)


def served_by(*kinds: Any) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("partner", kinds, indirect=True, ids=lambda kind: getattr(kind, "__name__", "kind"))


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


@served_by(partners.WriteOnly, partners.WriteOnlyWithoutDelete)
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


@served_by(partners.WriteOnly)
def test_f2_in_a_drop_box_no_file_is_overwritten_that_nobody_may_look_at(partner: Partner, lease: Lease) -> None:
    site = partner.site()
    site.put(PATH, OLD)
    for publish in ("rename", "direct"):
        with pytest.raises(TerminalError, match="a file that this login may not look at"):
            partner.destination(publish=publish).deliver(*staged(CONTENT, PATH), lease.fence())
        assert site.read(PATH) == OLD
        assert site.everything() == [PATH]
    partner.destination(foreign_file="keep_both").deliver(*staged(CONTENT, PATH), lease.fence())
    assert (site.read(PATH), site.read("sales.kept-1.zip")) == (CONTENT, OLD)
    partner.destination(foreign_file="replace").deliver(*staged(b"newer", PATH), lease.fence())
    assert site.read(PATH) == b"newer"


def with_key(partner: Partner, **extra: object) -> Credentials:
    key = partner.server.client_key.export_private_key().decode()
    return replace(partner.credentials, extra={**partner.credentials.extra, "private_key": key, **extra})


@served_by(
    {"login": partners.WantsTwoSecrets},
    {"login": partners.KeyThenQuestion},
    {"login": partners.PasswordThenKey},
    {"login": partners.ListsBothMethods},
)
def test_f3_key_and_password_are_used_in_one_login_one_attempt_each(partner: Partner, lease: Lease) -> None:
    destination = SftpDestination(with_key(partner), "/in")
    destination.check()
    seen = partner.server.seen
    assert (seen.connections, seen.password_attempts) == (1, 1)
    destination.deliver(*staged(CONTENT, PATH), lease.fence())
    wrong = replace(with_key(partner), password="wrong")
    with pytest.raises(TerminalError, match="rejected the password of user"):
        SftpDestination(wrong, "/in").check()
    assert (seen.connections, seen.password_attempts) == (3, 3)


@served_by({"login": partners.WantsTwoSecrets}, {"login": partners.ListsBothMethods})
def test_f3_a_second_secret_that_is_missing_is_asked_for_by_name(partner: Partner) -> None:
    with pytest.raises(TerminalError, match=r"accepts the key of user 'partner' and wants .*password.* as well"):
        SftpDestination(replace(with_key(partner), password=None), "/in").check()


@served_by({"login": partners.PasswordThenKey})
def test_f3_a_key_that_is_missing_is_asked_for_by_name(partner: Partner) -> None:
    with pytest.raises(TerminalError, match="accepts the password of user 'partner' and wants publickey as well"):
        partner.destination().check()


@served_by({"login": partners.ListsBothMethods})
def test_f3_a_rejected_key_is_followed_by_no_password(partner: Partner) -> None:
    import asyncssh

    stranger = asyncssh.generate_private_key("ssh-ed25519").export_private_key().decode()
    with pytest.raises(TerminalError, match="rejected the key of user"):
        SftpDestination(with_key(partner, private_key=stranger), "/in").check()
    assert partner.server.seen.password_attempts == 0


@served_by(partners.TakesOnClose)
def test_f4_a_server_that_takes_files_on_close_gets_one_junk_file_and_a_sentence(
    partner: Partner, lease: Lease
) -> None:
    with pytest.raises(TerminalError, match=r"has taken .* away as soon as it was closed"):
        partner.destination().deliver(*staged(CONTENT, PATH), lease.fence())
    assert len(partner.arrived()) == 1
    assert lease.recorded == []
    with pytest.raises(TerminalError, match="has taken"):
        partner.destination().check()


@served_by(partners.TakesOnClose)
def test_f4_straight_to_the_final_name_one_file_arrives(partner: Partner, lease: Lease) -> None:
    destination = partner.destination(publish="direct", probe="login_only")
    destination.check()
    destination.deliver(*staged(CONTENT, PATH), lease.fence())
    assert partner.arrived() == ["0-sales.zip"]
    assert lease.recorded == ["1"]
    assert lease.placed[0].verification is Verification.NONE


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
    with pytest.raises(
        TerminalError, match=r"cannot replace a file in one step|gives no permission|may not be written to"
    ):
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
        with pytest.raises(TerminalError, match=r"lets .* be written and not be renamed"):
            act()
        assert site.everything() == []
    direct = partner.destination(publish="direct")
    direct.check()
    direct.deliver(*staged(CONTENT, PATH), lease.fence())
    assert site.everything() == [PATH]


@served_by({})
def test_f7_only_final_names_ever_appear_where_the_destination_says_so(partner: Partner, lease: Lease) -> None:
    destination = partner.destination(publish="direct", probe="login_only")
    destination.check()
    destination.deliver(*staged(CONTENT, PATH), lease.fence())
    destination.deliver(*staged(b"{}", "sales.manifest.json"), lease.fence())
    assert partner.server.seen.names == {"/in/sales.zip", "/in/sales.manifest.json"}
    assert partner.arrived() == ["sales.manifest.json", "sales.zip"]


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


OLD_ALGORITHMS: dict[str, dict[str, list[str]]] = {
    "encryption": {"encryption_algs": ["aes256-cbc"]},
    "MAC": {"encryption_algs": ["aes256-ctr"], "mac_algs": ["hmac-sha1-96"]},
    "key exchange": {"kex_algs": ["diffie-hellman-group1-sha1"]},
}


@pytest.mark.filterwarnings("ignore:Diffie-Hellman over finite fields")
@pytest.mark.parametrize("subject", OLD_ALGORITHMS)
def test_f9_old_algorithms_are_refused_with_the_list_and_the_setting_that_consents(
    tmp_path: Path, lease: Lease, subject: str
) -> None:
    (tmp_path / "in").mkdir()
    options = OLD_ALGORITHMS[subject]
    with FaultySftpServer(tmp_path, options=options) as server:
        partner = Partner(server)
        with pytest.raises(TerminalError) as caught:
            partner.destination().check()
        assert f"offers for {subject} only" in caught.value.what
        assert list(options.values())[-1][0] in caught.value.what
        assert "legacy_algorithms: true" in caught.value.remedy
        consenting = partner.destination(legacy_algorithms=True)
        consenting.check()
        consenting.deliver(*staged(CONTENT, PATH), lease.fence())


@served_by(partners.ForbidsDelete)
def test_f10_where_delete_is_denied_check_leaves_nothing_and_refuses_nothing(partner: Partner, lease: Lease) -> None:
    site = partner.site()
    site.destination.check()
    assert site.everything() == []
    site.leave_unfinished(".", PATH, "killed1")
    site.destination.deliver(*staged(CONTENT, PATH), lease.fence())
    assert site.read(PATH) == CONTENT


@served_by(partners.ForbidsWriteAndDelete)
def test_f10_a_login_that_may_only_look_is_found_by_check(partner: Partner) -> None:
    with pytest.raises(TerminalError, match=r"gives no permission for|may not be written to by this login"):
        partner.destination().check()


class _ForbidsRenameAndDelete(partners.ForbidsRename, partners.ForbidsDelete):
    """May write, and nothing else."""


@served_by(_ForbidsRenameAndDelete)
def test_f10_where_delete_is_denied_a_forbidden_rename_is_found_all_the_same(partner: Partner) -> None:
    site = partner.site()
    with pytest.raises(TerminalError, match="not be renamed"):
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


@served_by({"login": partners.PasswordExpired})
def test_f11_an_expired_password_is_told_as_that(partner: Partner) -> None:
    with pytest.raises(TerminalError, match="wants a new password for user 'partner': the present one has expired"):
        partner.destination().check()
    assert partner.server.seen.password_attempts == 1


@served_by(partners.ZipsOnly)
def test_f11_a_server_with_a_list_of_endings_gets_temporaries_that_fit(partner: Partner, lease: Lease) -> None:
    with pytest.raises(TerminalError, match=r"gives no permission for|may not be written to by this login"):
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
    with pytest.raises(TerminalError, match="exists already"):
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


@served_by({"login": partners.AsksInAnyLanguage})
@pytest.mark.parametrize("question", ["Пароль: ", "パスワード", "Passphrase", "Contraseña de acceso"])
def test_keyboard_interactive_with_one_hidden_question_in_any_language(
    partner: Partner, question: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partners.AsksInAnyLanguage, "question", question)
    partner.destination().check()
    assert partner.server.seen.password_attempts == 1


@served_by({"options": {"host": "::1"}})
def test_an_ipv6_address_is_delivered_to_with_or_without_brackets(partner: Partner, lease: Lease) -> None:
    for host in ("::1", "[::1]"):
        destination = SftpDestination(replace(partner.credentials, host=host), "/in")
        destination.check()
        assert destination.url(PATH).startswith(f"sftp://[::1]:{partner.server.port}/")


@served_by({})
def test_a_folder_behind_a_symbolic_link_is_delivered_to(partner: Partner, lease: Lease) -> None:
    (partner.server.root / "link").symlink_to("in")
    destination = partner.destination("/link")
    destination.check()
    destination.deliver(*staged(CONTENT, PATH), lease.fence())
    assert (partner.server.root / "in" / PATH).read_bytes() == CONTENT


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
    with pytest.raises(TransientError, match="said that"):
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
