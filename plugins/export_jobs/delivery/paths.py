"""Names at a destination: which target paths are allowed, and the names of temporary files and probes beside them."""

from __future__ import annotations

import posixpath
import re
import secrets
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import quote

from export_jobs.core.definitions.destination import DEFAULT_TEMPORARY_NAME
from export_jobs.core.files.temporary_name import is_temporary_name, render_temporary_name
from export_jobs.errors import UserError

MAX_NAME_BYTES = 200
"""Limit of one path component. With attempt and suffix, a temporary name stays below the usual limit of 255 bytes."""

OLD_PROBE_S = 3600
"""A probe file of this age is not in use by another check: that check was killed, or may not remove the file."""
MAX_KEPT_FILES = 50
"""How many foreign files are kept beside one of ours."""
_PROBE = ".export-jobs-probe-"
_PROBED = "export-jobs-probe.zip"
_ATTEMPT = re.compile(r"[A-Za-z0-9]{1,40}")
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)
_INVISIBLE = {"Cc", "Cf", "Cs"}  # Unicode categories: control, format, surrogate

_FAULTS: tuple[tuple[Callable[[str], bool], str], ...] = (
    (lambda part: not part, "it is empty, absolute, or has an empty part between two slashes"),
    (lambda part: part in {".", ".."}, "a part `.` or `..` would leave the destination's folder"),
    (lambda part: "\\" in part, "it contains a backslash"),
    (
        lambda part: any(unicodedata.category(character) in _INVISIBLE for character in part),
        "it contains a control or an invisible character",
    ),
    (
        lambda part: part.startswith("."),
        "a part that starts with a dot is hidden, and such names are reserved for unfinished uploads",
    ),
    (
        lambda part: part != part.strip() or part.endswith("."),
        "a part that starts or ends with a space, or ends with a dot, names a different file on Windows",
    ),
    (lambda part: _DEVICES.fullmatch(part) is not None, "a part of it is the name of a device on Windows"),
    (
        lambda part: unicodedata.normalize("NFC", part) != part,
        "its accents are not in composed form (NFC), so a different name could look the same",
    ),
    (lambda part: len(part.encode()) > MAX_NAME_BYTES, f"a part is longer than {MAX_NAME_BYTES} bytes"),
)
"""What makes a path component unsafe; the first that applies is reported."""


@lru_cache(maxsize=1024)
def split_safe_path(path: str) -> tuple[str, ...]:
    """Split ``path`` into components that stay inside the destination's folder on every kind of server.

    Raises:
        UserError: a component could leave the folder, hide the file, or be a different file on another system.
    """
    parts = tuple(path.split("/"))
    for part in parts:
        fault = _fault_of(part)
        if fault:
            raise UserError(
                f"The file name {path!r} cannot be delivered: {fault}", "Rename the job, its template or its sub-folder"
            )
    return parts


def remote_folder(folder: str) -> str:
    """Return a destination's folder as servers expect it: absolute, or relative to the login's home (``~``)."""
    if folder == "~" or folder.startswith("~/"):
        folder = folder[1:].strip("/") or "."
    return folder.rstrip("/") or ("/" if folder.startswith("/") else ".")


def url_path(folder: str, path: str) -> str:
    """Return the path of a URL for ``path`` in a server's ``folder``: quoted, without the dots of a home folder."""
    return quote(posixpath.normpath(posixpath.join(folder, path)).lstrip("/"))


def temporary_name(final: str, attempt: str, pattern: str = DEFAULT_TEMPORARY_NAME) -> str:
    """Return the name under which ``attempt`` uploads ``final``, in the same folder; no other attempt uses it."""
    return render_temporary_name(pattern, final, validate_attempt(attempt))


def validate_attempt(attempt: str) -> str:
    """Return ``attempt`` if it is 1-40 letters and digits; else ValueError, since only our code names attempts."""
    if not _ATTEMPT.fullmatch(attempt):
        raise ValueError(f"an attempt is named by 1-40 letters and digits, not {attempt!r}")
    return attempt


def is_temporary_of(final: str, name: str, pattern: str = DEFAULT_TEMPORARY_NAME) -> bool:
    """Return whether ``name`` is a temporary name of some attempt at ``final``, and not of another file."""
    return is_temporary_name(pattern, final, name)


def kept_name(final: str, number: int) -> str:
    """Return the name to which a foreign file is moved. Its ending stays: some servers allow only certain ones."""
    stem, dot, ending = final.rpartition(".")
    return f"{stem}.kept-{number}.{ending}" if dot else f"{final}.kept-{number}"


def probe_name(pattern: str = DEFAULT_TEMPORARY_NAME) -> str:
    """Return a new name for the file that checks write permission; two concurrent checks never share one.

    A destination with its own pattern allows only certain names, so the probe's name follows the pattern.
    """
    if pattern == DEFAULT_TEMPORARY_NAME:
        return f"{_PROBE}{secrets.token_hex(8)}"
    return render_temporary_name(pattern, _PROBED, secrets.token_hex(16))


def is_probe(name: str, pattern: str = DEFAULT_TEMPORARY_NAME) -> bool:
    """Return whether ``name`` is the name of a probe file, of this check or of another one."""
    if pattern == DEFAULT_TEMPORARY_NAME:
        return name.startswith(_PROBE)
    return is_temporary_name(pattern, _PROBED, name)


def _fault_of(part: str) -> str | None:
    return next((fault for is_so, fault in _FAULTS if is_so(part)), None)
