"""Find out whether a file exists that an FTP server does not let the login look at."""

from __future__ import annotations

import ftplib
import posixpath

from export_jobs.delivery.ftp.errors import CLOSING, code_of, is_missing_error, is_permission_error
from export_jobs.delivery.paths import probe_name


def is_hidden_file(client: ftplib.FTP, path: str, refusal: ftplib.Error) -> bool:
    """Return whether ``path`` exists, by the first half of a rename, which changes nothing.

    ``refusal``: the answer to a look at it. Servers have one code for "no permission" and for "not there", and their
    words are in any language, or name both. Unless the words are clear, a server that answers the same for a name that
    nobody uses proves nothing. Raises the server's answer for a file that is busy.
    """
    answer = _begin_rename(client, path)
    if isinstance(answer, ftplib.error_perm):
        return False
    is_clear = answer is None and is_permission_error(refusal) and not is_missing_error(refusal)
    if is_clear:
        return True
    nowhere = _begin_rename(client, posixpath.join(posixpath.dirname(path), probe_name()))
    if _code(nowhere) == _code(answer):
        return False
    if answer is not None:
        raise answer
    return True


def _begin_rename(client: ftplib.FTP, path: str) -> ftplib.Error | None:
    """Return the server's refusal; None if it accepts."""
    try:
        client.sendcmd(f"RNFR {path}")
    except (ftplib.error_perm, ftplib.error_temp) as error:
        if code_of(error) == CLOSING:
            raise
        return error
    return None


def _code(answer: ftplib.Error | None) -> str:
    return "" if answer is None else code_of(answer)
