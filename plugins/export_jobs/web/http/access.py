"""The caller and their permissions, from Airflow's auth manager. The only module that imports airflow.api_fastapi.

A route declares its permission by the type of one parameter: ``user: ReadsJob``. Permissions on a job check the Dag
whose id is in the path, and nothing from a query or a body.
"""

# No `from __future__ import annotations`: fastapi reads the annotations of `__call__` of an object, not of a function.
from collections.abc import Collection, Iterator, Set
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.base_auth_manager import COOKIE_NAME_JWT_TOKEN
from airflow.api_fastapi.auth.managers.models.resource_details import ConnectionDetails, DagAccessEntity, DagDetails
from airflow.api_fastapi.core_api.security import GetUserDep
from fastapi import Depends, Request

from export_jobs.core.base.address import is_mailbox
from export_jobs.web.airflow import tables as airflow_tables
from export_jobs.web.http.error_responses import RequestRefusal
from export_jobs.web.http.origin import SAFE_METHODS
from export_jobs.web.http.query_parameters import refuse_unknown_parameters
from export_jobs.web.http.slots import WRITES

HttpMethod = Literal["GET", "POST", "PUT", "DELETE"]
RUN = DagAccessEntity.RUN
DATA = DagAccessEntity.XCOM
"""The data of a Dag's runs. A download requires this permission in addition."""
LOGIN_COOKIE = COOKIE_NAME_JWT_TOKEN
_NO_ADDRESS = "@email.notfound"
"""The domain that the FAB auth manager invents for users without an address in the directory."""


@dataclass(frozen=True)
class VisibleDags:
    """``visible``: Dags that the caller may see. ``parsed``: Dags that Airflow knew just before that was asked."""

    parsed: Collection[str]
    visible: Set[str]


@dataclass(frozen=True)
class Caller:
    """A logged-in user. ``user``: the auth manager's own object. ``token``: the token of their login."""

    name: str
    user: Any
    token: str
    airflow: Any

    @property
    def actor(self) -> str:
        """The name under which the store records the caller's changes."""
        return self.name

    @property
    def own_names(self) -> set[str]:
        """The names that identify the caller as owner or author of a job, in lower case."""
        mail = getattr(self.user, "email", None)
        return {name.lower() for name in (self.name, mail) if name}

    @property
    def mail(self) -> str:
        """The caller's own address from the auth manager; empty if it has none that can receive mail.

        A login name that looks like an address does not count: nobody has proven whose it is.
        """
        found = str(getattr(self.user, "email", None) or "")
        return found if is_mailbox(found) and not found.lower().endswith(_NO_ADDRESS) else ""

    def may(self, method: HttpMethod, dag_id: str | None, entity: DagAccessEntity | None = None) -> bool:
        """Whether the caller may use ``method`` on this Dag (None: on Dags in general)."""
        team = airflow_tables.teams_of([dag_id]).get(dag_id) if dag_id else airflow_tables.team_of_installation()
        details = DagDetails(id=dag_id, team_name=team)
        return bool(
            get_auth_manager().is_authorized_dag(method=method, access_entity=entity, details=details, user=self.user)
        )

    def may_all(self, method: HttpMethod, dag_ids: Collection[str], entity: DagAccessEntity | None = None) -> bool:
        """Whether the caller may use ``method`` on all of these Dags; a single request to the auth manager."""
        teams = airflow_tables.teams_of(dag_ids)
        requests = [
            {"method": method, "access_entity": entity, "details": DagDetails(id=dag_id, team_name=teams.get(dag_id))}
            for dag_id in dag_ids
        ]
        return bool(get_auth_manager().batch_is_authorized_dag(requests, user=self.user))

    def allowed_dags(
        self, method: HttpMethod, dag_ids: Collection[str], entity: DagAccessEntity | None = None
    ) -> set[str]:
        """Return those of ``dag_ids`` on which the caller may use ``method``."""
        if self.may_all(method, dag_ids, entity):  # the usual case; one by one only if some are denied
            return set(dag_ids)
        return {dag_id for dag_id in dag_ids if self.may(method, dag_id, entity)}

    def visible_dags(self) -> VisibleDags:
        """Return the parsed Dags that the caller may see. For ten thousand Dags this takes a while."""
        parsed = airflow_tables.parsed_dags()  # first: a Dag that is parsed in between is then checked separately
        return VisibleDags(parsed, get_auth_manager().get_authorized_dag_ids(user=self.user, method="GET"))

    def readable_dags(self, dag_ids: Collection[str], known: VisibleDags) -> set[str]:
        """Return those of ``dag_ids`` that the caller may see.

        A job that was saved a moment ago has no Dag yet, so the auth manager does not list it. It is checked alone.
        """
        wanted = set(dag_ids)
        new = wanted.difference(known.visible, known.parsed)
        return wanted.intersection(known.visible) | (self.allowed_dags("GET", new) if new else set())

    def may_use_connection(self, connection_id: str | None, method: HttpMethod = "GET") -> bool:
        """Whether the caller may use an Airflow connection (None: connections in general).

        A connection of another team is denied to everybody here, because our Dags may not use it.
        """
        if connection_id is None:
            team = airflow_tables.team_of_installation()
        elif airflow_tables.our_team_may_use(connection_id):
            team = airflow_tables.team_of_connection(connection_id)
        else:
            return False
        details = ConnectionDetails(conn_id=connection_id, team_name=team)
        return bool(get_auth_manager().is_authorized_connection(method=method, details=details, user=self.user))


class Permission:
    """The permission that a route requires. This base class requires only a login."""

    what = "call the Export Jobs API"
    any_team = False

    def __init__(self, *, any_team: bool = False) -> None:
        self.any_team = any_team

    def __call__(self, request: Request, user: GetUserDep) -> Iterator[Caller]:
        """Yield the caller. 401: not logged in; 403: not permitted; 422: unknown query parameters.

        A request with a body takes one of the caller's slots until it is answered; 429 if none is free.
        """
        token = request.headers.get("authorization", "").partition(" ")[2] or request.cookies.get(COOKIE_NAME_JWT_TOKEN)
        caller = Caller(user.get_name(), user, token or "", request.scope.get("export_jobs.airflow"))
        request.state.caller = caller
        if not self.any_team:
            _refuse_other_teams(caller)
        if not self.allows(caller, request):
            raise RequestRefusal.because(
                403, f"you may not {self.what}", "Ask an administrator of Airflow for the permission"
            )
        refuse_unknown_parameters(request)  # here: only permitted callers learn which parameters a route has
        with nullcontext() if request.method in SAFE_METHODS else WRITES.hold(caller.name):
            yield caller

    def allows(self, caller: Caller, request: Request) -> bool:  # noqa: ARG002  subclasses use the path
        """Whether the caller has this permission."""
        return True


def _refuse_other_teams(caller: Caller) -> None:
    """In multi-team mode, serve only the team that owns the Dags of the export jobs."""
    if not airflow_tables.is_multi_team():
        return
    team = airflow_tables.team_of_installation()
    if team is None:
        what = (
            "this Airflow runs in multi-team mode, and the Dag bundle of the export jobs has no team, or is not parsed"
        )
        raise RequestRefusal.because(503, what, "Give the bundle a team in [dag_processor] dag_bundle_config_list")
    if not caller.may("GET", None):
        what = f'the export jobs here belong to team "{team}"'
        raise RequestRefusal.because(403, what, "Ask an administrator of Airflow to add you to that team")


class PathDagPermission(Permission):
    """Permission on the Dag whose id is in the path."""

    def __init__(self, method: HttpMethod, what: str, entity: DagAccessEntity | None = None) -> None:
        self.method, self.what, self.entity = method, what, entity

    def allows(self, caller: Caller, request: Request) -> bool:
        """Check the Dag in the path."""
        return caller.may(self.method, request.path_params["dag_id"], self.entity)


class GeneralDagPermission(Permission):
    """Permission on Dags in general, for routes that do not belong to a single job."""

    def __init__(self, method: HttpMethod, what: str) -> None:
        self.method, self.what = method, what

    def allows(self, caller: Caller, request: Request) -> bool:  # noqa: ARG002  no single Dag is meant
        """Check Dags in general."""
        return caller.may(self.method, None)


class ConnectionPermission(Permission):
    """Permission on Airflow's connections in general. The route itself checks the connection that it uses."""

    what = "use Airflow's connections"

    def allows(self, caller: Caller, request: Request) -> bool:  # noqa: ARG002  no single connection is meant
        """Check connections in general."""
        return caller.may_use_connection(None)


class CheckPermission(ConnectionPermission):
    """Permission to check a destination: everybody who may send files there, or use its connection, may check it."""

    what = "check destinations, which requires the permission to edit Dags or to use Airflow's connections"

    def allows(self, caller: Caller, request: Request) -> bool:
        """Check Dags in general, then connections in general."""
        return caller.may("PUT", None) or super().allows(caller, request)


class PinPermission(Permission):
    """Permission to pin a host key, which requires the permission to edit connections.

    The route itself checks the connection.
    """

    what = "pin host keys, which requires the permission to edit Airflow's connections"

    def allows(self, caller: Caller, request: Request) -> bool:  # noqa: ARG002  no single connection is meant
        """Check connections in general."""
        return caller.may_use_connection(None, "PUT")


LoggedIn = Annotated[Caller, Depends(Permission())]
LoadsPage = Annotated[Caller, Depends(Permission(any_team=True))]  # the scripts, which contain no data of any team
ReadsDags = Annotated[Caller, Depends(GeneralDagPermission("GET", "see Dags"))]
EditsDags = Annotated[Caller, Depends(GeneralDagPermission("PUT", "edit Dags"))]
CreatesJobs = Annotated[
    Caller, Depends(GeneralDagPermission("PUT", "create export jobs, which requires the permission to edit Dags"))
]
ReadsJob = Annotated[Caller, Depends(PathDagPermission("GET", "see this job"))]
EditsJob = Annotated[Caller, Depends(PathDagPermission("PUT", "edit this job"))]
DeletesJob = Annotated[Caller, Depends(PathDagPermission("DELETE", "delete this job"))]
RerunsJob = Annotated[Caller, Depends(PathDagPermission("PUT", "rerun this job", RUN))]
RunsJob = Annotated[Caller, Depends(PathDagPermission("POST", "run this job", RUN))]
ReadsConnections = Annotated[Caller, Depends(ConnectionPermission())]
ChecksDestinations = Annotated[Caller, Depends(CheckPermission())]
PinsHostKeys = Annotated[Caller, Depends(PinPermission())]
