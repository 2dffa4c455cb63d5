"""What stands in the way of a good key is told as what it is, and its owner is asked for nothing."""

from __future__ import annotations

import errno
import io
import tempfile
from collections.abc import Iterator

import pytest

from export_jobs.core.definitions.key import KeySpec, ReceiverKey
from export_jobs.errors import TerminalError, UserError
from export_jobs.streaming.openpgp import gpg
from export_jobs.streaming.openpgp.encrypt import Encryption, encrypt
from export_jobs.streaming.openpgp.gpg import find_gpg
from export_jobs.streaming.openpgp.read_key import (
    SigningKey,
    import_public_key,
    import_signing_key,
    read_public_key,
)
from tests.servers.gpg_keyring import GpgKeyring, gpg_keyring

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(find_gpg() is None, reason="gpg is not here: apt-get install gnupg"),
]


@pytest.fixture(scope="module")
def keyring() -> Iterator[GpgKeyring]:
    with gpg_keyring() as ring:
        ring.make("Partner")
        ring.make("Early", since="20600101T120000")
        yield ring


@pytest.fixture
def partner(keyring: GpgKeyring) -> ReceiverKey:
    text = keyring.public("Partner")
    return ReceiverKey.of(KeySpec(tag="partner", public_key=text), read_public_key(text))


def test_two_tags_can_hold_one_key(keyring: GpgKeyring, partner: ReceiverKey) -> None:
    encryption, sink = Encryption((partner, partner.model_copy(update={"tag": "partner-too"}))), io.BytesIO()
    with encrypt(sink, encryption, "rows.csv") as encrypting:
        encrypting.write(b"rows")
    assert keyring.decrypt(sink.getvalue()) == b"rows"


def test_a_key_from_the_future_is_not_called_forged(keyring: GpgKeyring) -> None:
    """The clock of its owner goes before that of the worker."""
    with gpg_keyring() as ring:
        ring.make("Early", since="20600101T120000")
        with pytest.raises(
            UserError, match=r"The key was created on 2060-01-01 at 12:00 UTC, which is in the future for this machine"
        ):
            read_public_key(ring.public("Early"))


def test_no_space_for_gpg_is_nobodys_key(
    partner: ReceiverKey, keyring: GpgKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor is gpg's own word of it: a small disk cannot be mounted here."""
    error = gpg.gpg_error(2, b"gpg: error writing keyring: No space left on device\n")

    def full(*_: object, **__: object) -> str:
        raise error

    private = keyring.private("Partner")
    monkeypatch.setattr(gpg.GpgHome, "run", full)
    with gpg.open_gpg() as home:
        with pytest.raises(TerminalError, match="There is no space left for gpg's temporary files"):
            import_public_key(home, partner.public_key)
        with pytest.raises(TerminalError, match="There is no space left for gpg's temporary files"):
            import_signing_key(home, SigningKey(private))


def test_a_full_place_for_homes_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**_: object) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tempfile, "mkdtemp", full)
    with pytest.raises(TerminalError, match="There is no space left for gpg's temporary files"), gpg.open_gpg():
        pass
