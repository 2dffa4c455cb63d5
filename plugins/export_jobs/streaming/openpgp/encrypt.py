"""Encrypt bytes to several receivers as an OpenPGP message, in constant memory, through a child process."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Thread
from typing import IO, BinaryIO

from export_jobs.core.definitions.key import PublicKey, ReceiverKey
from export_jobs.errors import ExportError, UserError
from export_jobs.streaming.base.sink import HashingSink
from export_jobs.streaming.openpgp.gpg import GpgHome, gpg_error, open_gpg
from export_jobs.streaming.openpgp.read_key import SigningKey, import_public_key, import_signing_key

_CHUNK_BYTES = 1 << 20
_MAX_MESSAGES = 1 << 16


@dataclass(frozen=True)
class Encryption:
    """The receivers of an encrypted file, and the key that signs it. ``is_armoured``: as text, a third larger."""

    receivers: tuple[ReceiverKey, ...]
    signing_key: SigningKey | None = None
    is_armoured: bool = False


class EncryptingSink:
    """Encrypts what is written to it. ``bytes`` and ``sha256`` (hex) describe the message once it is complete."""

    def __init__(self, process: subprocess.Popen[bytes], sink: HashingSink) -> None:
        self._process = process
        self._sink = sink
        self._error: BaseException | None = None
        self._messages = b""
        self._threads = [Thread(target=self._read_output, daemon=True), Thread(target=self._read_messages, daemon=True)]
        for thread in self._threads:
            thread.start()

    def write(self, chunk: bytes | bytearray | memoryview) -> int:
        """Encrypt ``chunk``; raises the reason if gpg has ended or its output cannot be written."""
        try:
            _pipe(self._process.stdin).write(chunk)
        except BrokenPipeError:
            raise self._failure() from None
        return len(chunk)

    def flush(self) -> None:
        """Flush to gpg."""
        try:
            _pipe(self._process.stdin).flush()
        except BrokenPipeError:
            raise self._failure() from None

    def finish(self) -> None:
        """End the message; raises as ``write`` if it is not complete."""
        with suppress(BrokenPipeError):
            _pipe(self._process.stdin).close()
        code = self._wait()
        if code or self._error:
            raise self._failure()
        self._sink.flush()

    def abort(self) -> None:
        """Kill gpg; its output so far is no message."""
        self._process.kill()
        with suppress(BrokenPipeError, OSError):
            _pipe(self._process.stdin).close()
        self._wait()

    @property
    def bytes(self) -> int:
        """The length of the message."""
        return self._sink.bytes

    @property
    def sha256(self) -> str:
        """The SHA-256 (hex) of the message."""
        return self._sink.sha256

    def _failure(self) -> BaseException:
        code = self._wait()
        return self._error or gpg_error(code, self._messages)

    def _wait(self) -> int:
        code = self._process.wait()
        for thread in self._threads:
            thread.join()
        return code

    def _read_output(self) -> None:
        """Write gpg's output; if that fails, kill gpg, or the writer would wait for it forever."""
        with _pipe(self._process.stdout) as source:
            try:
                while chunk := source.read(_CHUNK_BYTES):
                    self._sink.write(chunk)
            except BaseException as error:
                self._error = error
                self._process.kill()

    def _read_messages(self) -> None:
        with _pipe(self._process.stderr) as source:
            while chunk := source.read(4096):
                self._messages = (self._messages + chunk)[-_MAX_MESSAGES:]


@contextmanager
def encrypt(sink: BinaryIO, encryption: Encryption, what: str) -> Iterator[EncryptingSink]:
    """Yield a sink whose content is encrypted into ``sink``; leaving the context without an error ends the message.

    ``what`` names the file in errors. Raises ``UserError`` for a key that cannot be used, ``TransientError`` for a gpg
    that was killed, ``TerminalError`` on a full disk and without gpg.
    """
    with open_gpg(has_agent=encryption.signing_key is not None) as home:
        fingerprints = [_usable(home, key) for key in encryption.receivers]
        options = ["--encrypt", "-z", "0", *(part for name in fingerprints for part in ("--recipient", name))]
        if encryption.is_armoured:
            options.append("--armor")
        with _start(home, options, encryption.signing_key) as process:
            encrypting = EncryptingSink(process, HashingSink(sink, what))
            try:
                yield encrypting
                encrypting.finish()
            except BaseException:
                encrypting.abort()
                raise


def prove_encryption(encryption: Encryption) -> None:
    """Check every key and the passphrase, before any row is read, by encrypting nothing; raises as ``encrypt``."""
    with open(os.devnull, "wb") as nowhere, encrypt(nowhere, encryption, "a trial"):  # noqa: PTH123  a device
        pass


def key_fault(tag: str, confirmed: str, found: PublicKey) -> UserError | None:
    """Return why nothing can be encrypted to the key ``tag``, if so. ``confirmed``: its confirmed fingerprint."""
    if found.fingerprint != confirmed:
        what = f"The text of the key {tag!r} contains {found.fingerprint}, not the confirmed key {confirmed}"
        return UserError(what, "Find out who changed it, then save the right key under a new tag")
    if found.fault:
        return UserError(
            f"Nothing can be encrypted to the key {tag!r} ({found.user_id}): it {found.fault}",
            "Ask its owner for a renewed key and save it under the same tag, or under a new one if its fingerprint is "
            "different",
        )
    return None


def _usable(home: GpgHome, key: ReceiverKey) -> str:
    try:
        found = import_public_key(home, key.public_key)
    except UserError as error:
        raise UserError(f"Key {key.tag!r}: {error.what}", error.remedy) from None
    fault = key_fault(key.tag, key.fingerprint, found)
    if fault:
        raise fault
    return found.fingerprint


@contextmanager
def _start(home: GpgHome, options: Sequence[str], key: SigningKey | None) -> Iterator[subprocess.Popen[bytes]]:
    command = home.command(*options)
    passphrase: int | None = None
    if key is not None:
        signer = import_signing_key(home, key)
        passphrase, given = os.pipe()
        with os.fdopen(given, "wb") as writer:
            writer.write(key.passphrase.encode() + b"\n")
        how = ("--pinentry-mode", "loopback", "--passphrase-fd", str(passphrase))
        command = home.command(*options, "--sign", "--local-user", signer.fingerprint, *how)
    try:
        process = subprocess.Popen(  # noqa: S603  no shell, and no argument from a definition but fingerprints
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=home.environment,
            pass_fds=[] if passphrase is None else [passphrase],
        )
    finally:
        if passphrase is not None:
            os.close(passphrase)
    with process:
        yield process


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:  # never: each is a pipe
        raise ExportError("gpg has no pipe")
    return pipe
