"""The check of the installation over REST: who may run it, and that one broken part does not hide others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from export_jobs.store.findings.permits import Permits
from tests.integration.store.samples import Store

if TYPE_CHECKING:
    from tests.integration.web.conftest import Ask

ROUTE = "/export-jobs/api/installation"


def test_only_who_may_use_connections_sees_it(ask: Ask) -> None:
    assert ask("viewer").get(ROUTE).status_code == 403
    assert ask("user").get(ROUTE).status_code == 403


def test_every_part_has_its_line_and_each_failure_its_remedy(ask: Ask) -> None:
    report = ask("admin").get(ROUTE).json()
    checks = {check["subject"]: check for check in report["checks"]}
    assert checks["store"]["outcome"] in {"ok", "warning"}, checks["store"]
    assert {"airflow", "package", "plugin", "catalogue", "staging", "mail", "api"} <= set(checks)
    assert checks["mail"]["outcome"] == "failed"  # nothing here is a mail server
    assert not report["ok"]
    assert all(check["remedy"] for check in report["checks"] if check["outcome"] == "failed")


def test_the_check_is_rate_limited(ask: Ask) -> None:
    admin = ask("admin")
    assert {admin.get(ROUTE).status_code for _ in range(5)} == {200}
    assert admin.get(ROUTE).status_code == 429


def test_several_api_servers_count_together(ask: Ask, web_store: Store) -> None:
    """Three times on another server (another engine on the store), and twice here."""
    for _ in range(3):
        assert Permits(web_store.engine).take("checks of the installation by admin", 5, 60).id
    admin = ask("admin")
    assert [admin.get(ROUTE).status_code for _ in range(3)] == [200, 200, 429]


def test_it_is_answered_while_the_store_is_away(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    from export_jobs.web.http import dependencies

    monkeypatch.setenv("AIRFLOW_CONN_EXPORT_JOBS_STORE", "postgres://nobody:secret@127.0.0.1:9/none")
    dependencies._engine_of.cache_clear()
    report = ask("admin").get(ROUTE).json()
    assert next(check for check in report["checks"] if check["subject"] == "store")["outcome"] == "failed"
