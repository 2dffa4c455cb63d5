"""Response models of the logged-in user."""

from __future__ import annotations

from export_jobs.web.models.base import ApiModel


class GeneralPermissions(ApiModel):
    """What the caller may do in general, beyond single jobs."""

    create: bool
    delete_templates: bool
    check_destinations: bool
    check_installation: bool


class CurrentUser(ApiModel):
    """The caller. ``mail``: their own address, to which a test file can be sent; empty if Airflow has none."""

    name: str
    mail: str
    may: GeneralPermissions
    operators_mail: list[str]
    statement: str
