"""A partner's FTP server, and the file that is delivered to it."""

from __future__ import annotations

from collections.abc import Callable

from tests.servers.sites import Site

PATH = "daily/sales.zip"
CONTENT = bytes(range(256)) * 20_000
OLD = b"the old file"
Served = Callable[..., Site]
"""The misbehaving server as a destination with given options sees it."""
