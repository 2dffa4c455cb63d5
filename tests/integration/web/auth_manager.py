"""Airflow's simple auth manager with permissions per Dag, like FAB and Keycloak; it does not have them itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.api_fastapi.auth.managers.simple.simple_auth_manager import SimpleAuthManager
from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser

if TYPE_CHECKING:
    from airflow.api_fastapi.auth.managers.models.resource_details import DagDetails

WITHOUT = " without "
WITH_MAIL = " with mail "


class AuthManagerOfDags(SimpleAuthManager):
    """A user called ``<anything> without <dag_id>`` may not use that Dag, ``… without data of …`` not its XComs.

    ``<anything> with mail <address>`` has that address, under the name that FAB's and AWS's users have it by.
    """

    def deserialize_user(self, token: dict[str, Any]) -> SimpleAuthManagerUser:
        user = super().deserialize_user(token)
        _, is_known, mail = user.username.partition(WITH_MAIL)
        if is_known:
            vars(user)["email"] = mail
        return user

    def is_authorized_dag(
        self, *, user: SimpleAuthManagerUser, details: DagDetails | None = None, **asked: Any
    ) -> bool:
        if details is not None and details.id and user.username.endswith(f"{WITHOUT}{details.id}"):
            return False
        entity = asked.get("access_entity")
        if details and entity and entity.name == "XCOM" and user.username.endswith(f"{WITHOUT}data of {details.id}"):
            return False
        return bool(super().is_authorized_dag(user=user, details=details, **asked))
