"""Who is logged in, and what the page may offer them."""

from __future__ import annotations

from export_jobs import __version__, settings
from export_jobs.web.http.access import LoggedIn
from export_jobs.web.http.audit_log import api_router
from export_jobs.web.models.current_user import CurrentUser, GeneralPermissions

router = api_router("me")


@router.get("/me")
def me(user: LoggedIn) -> CurrentUser:
    """The caller and their permissions in general; each job of the list says what they may do with it.

    To create a job takes the right to edit Dags: a destination was set up by somebody with access to its connection,
    so that others may send files there without ever seeing it.
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
