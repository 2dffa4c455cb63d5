"""Receivers and their keys: a keyring of the real gpg, with every possible fault of a key."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

LONG_AGO = "20200101T000000"
PRIVATE_HEAD = "PRIVATE KEY BLOCK"


@dataclass(frozen=True)
class GpgKeyring:
    """A gpg home like that of a receiver or the team."""

    home: Path

    def gpg(self, *arguments: str, given: bytes = b"", passphrase: str = "") -> bytes:
        command = ["gpg", "--homedir", str(self.home), "--batch", "--quiet", "--no-tty", "--trust-model", "always"]
        done = subprocess.run(
            [*command, "--pinentry-mode", "loopback", "--passphrase", passphrase, *arguments],
            input=given,
            capture_output=True,
            check=False,
            env={**os.environ, "LC_ALL": "C"},
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    def make(
        self, name: str, *, lasts: str = "0", subkey_lasts: str | None = "0", since: str = "", passphrase: str = ""
    ) -> str:
        """Create a key and return its fingerprint: curve 25519, with a subkey for encryption unless that is None."""
        # With the mark the clock stands still: otherwise, on a slow machine, the subkey would be older than its key.
        faked = ["--faked-system-time", f"{since}!"] if since else []
        user = f"{name} <{name.lower()}@example.org>"
        self.gpg(*faked, "--quick-gen-key", user, "ed25519", "sign", lasts, passphrase=passphrase)
        fingerprint = self.fingerprint(name)
        if subkey_lasts is not None:
            self.gpg(*faked, "--quick-add-key", fingerprint, "cv25519", "encr", subkey_lasts, passphrase=passphrase)
        return fingerprint

    def weak(self, name: str) -> str:
        self.gpg("--quick-gen-key", f"{name} <{name.lower()}@example.org>", "rsa1024", "sign", "0")
        self.gpg("--quick-add-key", self.fingerprint(name), "rsa1024", "encr", "0")
        return self.fingerprint(name)

    def fingerprint(self, name: str) -> str:
        listing = self.gpg("--list-keys", "--with-colons", f"{name.lower()}@example.org").decode()
        return next(line.split(":")[9] for line in listing.splitlines() if line.startswith("fpr"))

    def subkey(self, name: str) -> str:
        listing = self.gpg("--list-keys", "--with-colons", f"{name.lower()}@example.org").decode()
        return next(line.split(":")[9] for line in reversed(listing.splitlines()) if line.startswith("fpr"))

    def revoke(self, name: str) -> None:
        text = (self.home / "openpgp-revocs.d" / f"{self.fingerprint(name)}.rev").read_text()
        self.gpg("--import", given=text.replace("\n:---", "\n---").encode())

    def revoke_subkey(self, name: str) -> None:
        command = ["gpg", "--homedir", str(self.home), "--no-tty", "--quiet", "--command-fd", "0", "--pinentry-mode"]
        subprocess.run(
            [*command, "loopback", "--passphrase", "", "--edit-key", self.fingerprint(name)],
            input=b"key 1\nrevkey\ny\n0\n\ny\nsave\n",
            capture_output=True,
            check=True,
        )

    def public(self, *names: str) -> str:
        return self.gpg("--armor", "--export", *(f"{name.lower()}@example.org" for name in names)).decode()

    def private(self, name: str, passphrase: str = "") -> str:
        address = f"{name.lower()}@example.org"
        return self.gpg("--armor", "--export-secret-keys", address, passphrase=passphrase).decode()

    def decrypt(self, message: bytes) -> bytes:
        return self.gpg("--decrypt", given=message)

    def status(self, message: bytes) -> str:
        """Return what gpg reports about a message: its receivers and its signature."""
        return self.gpg("--status-fd", "1", "--output", os.devnull, "--yes", "--decrypt", given=message).decode()


@contextmanager
def gpg_keyring() -> Iterator[GpgKeyring]:
    """Yield an empty home; remove it and stop its agent on leaving."""
    path = Path(tempfile.mkdtemp(prefix="keyring-", dir="/tmp"))
    try:
        yield GpgKeyring(path)
    finally:
        subprocess.run(["gpgconf", "--homedir", str(path), "--kill", "all"], capture_output=True, check=False)
        shutil.rmtree(path, ignore_errors=True)
