"""The folded part of the wizard that says how files are written: nothing is offered that makes no sense."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.airflow.live import Live

pytestmark = [pytest.mark.live, pytest.mark.slow]
GERMAN = "Zoë Smith;31.01.2026;31.01.2026 13:05:09;1234,50;WAHR;"


def choose(page: Page, label: str, key: str) -> None:
    page.get_by_label(label, exact=True).select_option(key)


def test_a_preset_fills_the_options_and_a_row_shows_them(live: Live, open_page: Open) -> None:
    job = live.create("alpha", days=("2027-01-01", "2027-03-31"))
    watched = open_page(f"/plugin/export-schedules/new?from={job.dag_id}&step=3")
    page = watched.page
    page.get_by_role("button", name="Change file options").click()
    row = page.get_by_test_id("example-row")
    expect(row).to_contain_text("2026-01-31 13:05:09.25+01")
    choose(page, "Preset", "excel-german")
    expect(row).to_have_text(GERMAN)
    expect(page.get_by_label("Delimiter", exact=True)).to_have_value(";")
    expect(page.get_by_label("Characters it lacks")).to_have_count(0)
    choose(page, "Encoding", "windows-1252")
    expect(page.get_by_label("Preset", exact=True)).to_have_value("")
    choose(page, "Characters it lacks", "transliterate")
    expect(page.get_by_role("checkbox", name="Byte order mark")).to_have_count(0)
    choose(page, "Thousands", ".")
    expect(row).to_contain_text(";1.234,50;")
    assert watched.grave_violations() == []
    choose(page, "Format", "fixed")
    expect(page.get_by_label("Delimiter", exact=True)).to_have_count(0)
    expect(page.get_by_label("Encoding", exact=True)).to_have_value("windows-1252")
    choose(page, "Format", "parquet")
    for label in ("Preset", "Encoding", "Decimal mark", "Compression"):
        expect(page.get_by_label(label, exact=True)).to_have_count(0)
