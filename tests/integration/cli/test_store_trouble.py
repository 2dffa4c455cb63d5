"""The command line and the doctor on a store that answers, and cannot do what it is asked to."""

from __future__ import annotations

import pytest

from export_jobs.orchestration.airflow.api import AirflowApi
from export_jobs.orchestration.doctor.result import Outcome, Surroundings
from export_jobs.orchestration.doctor.store import store_is_current
from tests.integration.cli.commands import SAMPLES, Run
from tests.integration.store.samples import Store

pytestmark = pytest.mark.integration


def test_a_store_that_can_only_be_read_is_told_as_that(run: Run, stored: Store) -> None:
    """A standby, or a login that somebody has set to read only."""
    stored.hand(
        f"ALTER DATABASE {stored.dsn['dbname']} SET default_transaction_read_only = on",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )
    code, _, error = run("apply", "-f", SAMPLES, "--yes")
    assert code == 1 and "can only be read now" in error and "primary server" in error
    (found,) = store_is_current(Surroundings(AirflowApi.from_connection))
    assert found.outcome is Outcome.FAILED and "can only be read" in found.what
