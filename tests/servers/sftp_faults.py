"""A real SFTP server (asyncssh) on 127.0.0.1 with faults that a test switches on; it counts what clients do."""

from __future__ import annotations

import asyncio
import errno
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import asyncssh

PASSWORD = "correct horse/battery+staple"
USER = "partner"


@dataclass
class Faults:
    """The server's faults, one per field, off by default. ``drop_*`` happen once."""

    drop_at_byte: int | None = None
    drop_before: str | None = None  # "close", "stat" (of a temporary), "rename"
    drop_after: str | None = None  # "rename": done, and the reply is lost; "close"
    cut_at_byte: int | None = None  # bytes from here on are acknowledged and discarded
    flip_byte: int | None = None
    stall_at_byte: int | None = None
    no_posix_rename: bool = False
    seconds_per_write: float = 0
    holds_writes: bool = False  # a write is answered only when this is off again
    seconds_after_rename: float = 0  # the file has its final name, but the client does not know it yet
    full: bool = False  # every write says "Failure", as OpenSSH does on a full disk; only statvfs tells why
    password_changed: bool = False  # the password has expired and is refused
    full_in_words: bool = False  # every write says why, and there is no statvfs
    new_password_wanted: bool = False  # the password is correct, but must be changed
    questions: list[str] = field(default_factory=list)  # asked one by one, with hidden answers; no password method
    idle_rename: bool = False  # every rename says OK and does nothing
    losing_rename: bool = False  # every rename says OK, and the upload is gone: another run has removed it
    takes_at_once: bool = False  # a receiver takes a file away as soon as it has its final name
    denies_reading: type[asyncssh.SFTPError] | None = None  # written files may be looked at, but not read
    hides_finished: bool = False  # a drop box: a file with its final name can no longer be looked at


@dataclass
class Seen:
    """What clients did."""

    connections: int = 0
    password_attempts: int = 0
    key_attempts: int = 0
    renames: int = 0
    answers: list[str] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    names: set[str] = field(default_factory=set)  # every name that has ever existed there


class ServedLogin(asyncssh.SSHServer):
    def __init__(self, server: FaultySftpServer) -> None:
        self._server = server

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._server.seen.connections += 1
        self._server.open_connections.add(conn)
        self._conn = conn

    def connection_lost(self, exc: Exception | None) -> None:
        self._server.open_connections.discard(self._conn)

    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return not self._server.faults.questions

    def kbdint_auth_supported(self) -> bool:
        return bool(self._server.faults.questions)

    def get_kbdint_challenge(self, username: str, lang: str, submethods: str) -> Any:
        self._left = list(self._server.faults.questions)
        return "", "", "", [(self._left.pop(0), False)]

    def validate_kbdint_response(self, username: str, responses: list[str]) -> Any:
        self._server.seen.answers += responses
        self._server.seen.password_attempts += 1
        if self._left:
            return "", "", "", [(self._left.pop(0), False)]
        return username == USER and responses == [PASSWORD]

    def validate_password(self, username: str, password: str) -> bool:
        self._server.seen.password_attempts += 1
        if self._server.faults.new_password_wanted:
            raise asyncssh.PasswordChangeRequired("Choose another one.")
        return username == USER and password == PASSWORD and not self._server.faults.password_changed

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        self._server.seen.key_attempts += 1
        return username == USER and key == self._server.client_key.convert_to_public()


def denied() -> asyncssh.SFTPPermissionDenied:
    return asyncssh.SFTPPermissionDenied("Permission denied")


class ServedFiles(asyncssh.SFTPServer):
    """Plain files below the chroot, with the faults in the few calls that deliveries use."""

    owner: FaultySftpServer

    def __init__(self, chan: Any) -> None:
        super().__init__(chan, chroot=str(self.owner.root).encode())

    @property
    def _faults(self) -> Faults:
        return self.owner.faults

    def _drop(self) -> None:
        self._faults.drop_at_byte = self._faults.drop_before = self._faults.drop_after = None
        self.connection.abort()
        raise asyncssh.SFTPConnectionLost("dropped by the test")

    async def write(self, file_obj: Any, offset: int, data: bytes) -> int:
        faults, end = self._faults, offset + len(data)
        if faults.full:
            raise asyncssh.SFTPFailure("Failure")
        if faults.full_in_words:
            raise asyncssh.SFTPFailure("Quota exceeded: No space left on device")
        while self._faults.holds_writes:
            await asyncio.sleep(0.1)
        if faults.seconds_per_write:
            await asyncio.sleep(faults.seconds_per_write)
        if faults.stall_at_byte is not None and end > faults.stall_at_byte:
            await asyncio.sleep(3600)
        if faults.drop_at_byte is not None and end >= faults.drop_at_byte:
            super().write(file_obj, offset, data[: faults.drop_at_byte - offset])
            file_obj.flush()
            self._drop()
        kept = data
        if faults.cut_at_byte is not None:
            kept = data[: max(0, faults.cut_at_byte - offset)]
        if faults.flip_byte is not None and offset <= faults.flip_byte < end:
            at = faults.flip_byte - offset
            kept = kept[:at] + bytes([kept[at] ^ 0xFF]) + kept[at + 1 :]
        if kept:
            super().write(file_obj, offset, kept)
        return len(data)

    def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> Any:
        if pflags & asyncssh.FXF_CREAT:
            self.owner.seen.names.add(path.decode())
        if self._faults.denies_reading and not pflags & asyncssh.FXF_WRITE:
            raise self._faults.denies_reading("no")
        opened = super().open(path, pflags, attrs)
        if self._faults.drop_at_byte == 0 and path.endswith(b".part"):
            self._drop()
        return opened

    def close(self, file_obj: Any) -> None:
        if self._faults.drop_before == "close":
            self._drop()
        super().close(file_obj)
        if self._faults.drop_after == "close":
            self._drop()

    def stat(self, path: bytes) -> Any:
        if self._faults.drop_before == "stat" and path.endswith(b".part"):
            self._drop()
        if self._faults.hides_finished and path.endswith(b".zip"):
            raise asyncssh.SFTPPermissionDenied("Permission denied")
        return super().stat(path)

    async def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
        if self._faults.no_posix_rename:
            raise asyncssh.SFTPOpUnsupported("Operation unsupported")
        await self._rename(super().posix_rename, oldpath, newpath)

    async def rename(self, oldpath: bytes, newpath: bytes) -> None:
        if self._local(newpath).exists():
            raise asyncssh.SFTPFailure("Failure")  # as the protocol has it, and OpenSSH
        await self._rename(super().rename, oldpath, newpath)

    async def _rename(self, act: Callable[[bytes, bytes], None], oldpath: bytes, newpath: bytes) -> None:
        if self._faults.drop_before == "rename":
            self._drop()
        if self._faults.idle_rename:
            return
        if self._faults.losing_rename:
            self._local(oldpath).unlink()
            return
        act(oldpath, newpath)
        self.owner.seen.renames += 1
        self.owner.seen.names.add(newpath.decode())
        if self._faults.takes_at_once:
            self._local(newpath).unlink()
        if self._faults.drop_after == "rename":
            self._drop()
        await asyncio.sleep(self._faults.seconds_after_rename)

    def _local(self, path: bytes) -> Path:
        return self.owner.root / path.decode().lstrip("/")

    def remove(self, path: bytes) -> None:
        self.owner.seen.events.append(f"remove {path.decode()}")
        super().remove(path)

    def statvfs(self, path: bytes) -> Any:
        if self._faults.full_in_words:
            raise asyncssh.SFTPOpUnsupported("Operation unsupported")
        if not self._faults.full:
            return super().statvfs(path)
        return asyncssh.SFTPVFSAttrs(bsize=4096, frsize=4096, blocks=512, bfree=1, bavail=0)


class FaultySftpServer:
    """Run the server in its own thread: ``with FaultySftpServer(folder) as server``."""

    def __init__(
        self,
        root: Path,
        *,
        signatures: Sequence[str] = (),
        files: type[ServedFiles] | None = None,
        login: type[ServedLogin] | None = None,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        """``files`` and ``login`` change the behaviour; ``options`` go to ``asyncssh.listen``."""
        self.root = root
        self.files = files or ServedFiles
        self.login = login or ServedLogin
        self.options = dict(options or {})
        self.signatures = signatures
        self.faults = Faults()
        self.seen = Seen()
        self.host_key = asyncssh.generate_private_key("ssh-ed25519")
        self.client_key = asyncssh.generate_private_key("ssh-ed25519")
        self.open_connections: set[asyncssh.SSHServerConnection] = set()
        self.port = 0

    @property
    def host_key_line(self) -> str:
        """The public host key as ``ssh-ed25519 AAAA…``."""
        return str(self.host_key.export_public_key().decode()).strip()

    def heal(self) -> None:
        """Switch every fault off and forget what was seen."""
        self.faults = Faults()
        self.seen = Seen()

    def __enter__(self) -> Self:
        ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(ready)), daemon=True)
        self._thread.start()
        if not ready.wait(20):
            raise OSError(errno.ETIMEDOUT, "the SFTP test server did not start")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(20)

    async def _serve(self, ready: threading.Event) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        files = type("Files", (self.files,), {"owner": self})
        acceptor = await asyncssh.listen(
            self.options.pop("host", "127.0.0.1"),
            0,
            server_factory=lambda: self.login(self),
            server_host_keys=[self.host_key],
            sftp_factory=files,
            login_timeout=20,
            signature_algs=self.signatures or (),
            **self.options,
        )
        self.port = acceptor.get_port()
        ready.set()
        await self._stop.wait()
        acceptor.close()
        for connection in list(self.open_connections):
            connection.abort()
