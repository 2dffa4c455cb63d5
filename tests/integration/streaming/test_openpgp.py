"""Encryption by the real gpg: read back by gpg with the receivers' own keys, and every key that is refused."""

from __future__ import annotations

import hashlib
import io
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from export_jobs.core.definitions.key import KeySpec, ReceiverKey
from export_jobs.errors import TerminalError, TransientError, UserError
from export_jobs.streaming.openpgp import gpg
from export_jobs.streaming.openpgp.encrypt import Encryption, encrypt, prove_encryption
from export_jobs.streaming.openpgp.gpg import HOME_PREFIX, find_gpg, gpg_version
from export_jobs.streaming.openpgp.read_key import SigningKey, read_public_key
from tests.servers.gpg_keyring import LONG_AGO, GpgKeyring, gpg_keyring

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(find_gpg() is None, reason="gpg is not here: apt-get install gnupg"),
]
ROWS = b"id,amount\r\n" + b"7,19.99\r\n" * 1000
PASSPHRASE = "correct horse & 'staple'"


@pytest.fixture(scope="module")
def keyring() -> Iterator[GpgKeyring]:
    with gpg_keyring() as ring:
        ring.make("Partner", lasts="2y", subkey_lasts="1y")
        ring.make("Auditor")
        ring.make("Team", subkey_lasts=None, passphrase=PASSPHRASE)
        ring.make("Open", subkey_lasts=None)
        ring.make("Signer", subkey_lasts=None)
        ring.make("Expired", lasts="1y", subkey_lasts="1y", since=LONG_AGO)
        ring.make("Oldsub", subkey_lasts="1y", since=LONG_AGO)
        ring.make("Revoked")
        ring.revoke("Revoked")
        ring.make("Revsub")
        ring.revoke_subkey("Revsub")
        ring.weak("Weak")
        yield ring


@pytest.fixture(autouse=True)
def nothing_left(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing of gpg is left behind by any test. In a folder apart: other processes make and remove homes meanwhile."""
    with tempfile.TemporaryDirectory(prefix="ej-", dir=gpg._root()) as name:
        monkeypatch.setattr(gpg, "_root", lambda: Path(name))
        yield
        assert not list(Path(name).glob(f"{HOME_PREFIX}*"))


def receiver(keyring: GpgKeyring, name: str) -> ReceiverKey:
    text = keyring.public(name)
    return ReceiverKey.of(KeySpec(tag=name.lower(), public_key=text), read_public_key(text))


def message(encryption: Encryption, content: bytes = ROWS) -> bytes:
    sink = io.BytesIO()
    with encrypt(sink, encryption, "rows.csv") as encrypting:
        for at in range(0, len(content), 777):
            encrypting.write(content[at : at + 777])
        encrypting.flush()
    written = sink.getvalue()
    assert (encrypting.bytes, encrypting.sha256) == (len(written), hashlib.sha256(written).hexdigest())
    return written


def test_what_gpg_says_of_a_key_is_kept(keyring: GpgKeyring) -> None:
    found = read_public_key(keyring.public("Partner"))
    assert found.fingerprint == keyring.fingerprint("Partner")
    assert (found.user_id, found.fault) == ("Partner <partner@example.org>", "")
    assert found.expires_at is not None
    assert 364 <= (found.expires_at - found.created_at).days <= 366, "the subkey expires before the key does"
    assert read_public_key(keyring.public("Auditor")).expires_at is None


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("Expired", "expired on 2020-12-31"),
        ("Oldsub", "has a subkey to encrypt with that expired on 2020-12-31"),
        ("Revoked", "has been revoked by its owner"),
        ("Revsub", "has a subkey to encrypt with that has been revoked"),
        ("Signer", "has no key to encrypt with"),
        ("Weak", "has only 1024 bits; keys with fewer than 2048 bits can be broken"),
    ],
)
def test_a_key_that_cannot_be_used_is_refused_before_anything_is_written(
    keyring: GpgKeyring, name: str, fault: str
) -> None:
    found = read_public_key(keyring.public(name))
    assert found.fault == fault
    key = ReceiverKey.of(KeySpec(tag="partner", public_key=keyring.public(name)), found)
    sink = io.BytesIO()
    with pytest.raises(UserError, match=f"it {fault}"), encrypt(sink, Encryption((key,)), "rows.csv"):
        raise AssertionError("no row is read")
    assert sink.getvalue() == b""


def test_a_private_key_is_refused_and_not_quoted(keyring: GpgKeyring) -> None:
    text = keyring.private("Partner")
    disguised = text.replace("PRIVATE", "PUBLIC")
    for pasted in (text, disguised, keyring.public("Auditor") + text):
        with pytest.raises(UserError, match="contains a private key") as raised:
            read_public_key(pasted)
        assert text.splitlines()[3] not in f"{raised.value}{raised.value!r}"


def test_a_text_that_is_no_single_key_is_refused(keyring: GpgKeyring) -> None:
    with pytest.raises(UserError, match="contains 2 keys"):
        read_public_key(keyring.public("Partner", "Auditor"))
    with pytest.raises(UserError, match="contains 2 keys"):
        read_public_key(keyring.public("Partner") + keyring.public("Auditor"))
    with pytest.raises(UserError, match="not an OpenPGP public key"):
        read_public_key("ssh-ed25519 AAAA")
    lines = keyring.public("Partner").splitlines()
    with pytest.raises(UserError, match=r"holds no key that can be read|gpg cannot read|with a valid self-signature"):
        read_public_key("\n".join([*lines[:3], lines[3][:20], *lines[-1:]]))


def test_a_key_whose_signature_is_not_its_own_is_refused(keyring: GpgKeyring) -> None:
    """A name that somebody has written onto another's key bears no signature of it."""
    data = keyring.gpg("--export", "partner@example.org").replace(b"Partner <partner@", b"Parther <parther@")
    armoured = keyring.gpg("--enarmor", given=data).decode().replace("ARMORED FILE", "PUBLIC KEY BLOCK")
    with pytest.raises(UserError, match=r"with a valid self-signature|gpg cannot read"):
        read_public_key(armoured)


def test_every_receiver_can_decrypt(keyring: GpgKeyring) -> None:
    both = Encryption((receiver(keyring, "Partner"), receiver(keyring, "Auditor")))
    written = message(both)
    assert keyring.decrypt(written) == ROWS
    assert keyring.status(written).count("[GNUPG:] ENC_TO ") == 2
    assert ROWS[:20] not in written
    for name in ("Partner", "Auditor"):
        with gpg_keyring() as alone:
            alone.gpg("--import", given=keyring.private(name).encode())
            assert alone.decrypt(written) == ROWS


def test_as_text_and_as_bytes(keyring: GpgKeyring) -> None:
    key = receiver(keyring, "Partner")
    text = message(Encryption((key,), is_armoured=True))
    assert text.startswith(b"-----BEGIN PGP MESSAGE-----\n")
    assert keyring.decrypt(text) == ROWS
    assert not message(Encryption((key,))).isascii()
    assert keyring.decrypt(message(Encryption((key,)), b"")) == b""


@pytest.mark.parametrize(("name", "passphrase"), [("Team", PASSPHRASE), ("Open", "")])
def test_a_signature_is_verified_by_the_receiver(keyring: GpgKeyring, name: str, passphrase: str) -> None:
    key = SigningKey(keyring.private(name, passphrase), passphrase)
    written = message(Encryption((receiver(keyring, "Partner"),), key))
    assert keyring.decrypt(written) == ROWS
    assert f"[GNUPG:] VALIDSIG {keyring.fingerprint(name)}" in keyring.status(written)


def test_a_key_to_sign_with_that_cannot_sign_is_refused(keyring: GpgKeyring) -> None:
    receivers = (receiver(keyring, "Partner"),)
    team = keyring.private("Team", PASSPHRASE)
    for passphrase in ("", "wrong"):
        with pytest.raises(UserError, match="passphrase is missing or wrong") as raised:
            prove_encryption(Encryption(receivers, SigningKey(team, passphrase)))
        assert PASSPHRASE not in str(raised.value)
    with pytest.raises(UserError, match="cannot read the private key"):
        prove_encryption(Encryption(receivers, SigningKey("no key")))
    with pytest.raises(UserError, match="has 0 private keys"):
        prove_encryption(Encryption(receivers, SigningKey(keyring.public("Team"))))
    with pytest.raises(UserError, match="to sign with expired on"):
        prove_encryption(Encryption(receivers, SigningKey(keyring.private("Expired"))))
    assert team[60:90] not in repr(SigningKey(team, PASSPHRASE))
    assert PASSPHRASE not in repr(SigningKey(team, PASSPHRASE))


def test_a_key_that_was_exchanged_after_it_was_confirmed_is_refused(keyring: GpgKeyring) -> None:
    key = receiver(keyring, "Partner").model_copy(update={"public_key": keyring.public("Auditor")})
    with pytest.raises(UserError, match=r"not the confirmed key"):
        prove_encryption(Encryption((key,)))


def test_a_gpg_that_is_killed_is_told_and_tried_again(keyring: GpgKeyring) -> None:
    with (
        pytest.raises(TransientError, match="signal 9"),
        encrypt(io.BytesIO(), Encryption((receiver(keyring, "Partner"),)), "rows.csv") as encrypting,
    ):
        encrypting.write(ROWS)
        encrypting._process.kill()
        for _ in range(1000):
            encrypting.write(ROWS)
            encrypting.flush()
            time.sleep(0.001)


def test_what_goes_wrong_while_rows_are_written_ends_gpg(keyring: GpgKeyring) -> None:
    with (
        pytest.raises(ZeroDivisionError),
        encrypt(io.BytesIO(), Encryption((receiver(keyring, "Partner"),)), "rows.csv") as encrypting,
    ):
        encrypting.write(ROWS)
        1 / 0  # noqa: B018
    assert encrypting._process.returncode == -signal.SIGKILL


def test_a_full_disk_is_told_and_ends_gpg(keyring: GpgKeyring) -> None:
    with (
        Path("/dev/full").open("wb") as full,
        pytest.raises(TerminalError, match=r"no space left for the staged file of rows\.csv"),
        encrypt(full, Encryption((receiver(keyring, "Partner"),)), "rows.csv") as encrypting,
    ):
        for _ in range(10_000):
            encrypting.write(ROWS)


def test_a_machine_without_gpg_says_so(keyring: GpgKeyring, monkeypatch: pytest.MonkeyPatch) -> None:
    key = receiver(keyring, "Partner")
    monkeypatch.setenv("PATH", "/nowhere")
    for use in (lambda: prove_encryption(Encryption((key,))), lambda: read_public_key(key.public_key)):
        with pytest.raises(
            TerminalError, match=r"The program gpg, .* is not installed on this machine.* apt-get install gnupg"
        ):
            use()


def test_gpg_reads_nothing_of_the_user(keyring: GpgKeyring, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A configuration that would break every call, were it read."""
    (tmp_path / "gpg.conf").write_text("no-such-option\n")
    monkeypatch.setenv("GNUPGHOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert keyring.decrypt(message(Encryption((receiver(keyring, "Partner"),)))) == ROWS
    assert gpg_version()[0].isdigit()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["gpg.conf"]


def test_the_home_of_a_process_that_was_killed_goes_with_the_next_use(keyring: GpgKeyring, tmp_path: Path) -> None:
    script = """
import sys, time
from pathlib import Path
from export_jobs.streaming.openpgp import gpg
from export_jobs.streaming.openpgp.read_key import SigningKey, import_signing_key
gpg._root = lambda: Path(sys.argv[1])
with gpg.open_gpg(has_agent=True) as home:
    import_signing_key(home, SigningKey(sys.stdin.read()))
    print(home.path, flush=True)
    time.sleep(60)
"""
    child = subprocess.Popen(
        [sys.executable, "-c", script, str(gpg._root())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert child.stdin is not None
    assert child.stdout is not None
    with child:
        child.stdin.write(keyring.private("Open").encode())
        child.stdin.close()
        left = Path(child.stdout.readline().decode().strip())
        in_use = receiver(keyring, "Partner")
        assert left.is_dir(), "a home that is in use stays"
        child.kill()
        child.wait()
    assert left.is_dir()
    assert left.stat().st_mode & 0o777 == 0o700
    prove_encryption(Encryption((in_use,)))
    assert not left.exists()


def test_300_mb_in_flat_memory(keyring: GpgKeyring, tmp_path: Path) -> None:
    """Of this process and of gpg; the message is decrypted by gpg, and the hash of what comes out is compared."""
    key = receiver(keyring, "Partner")
    block = os.urandom(1 << 20)
    digest = hashlib.sha256()
    path = tmp_path / "large.pgp"
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with path.open("wb") as file, encrypt(file, Encryption((key,)), "large.csv") as encrypting:
        for _ in range(300):
            encrypting.write(block)
            digest.update(block)
        status = Path(f"/proc/{encrypting._process.pid}/status").read_text()
    peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40_000, "kB, of ours"
    assert peak < 40_000, "kB, of gpg's"
    assert 300 << 20 < path.stat().st_size < 301 << 20
    found = hashlib.sha256(keyring.decrypt(path.read_bytes())).hexdigest()
    assert found == digest.hexdigest()
