"""A receiver of encrypted files: a key pair that gpg creates once in the demo's folder, and decryption with it."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from demo.processes import StartError

TAG = "partner"
USER = "Partner <partner@example.com>"


class Receiver:
    """Only this user can read the private key, which has no passphrase: it decrypts the demo's files."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "partner_private_key.asc"

    def public_key(self) -> str:
        """The text that a partner would send; the first call creates the key, and later calls return the same one."""
        if not self._file.exists():
            with _keyring() as home:
                _gpg(home, "--quick-gen-key", USER, "ed25519", "sign", "0")
                listing = _gpg(home, "--list-keys", "--with-colons").decode()
                fingerprint = next(line.split(":")[9] for line in listing.splitlines() if line.startswith("fpr"))
                _gpg(home, "--quick-add-key", fingerprint, "cv25519", "encr", "0")
                private = _gpg(home, "--armor", "--export-secret-keys")
            self._file.touch(mode=0o600)
            self._file.write_bytes(private)
        with self._own_keyring() as home:
            return _gpg(home, "--armor", "--export").decode()

    def open(self, message: bytes) -> bytes:
        """The content of an encrypted file."""
        with self._own_keyring() as home:
            return _gpg(home, "--decrypt", given=message)

    @contextmanager
    def _own_keyring(self) -> Iterator[Path]:
        with _keyring() as home:
            _gpg(home, "--import", given=self._file.read_bytes())
            yield home


@contextmanager
def _keyring() -> Iterator[Path]:
    """In a short path of its own, since the sockets of gpg's agent stand in it; the agent is gone on leaving."""
    with tempfile.TemporaryDirectory(prefix="partner-", dir="/tmp", ignore_cleanup_errors=True) as home:
        try:
            yield Path(home)
        finally:
            subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"], capture_output=True, check=False)


def _gpg(home: Path, *arguments: str, given: bytes = b"") -> bytes:
    command = ["gpg", "--homedir", str(home), "--batch", "--quiet", "--no-tty", "--pinentry-mode", "loopback"]
    done = subprocess.run(
        [*command, "--passphrase", "", *arguments],
        input=given,
        capture_output=True,
        check=False,
        env={**os.environ, "LC_ALL": "C"},
    )
    if done.returncode:
        raise StartError(f"gpg cannot play the partner of the demo: {done.stderr.decode(errors='replace')}")
    return done.stdout
