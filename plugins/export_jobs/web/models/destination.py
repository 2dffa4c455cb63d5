"""Request and response models of destinations."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from export_jobs.core.definitions.destination import HOST_KEY
from export_jobs.web.models.base import ApiModel


class DestinationChoice(ApiModel):
    """An option that is less strict than the default, and what is lost by it."""

    option: str
    value: str
    loses: str


class LastCheck(ApiModel):
    """The result of the last check. ``what`` is empty for callers who may not check destinations."""

    ok: bool
    what: str
    at: datetime
    by: str


class DestinationEntry(ApiModel):
    """A destination. ``connection``: the id of its Airflow connection; empty for callers who may not see connections.

    ``options``: its options that are not the default, by the keys of a definition. ``looser``: the options that lose
    something. ``checked``: the last check, null if none is known.
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
    """All destinations, sorted by tag."""

    destinations: list[DestinationEntry]


class HostKeyEntry(ApiModel):
    """A host key as a person compares it: its kind, such as ``ssh-ed25519``, and its SHA-256 fingerprint."""

    kind: str
    fingerprint: str


class DestinationCheck(ApiModel):
    """Whether a destination accepts files right now. ``what``: what works, or what fails and what to do.

    ``host_keys``: if none of the server's host keys is pinned, all of them, for callers who may pin one; else empty.
    """

    ok: bool
    what: str
    host_keys: list[HostKeyEntry]


class HostKeyPin(ApiModel):
    """The fingerprint that a person has compared with the one from the server's owner."""

    fingerprint: Annotated[str, Field(pattern=f"^{HOST_KEY}$")]


class PinnedHostKeys(ApiModel):
    """Fingerprints that the destination trusts now, in addition to those of its connection."""

    tag: str
    host_keys: list[str]
