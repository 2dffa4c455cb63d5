"""An SFTP server, confined to one folder, for one partner: password or key, both checked for real.

``SftpServer`` starts it as a separate process (``python -m demo.sftp_server``), so that it shares no thread and no
event loop with its clients.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import secrets
import warnings
from pathlib import Path

import asyncssh

from demo.kept import kept, write_private
from demo.port_server import PortServer

USER, USUAL_PORT = "partner", 2222
BOX = "dropbox"
"""A second login, to a drop box: it accepts new files; nothing there can be looked at, listed, renamed or removed."""


class SftpServer(PortServer):
    """Files are under ``root``, what the partner sees as ``/``; keys and password under ``folder``."""

    name = "The SFTP server"

    def __init__(self, folder: Path, root: Path, *, usual_port: int | None = USUAL_PORT) -> None:
        super().__init__(folder, usual_port)
        self.root, self.user = root.resolve(), USER

    @property
    def _login(self) -> dict[str, str]:
        make = lambda: {"password": secrets.token_urlsafe(18), "passphrase": secrets.token_urlsafe(18)}  # noqa: E731
        return kept(self.folder / "login.json", make)

    @property
    def password(self) -> str:
        return self._login["password"]

    @property
    def passphrase(self) -> str:
        return self._login["passphrase"]

    @property
    def private_key(self) -> str:
        """The partner's private key, encrypted with the passphrase, as OpenSSH writes it."""
        return (self.folder / "client_key").read_text()

    @property
    def host_key(self) -> str:
        """The server's public key, ``ssh-ed25519 AAAA…``, as a connection pins it."""
        return " ".join((self.folder / "host_key.pub").read_text().split()[:2])

    @property
    def box(self) -> Path:
        """Where the files of the drop box are; it is not below ``root``, so the partner's own login does not see it."""
        return self.root.with_name(f"{self.root.name}-{BOX}")

    def prepare(self) -> None:
        for folder in (self.folder, self.root / "exports", self.box):
            folder.mkdir(parents=True, exist_ok=True)
        self._make_keys()

    def module(self) -> list[str | Path]:
        folders: list[str | Path] = ["--folder", self.folder, "--root", self.root, "--box", self.box]
        return ["demo.sftp_server", *folders, "--port", str(self.port)]

    def _make_keys(self) -> None:
        for name, passphrase in (("host_key", None), ("client_key", self.passphrase)):
            if not (self.folder / f"{name}.pub").exists():
                key = asyncssh.generate_private_key("ssh-ed25519", comment=name)
                with warnings.catch_warnings(action="ignore"):
                    # 16 rounds are ssh-keygen's, though bcrypt warns of fewer than 50; with asyncssh's 128 each login
                    # costs a second of computing.
                    encoded = key.export_private_key("openssh", passphrase=passphrase, rounds=16)
                write_private(self.folder / name, encoded.decode())
                (self.folder / f"{name}.pub").write_bytes(key.export_public_key())


class _Login(asyncssh.SSHServer):  # type: ignore[misc]
    def __init__(self, user: str, password: str) -> None:
        self._user, self._password = user, password

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        right = secrets.compare_digest(password.encode(), self._password.encode())
        return right and username in {self._user, BOX}


class _DropBox(asyncssh.SFTPServer):  # type: ignore[misc]
    """Accepts new files and denies everything else, as servers do that many partners share."""

    def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> object:
        if pflags & asyncssh.FXF_READ or not pflags & asyncssh.FXF_CREAT:
            raise _denied()
        opened: object = super().open(path, pflags | asyncssh.FXF_EXCL, attrs)
        return opened

    def stat(self, *_: object) -> asyncssh.SFTPAttrs:
        raise _denied()

    lstat = scandir = remove = readlink = rmdir = stat

    def rename(self, *_: object) -> None:
        raise _denied()

    posix_rename = link = symlink = rename


def _denied() -> asyncssh.SFTPPermissionDenied:
    return asyncssh.SFTPPermissionDenied("This is a drop box")


async def _serve(folder: Path, root: Path, box: Path, port: int) -> None:
    password = kept(folder / "login.json", dict)["password"]

    def login() -> asyncssh.SSHServer:
        return _Login(USER, password)

    def files(channel: asyncssh.SSHServerChannel) -> asyncssh.SFTPServer:
        if channel.get_extra_info("username") == BOX:
            return _DropBox(channel, chroot=os.fsencode(box))
        return asyncssh.SFTPServer(channel, chroot=os.fsencode(root))

    listening = await asyncssh.listen(
        "127.0.0.1",
        port,
        server_host_keys=[str(folder / "host_key")],
        authorized_client_keys=str(folder / "client_key.pub"),
        server_factory=login,
        sftp_factory=files,
        allow_scp=False,
    )
    await listening.wait_closed()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--box", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    given = parser.parse_args()
    asyncio.run(_serve(given.folder, given.root, given.box, given.port))
