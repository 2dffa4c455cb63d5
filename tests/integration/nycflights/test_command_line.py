"""The catalogue of nycflights13 on the command line, as its data engineer meets it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from export_jobs import cli
from export_jobs.cli import session

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("nyc_warehouse")]


@pytest.fixture(autouse=True)
def own_catalogue() -> Iterator[None]:
    session.catalogue.cache_clear()
    yield
    session.catalogue.cache_clear()


def test_the_live_check_is_clean(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["catalogue", "check", "--connection", "nyc_warehouse"]) == 0
    *asked, summary = capsys.readouterr().out.splitlines()
    assert summary == "2 facts, 10 KPIs, 5 dimensions: 0 errors, 0 warnings"
    assert len(asked) == 1 and asked[0].startswith("connection nyc_warehouse, postgres: ")
    assert asked[0].endswith(" questions about columns, types and statements")


def test_the_page_of_what_can_be_exported(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["catalogue", "docs"]) == 0
    page = capsys.readouterr().out
    assert "| Mean arrival delay | `arr_delay_mean` |" in page
    assert "Reached from `flights` by `origin`, `weather` by `origin`." in page
