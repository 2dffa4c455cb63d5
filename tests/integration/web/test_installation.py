"""The check of the installation over REST: who may ask, and that one broken part hides no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from export_jobs.web.http.rate_limit import RateLimit

if TYPE_CHECKING:
    from tests.integration.web.conftest import Ask

ROUTE = "/export-jobs/api/installation"


@pytest.fixture(autouse=True)
def fresh_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    from export_jobs.web.api import installation

    monkeypatch.setattr(installation, "_CHECKS", RateLimit(limit=5, seconds=60))


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


def test_it_cannot_be_asked_without_end(ask: Ask) -> None:
    admin = ask("admin")
    assert {admin.get(ROUTE).status_code for _ in range(5)} == {200}
    assert admin.get(ROUTE).status_code == 429
