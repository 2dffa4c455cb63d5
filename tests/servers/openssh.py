"""OpenSSH's own sshd on 127.0.0.1: a free port, its own host key and settings, key login for the current user."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import asyncssh

SSHD = shutil.which("sshd") or shutil.which("sshd", path="/usr/sbin:/usr/local/sbin")
HOW_TO_GET = "sshd is missing: install Debian package openssh-server"

_SETTINGS = """
Port {port}
ListenAddress 127.0.0.1
{host_keys}
PidFile none
AuthorizedKeysFile {work}/authorized_keys
StrictModes no
UsePAM no
PermitRootLogin yes
PasswordAuthentication no
KbdInteractiveAuthentication no
MaxStartups 100
Subsystem sftp internal-sftp {options}
{settings}
"""


class OpenSsh:
    """Runs sshd while the ``with`` lasts.

    ``host_keys`` are the kinds of its keys; ``host_key_lines`` shows them, ``host_key_line`` is the first.
    ``options`` go to internal-sftp (``-P posix-rename`` forbids a request), ``settings`` into sshd_config. As root the
    partner may log in as any user of the machine, otherwise as the current one.
    """

    def __init__(
        self,
        work: Path,
        *,
        options: str = "",
        settings: str = "",
        user: str = "",
        host_keys: Sequence[str] = ("ssh-ed25519",),
        client_key: str = "ssh-ed25519",
    ) -> None:
        self.work = work
        self.host_keys = host_keys
        self.client_key = client_key
        self.options = options
        self.settings = settings
        self.user = user or getpass.getuser()
        self.port = 0
        self.client_key_file = work / "client_key"
        self.host_key_lines: list[str] = []

    @property
    def host_key_line(self) -> str:
        """The first public host key as ``ssh-ed25519 AAAA…``."""
        return self.host_key_lines[0]

    def __enter__(self) -> Self:
        if SSHD is None:
            raise FileNotFoundError(HOW_TO_GET)
        if os.getuid() == 0:
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # sshd run by root insists on it
        self.work.mkdir(parents=True, exist_ok=True)
        client = asyncssh.generate_private_key(self.client_key)
        for kind in self.host_keys:
            host = asyncssh.generate_private_key(kind)
            self._keep(f"host_key_{kind}", host.export_private_key())
            self.host_key_lines.append(host.export_public_key().decode().strip())
        self._keep("client_key", client.export_private_key())
        self._keep("authorized_keys", client.export_public_key(), mode=0o644)  # sshd reads it as the partner
        self.port = _free_port()
        settings = _SETTINGS.format(
            port=self.port,
            work=self.work,
            host_keys="\n".join(f"HostKey {self.work}/host_key_{kind}" for kind in self.host_keys),
            options=self.options,
            settings=self.settings,
        )
        config = self._keep("sshd_config", settings.encode())
        self._log = (self.work / "sshd.log").open("wb")
        self._process = subprocess.Popen([SSHD, "-D", "-e", "-f", str(config)], stderr=self._log)
        self._wait_until_ready()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait(20)
        self._log.close()

    def _keep(self, name: str, content: bytes, mode: int = 0o600) -> Path:
        path = self.work / name
        path.write_bytes(content)
        path.chmod(mode)
        return path

    def _wait_until_ready(self) -> None:
        until = time.monotonic() + 20
        while time.monotonic() < until and self._process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise OSError(f"sshd did not start: {(self.work / 'sshd.log').read_text()}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
