"""The names in a folder on an FTP server, by whichever command for listing the server has."""

from __future__ import annotations

import ftplib
import posixpath
import ssl
from collections.abc import Callable
from contextlib import suppress

from export_jobs.delivery.ftp.errors import code_of

_BLOCK = 64 * 1024


def names_in(client: ftplib.FTP, folder: str, *, has_facts: bool) -> list[str] | None:
    """Return the names in ``folder``, hidden ones, too, where the server shows them; None where it lists nothing.

    ``has_facts``: the server says that it has ``MLSD``. Raises what ``ftplib`` and ``socket`` raise.
    """
    found: list[str] | None = None
    if has_facts:
        found = _listed(lambda: [line.partition(" ")[2] for line in _lines(client, f"MLSD {folder}".strip())])
    if found is None:  # some take `-a` for hidden files, others for a part of the name
        found = _listed(lambda: _lines(client, f"NLST -a {folder or '.'}"))
        found = found or _listed(lambda: _lines(client, f"NLST {folder or '.'}"))
    return None if found is None else [posixpath.basename(name) for name in found]


def _listed(ask: Callable[[], list[str]]) -> list[str] | None:
    try:
        return ask()
    except (ftplib.error_perm, ftplib.error_temp) as error:
        if code_of(error).startswith("42"):
            raise
        return None


def _lines(client: ftplib.FTP, command: str) -> list[str]:
    """What a command lists. ``ftplib`` insists on a goodbye, which a server with nothing to list may not give."""
    client.sendcmd("TYPE A")
    data, content = client.transfercmd(command), b""
    try:
        with suppress(ssl.SSLEOFError):
            while block := data.recv(_BLOCK):
                content += block
    finally:
        data.close()
    client.voidresp()
    return content.decode(client.encoding, "surrogateescape").splitlines()
