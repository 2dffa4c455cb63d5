"""Who is logged in, as it goes over the wire."""

from __future__ import annotations

from export_jobs.web.models.base import ApiModel


class GeneralPermissions(ApiModel):
    """What they may do that is no single job's."""

    create: bool
    delete_templates: bool
    check_destinations: bool
    check_installation: bool


class CurrentUser(ApiModel):
    """The caller. ``mail``: their own address, which a test file may go to; empty where Airflow knows none."""

    name: str
    mail: str
    may: GeneralPermissions
    operators_mail: list[str]
    statement: str
