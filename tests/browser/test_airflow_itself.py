"""Airflow's own list of Dags opens without errors, so errors in the other tests come from our page."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Open

pytestmark = pytest.mark.live


def test_airflows_list_of_dags_opens(open_page: Open) -> None:
    watched = open_page("/dags")
    watched.page.get_by_text("export_jobs_auditor").first.wait_for()
