"""The file options of the wizard: only options that make sense together are offered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from export_jobs.core.definitions.key import KeySpec, ReceiverKey
from export_jobs.streaming.openpgp.gpg import find_gpg
from export_jobs.streaming.openpgp.read_key import read_public_key
from tests.browser.conftest import Open
from tests.servers.gpg_keyring import gpg_keyring

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
    expect(page.get_by_label("Unsupported characters")).to_have_count(0)
    choose(page, "Encoding", "windows-1252")
    expect(page.get_by_label("Preset", exact=True)).to_have_value("")
    choose(page, "Unsupported characters", "transliterate")
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


@pytest.mark.skipif(find_gpg() is None, reason="NOT CHECKED: gpg is not here: apt-get install gnupg")
def test_keys_parts_and_the_place_of_the_manifest_are_chosen(live: Live, open_page: Open) -> None:
    with gpg_keyring() as ring:
        fingerprint = ring.make("Acme", subkey_lasts="2y")
        spec = KeySpec(tag="acme", public_key=ring.public("Acme"))
    live.definitions.save_key(ReceiverKey.of(spec, read_public_key(spec.public_key)), "live test")
    job = live.create("alpha", days=("2027-01-01", "2027-03-31"))
    watched = open_page(f"/plugin/export-schedules/new?from={job.dag_id}&step=3")
    page = watched.page
    page.get_by_role("button", name="Change file options").click()
    keys = page.get_by_role("list", name="Receivers' keys")
    expect(keys).to_contain_text(" ".join(fingerprint[at : at + 4] for at in range(0, 40, 4)))
    expect(keys).to_contain_text("expires")
    expect(page.get_by_label("Sign with")).to_have_count(0)
    keys.locator("label").filter(has_text="acme").click()
    page.get_by_label("Sign with").fill("team_key")
    page.locator("label").filter(has_text="ASCII armour").click()
    choose(page, "Parts", "rows")
    page.get_by_label("Maximum rows per part").fill("5000")
    choose(page, "Manifest", "folder")
    page.get_by_label("Manifest folder").fill("")
    page.get_by_label("Manifest folder").fill("control")
    assert watched.grave_violations() == []
    choose(page, "Format", "parquet")
    expect(page.get_by_label("Maximum rows per part")).to_have_value("5000")
    expect(page.get_by_label("Manifest folder")).to_have_value("control")
    page.get_by_role("button", name="Change file options").click()
    expect(page.get_by_text("Parquet, encrypted to acme, in parts.").first).to_be_visible()
    page.goto("/plugin/export-schedules/installation")
    expect(page.get_by_role("table", name="Receivers' keys")).to_contain_text("acme")
    assert watched.grave_violations() == []
