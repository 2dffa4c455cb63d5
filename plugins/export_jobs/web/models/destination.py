"""Destinations as they go over the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from export_jobs.core.definitions.destination import HOST_KEY
from export_jobs.web.models.base import ApiModel


class DestinationChoice(ApiModel):
    """A choice that is looser than the default, and what is lost by it."""

    option: str
    value: str
    loses: str


class LastCheck(ApiModel):
    """What came of a check ``at`` some time, ``by`` somebody. ``what`` is empty for who may not check destinations."""

    ok: bool
    what: str
    at: datetime
    by: str


class DestinationEntry(ApiModel):
    """Where files may go. ``connection`` names Airflow's connection, for those who may see connections; else empty.

    ``options``: what its server can do, by the keys of a definition; what is left out has its default.
    ``looser``: those of them that lose something. ``checked``: the last check, None where none is known.
    """

    tag: str
    kind: Literal["sftp", "s3", "ftps", "ftp", "download"]
    folder: str
    description: str
    connection: str
    options: dict[str, str | int | bool | list[str] | dict[str, str]]
    looser: list[DestinationChoice]
    checked: LastCheck | None


class DestinationList(ApiModel):
    """Every destination, by tag."""

    destinations: list[DestinationEntry]


class HostKeyEntry(ApiModel):
    """A host key as a person compares it: its kind, such as "ssh-ed25519", and its SHA-256 fingerprint."""

    kind: str
    fingerprint: str


class DestinationCheck(ApiModel):
    """Whether a destination takes files right now; ``what`` says what was proven, or why not and what to do.

    ``host_keys``: where none of those that its server shows is pinned, all of them, for who may pin one; else empty.
    """

    ok: bool
    what: str
    host_keys: list[HostKeyEntry]


class HostKeyPin(ApiModel):
    """The fingerprint that a person has compared with what the server's owner says."""

    fingerprint: Annotated[str, Field(pattern=f"^{HOST_KEY}$")]


class PinnedHostKeys(ApiModel):
    """Fingerprints that are trusted at a destination now, beside those of its connection."""

    tag: str
    host_keys: list[str]
