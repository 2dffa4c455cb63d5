"""Who is logged in, and what the page can offer them."""

from __future__ import annotations

from export_jobs import __version__, settings
from export_jobs.web.http.access import LoggedIn
from export_jobs.web.http.audit_log import api_router
from export_jobs.web.models.current_user import CurrentUser, GeneralPermissions

router = api_router("me")


@router.get("/me")
def me(user: LoggedIn) -> CurrentUser:
    """Return the caller and their general permissions. The list of jobs has the permissions for each job.

    Creating a job requires the permission to edit Dags. It does not require access to the destination's connection:
    somebody who has that access set up the destination, so that others can send files there without seeing it.
    """
    edits, connects = user.may("PUT", None), user.may_use_connection(None)
    return CurrentUser(
        name=user.name,
        mail=user.mail,
        may=GeneralPermissions(
            create=edits,
            delete_templates=edits,
            check_destinations=edits or connects,
            check_installation=connects,
        ),
        operators_mail=list(settings.operators_mail()),
        statement=f"Export Jobs {__version__}",
    )
