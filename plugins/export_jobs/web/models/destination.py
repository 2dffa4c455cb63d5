"""Destinations as they go over the wire."""

from __future__ import annotations

from typing import Literal

from export_jobs.web.models.base import ApiModel


class DestinationChoice(ApiModel):
    """A choice that is looser than the default, and what is lost by it."""

    option: str
    value: str
    loses: str


class DestinationEntry(ApiModel):
    """Where files may go. ``connection`` names Airflow's connection, for those who may see connections; else empty.

    ``options``: what its server can do, by the keys of a definition; what is left out has its default.
    ``looser``: those of them that lose something.
    """

    tag: str
    kind: Literal["sftp", "s3", "ftps", "ftp", "download"]
    folder: str
    description: str
    connection: str
    options: dict[str, str | int | bool | dict[str, str]]
    looser: list[DestinationChoice]


class DestinationList(ApiModel):
    """Every destination, by tag."""

    destinations: list[DestinationEntry]


class DestinationCheck(ApiModel):
    """Whether a destination takes files right now; ``what`` says what was proven, or why not and what to do."""

    ok: bool
    what: str
