"""A partner's SFTP server of any kind, the folder behind it, and the file that is delivered to it."""

from __future__ import annotations

import os
from typing import Any

import pytest

from export_jobs.core.definitions.destination import DestinationOptions
from export_jobs.delivery.destination import Credentials
from export_jobs.delivery.sftp import SftpDestination
from tests.servers.sftp_faults import PASSWORD, USER, FaultySftpServer
from tests.servers.sites import Site, folder_site

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


def served_by(*kinds: Any) -> pytest.MarkDecorator:
    """Let fixture ``partner`` be each of these in turn: what serves its files, or the arguments of its server."""
    return pytest.mark.parametrize("partner", kinds, indirect=True, ids=lambda kind: getattr(kind, "__name__", "kind"))
