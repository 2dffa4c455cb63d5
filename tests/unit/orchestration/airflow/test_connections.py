"""Connections by their id."""

from __future__ import annotations

import pytest

from export_jobs.errors import UserError
from export_jobs.orchestration.airflow.connections import airflow_connection


def test_an_address_in_place_of_an_id_is_refused_and_not_shown() -> None:
    """It would stand with its password in the mail to the owner, on the page and in the doctor's report."""
    with pytest.raises(
        UserError, match="What is set as the connection for the destination 'partner' is not a valid connection id"
    ) as raised:
        airflow_connection("sftp://user:canary-pw@host/in", "the destination 'partner'")
    assert "canary" not in str(raised.value)


@pytest.mark.parametrize("connection_id", ["team/warehouse", "warehouse:prod", "größe#1", "a" * 250])
def test_whatever_airflow_takes_for_an_id_is_looked_up(connection_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Catalogues name ids that stand in a vault under a path."""
    monkeypatch.setenv(f"AIRFLOW_CONN_{connection_id.upper()}", "sqlite:///warehouse.db")
    assert airflow_connection(connection_id, "the warehouse").conn_type == "sqlite"
