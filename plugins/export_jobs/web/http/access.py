"""Who calls, and what they may: Airflow's auth manager answers. The only module that imports airflow.api_fastapi.

A route declares its permission by the type of one parameter: ``user: ReadsJob``. Those about a job ask for the Dag
whose id is in the path, and for nothing that a query or a body could name.
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
"""What the runs of a Dag have made: the right of its own that a download takes."""
LOGIN_COOKIE = COOKIE_NAME_JWT_TOKEN
_NO_ADDRESS = "@email.notfound"
"""What the FAB auth manager makes up for somebody of whom the directory tells no address."""


@dataclass(frozen=True)
class VisibleDags:
    """``visible``: those that somebody may see; ``parsed``: those that Airflow knew before it was asked for them."""

    parsed: Collection[str]
    visible: Set[str]


@dataclass(frozen=True)
class Caller:
    """Somebody whom Airflow knows. ``user`` is the auth manager's own object, ``token`` what they logged in with."""

    name: str
    user: Any
    token: str
    airflow: Any

    @property
    def actor(self) -> str:
        """How the store records the author of a change."""
        return self.name

    @property
    def own_names(self) -> set[str]:
        """What they may be called as the owner or author of a job, in lower case."""
        mail = getattr(self.user, "email", None)
        return {name.lower() for name in (self.name, mail) if name}

    @property
    def mail(self) -> str:
        """Their own address as the auth manager knows it; empty where it knows none that takes mail.

        A login name that looks like an address is none: nobody has proven whose it is.
        """
        found = str(getattr(self.user, "email", None) or "")
        return found if is_mailbox(found) and not found.lower().endswith(_NO_ADDRESS) else ""

    def may(self, method: HttpMethod, dag_id: str | None, entity: DagAccessEntity | None = None) -> bool:
        """Whether this Dag (None: Dags in general) is open to them for ``method``."""
        team = airflow_tables.teams_of([dag_id]).get(dag_id) if dag_id else airflow_tables.team_of_installation()
        details = DagDetails(id=dag_id, team_name=team)
        return bool(
            get_auth_manager().is_authorized_dag(method=method, access_entity=entity, details=details, user=self.user)
        )

    def may_all(self, method: HttpMethod, dag_ids: Collection[str], entity: DagAccessEntity | None = None) -> bool:
        """Whether every one of these Dags is; one question to the auth manager, however many there are."""
        teams = airflow_tables.teams_of(dag_ids)
        requests = [
            {"method": method, "access_entity": entity, "details": DagDetails(id=dag_id, team_name=teams.get(dag_id))}
            for dag_id in dag_ids
        ]
        return bool(get_auth_manager().batch_is_authorized_dag(requests, user=self.user))

    def allowed_dags(
        self, method: HttpMethod, dag_ids: Collection[str], entity: DagAccessEntity | None = None
    ) -> set[str]:
        """Those of ``dag_ids`` that are; they are asked for one by one only when some are not."""
        if self.may_all(method, dag_ids, entity):
            return set(dag_ids)
        return {dag_id for dag_id in dag_ids if self.may(method, dag_id, entity)}

    def visible_dags(self) -> VisibleDags:
        """The Dags that they may see, of all that Airflow has parsed; for ten thousand this takes a while."""
        parsed = airflow_tables.parsed_dags()  # first: a Dag that is parsed meanwhile is asked for by itself
        return VisibleDags(parsed, get_auth_manager().get_authorized_dag_ids(user=self.user, method="GET"))

    def readable_dags(self, dag_ids: Collection[str], known: VisibleDags) -> set[str]:
        """Those of ``dag_ids`` that they may see.

        A job that was saved a moment ago has no Dag yet, so the auth manager lists none; it is asked for by itself.
        """
        wanted = set(dag_ids)
        new = wanted.difference(known.visible, known.parsed)
        return wanted.intersection(known.visible) | (self.allowed_dags("GET", new) if new else set())

    def may_use_connection(self, connection_id: str | None, method: HttpMethod = "GET") -> bool:
        """Whether an Airflow connection (None: connections in general) is open to them.

        One of another team is open to nobody here: our Dags may not use it, whoever asks.
        """
        if connection_id is None:
            team = airflow_tables.team_of_installation()
        elif airflow_tables.is_open_to_us(connection_id):
            team = airflow_tables.team_of_connection(connection_id)
        else:
            return False
        details = ConnectionDetails(conn_id=connection_id, team_name=team)
        return bool(get_auth_manager().is_authorized_connection(method=method, details=details, user=self.user))


class Permission:
    """What a route needs. The bare class needs a login and no more."""

    what = "call the Export Jobs API"
    any_team = False

    def __init__(self, *, any_team: bool = False) -> None:
        self.any_team = any_team

    def __call__(self, request: Request, user: GetUserDep) -> Iterator[Caller]:
        """The caller; 401 for nobody, 403 for somebody who may not, 422 for a query that the route does not know.

        Whatever takes a body holds one of the caller's slots until it is answered; 429 when there is none.
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
        refuse_unknown_parameters(request)  # here: only who may call a route learns what it takes
        with nullcontext() if request.method in SAFE_METHODS else WRITES.hold(caller.name):
            yield caller

    def allows(self, caller: Caller, request: Request) -> bool:  # noqa: ARG002  others look at the path
        """Whether the caller may."""
        return True


def _refuse_other_teams(caller: Caller) -> None:
    """In multi-team mode everything here belongs to the team whose Dags our jobs are, and nobody else is served."""
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
    """Access to the Dag whose id is in the path."""

    def __init__(self, method: HttpMethod, what: str, entity: DagAccessEntity | None = None) -> None:
        self.method, self.what, self.entity = method, what, entity

    def allows(self, caller: Caller, request: Request) -> bool:
        """Asks for the Dag in the path."""
        return caller.may(self.method, request.path_params["dag_id"], self.entity)


class GeneralDagPermission(Permission):
    """Access to Dags in general, for what is no single job's."""

    def __init__(self, method: HttpMethod, what: str) -> None:
        self.method, self.what = method, what

    def allows(self, caller: Caller, request: Request) -> bool:  # noqa: ARG002  no single Dag is meant
        """Asks for no Dag in particular."""
        return caller.may(self.method, None)


class ConnectionPermission(Permission):
    """Access to Airflow's connections in general; the route asks for the very one it uses."""

    what = "use Airflow's connections"

    def allows(self, caller: Caller, request: Request) -> bool:  # noqa: ARG002  no single connection is meant
        """Asks for no connection in particular."""
        return caller.may_use_connection(None)


class CheckPermission(ConnectionPermission):
    """For a check of a destination: whoever may send files there may ask whether it takes them."""

    what = "check destinations, which takes the right to edit Dags or to use Airflow's connections"

    def allows(self, caller: Caller, request: Request) -> bool:
        """Asks for Dags and for connections in general."""
        return caller.may("PUT", None) or super().allows(caller, request)


class PinPermission(Permission):
    """For pinning a host key, as whoever may edit a connection can there; the route asks for the very one."""

    what = "pin host keys, which takes the right to edit Airflow's connections"

    def allows(self, caller: Caller, request: Request) -> bool:  # noqa: ARG002  no single connection is meant
        """Asks for connections in general."""
        return caller.may_use_connection(None, "PUT")


LoggedIn = Annotated[Caller, Depends(Permission())]
LoadsPage = Annotated[Caller, Depends(Permission(any_team=True))]  # the scripts, which hold no data of any team
ReadsDags = Annotated[Caller, Depends(GeneralDagPermission("GET", "see Dags"))]
EditsDags = Annotated[Caller, Depends(GeneralDagPermission("PUT", "edit Dags"))]
CreatesJobs = Annotated[
    Caller, Depends(GeneralDagPermission("PUT", "create export jobs, which takes the right to edit Dags"))
]
ReadsJob = Annotated[Caller, Depends(PathDagPermission("GET", "see this job"))]
EditsJob = Annotated[Caller, Depends(PathDagPermission("PUT", "edit this job"))]
DeletesJob = Annotated[Caller, Depends(PathDagPermission("DELETE", "delete this job"))]
RerunsJob = Annotated[Caller, Depends(PathDagPermission("PUT", "rerun this job", RUN))]
RunsJob = Annotated[Caller, Depends(PathDagPermission("POST", "run this job", RUN))]
ReadsConnections = Annotated[Caller, Depends(ConnectionPermission())]
ChecksDestinations = Annotated[Caller, Depends(CheckPermission())]
PinsHostKeys = Annotated[Caller, Depends(PinPermission())]
