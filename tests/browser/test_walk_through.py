"""What a new user does, from an empty list to a delivered file, a failure and its repair, on a live scheduler."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import Open
from tests.browser.wizard import drag, fill_schedule, go_on, tick

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from export_jobs.store.stored_job import StoredJob
    from tests.airflow.live import Live

pytestmark = [pytest.mark.live, pytest.mark.slow]

DATA, ADJUST = "What is in the files?", "Adjust each file, then create"
PATIENCE_MS = 420_000


def rows_of(archive: Path) -> list[list[str]]:
    with zipfile.ZipFile(archive) as packed:
        (name,) = packed.namelist()
        return list(csv.reader(io.StringIO(packed.read(name).decode())))


def open_list(page: Page) -> None:
    page.get_by_role("link", name="Export Schedules").first.click()
    page.get_by_role("heading", name="Export Schedules", exact=True).wait_for()


def test_from_an_empty_list_to_a_repaired_delivery(live: Live, open_page: Open) -> None:
    page = open_page("/plugin/export-schedules").page
    page.get_by_role("heading", name="No export schedules yet").wait_for()
    page.get_by_role("link", name="Create", exact=True).click()
    create(page)
    job = live.definitions.job("walk")
    assert job is not None
    live.wait_for_runs(job, 2)
    see_what_was_delivered(page, live)
    break_the_password(page, live, job)
    rerun_what_was_missed(page, live, job)
    duplicate_and_delete(page, live)


def create(page: Page) -> None:
    """Three steps, with a template created on the way. A reload in the middle loses nothing."""
    page.get_by_role("button", name="Next", exact=True).click()
    page.get_by_text("Give it a name.").wait_for()
    page.get_by_text("Choose where the files go.").wait_for()
    fill_schedule(page, "walk", "2026-01-01", "2026-01-02")
    choose_a_zone(page)
    page.get_by_role("button", name="Check").click()
    page.get_by_text("login, folder and permission to write work").wait_for()
    page.get_by_text("Daily: each day, delivered on the day after at 02:00 UTC.").wait_for()
    page.get_by_text("it contains the data of 1 January 2026").wait_for()
    go_on(page, DATA)
    tick(page, "events")
    make_a_template(page)
    go_on(page, ADJUST)
    page.reload()
    page.get_by_role("heading", name=ADJUST).wait_for()
    page.get_by_role("button", name="Adjust events").click()
    page.get_by_role("button", name="Move Amount").press("ArrowUp")
    drag(page, "Move Note", above="Move Event id")
    page.get_by_role("button", name="Move Note, position 1").wait_for()
    page.get_by_label("Heading of Amount").fill("Betrag")
    page.get_by_role("button", name="Add a filter").click()
    page.get_by_label("Column of filter 1").select_option("event_id")
    page.get_by_label("Comparison of filter 1").select_option("at_most")
    page.get_by_label("Value of filter 1").fill("30")
    page.get_by_role("button", name="Create", exact=True).click()
    page.get_by_role("heading", name="walk", exact=True).wait_for()


def choose_a_zone(page: Page) -> None:
    """Time zones are searched by name, and each shows its offset from UTC."""
    zones = page.locator("#export-jobs-zones option")
    offered = dict(zones.evaluate_all("options => options.map(({ value, label }) => [value, label])"))
    assert offered["Asia/Tokyo"] == "Asia/Tokyo (UTC+09:00)" and "UTC" in offered
    page.get_by_label("Time zone").fill("Asia/Tokyo")
    page.get_by_text("UTC+09:00 today.").wait_for()
    page.get_by_label("Time zone").fill("UTC")


def make_a_template(page: Page) -> None:
    page.get_by_role("button", name="New template").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Name").fill("walk-places")
    tick(dialog.get_by_role("group", name="KPIs"), "Turnover")
    tick(dialog.get_by_role("group", name="Dimensions"), "Place: Region")
    dialog.get_by_label("Data from").fill("2026-01-01")
    dialog.get_by_label("to", exact=True).fill("2026-01-01")
    dialog.get_by_role("cell", name="North", exact=True).wait_for()
    dialog.get_by_role("button", name="Add to this job").click()
    dialog.wait_for(state="detached")


def see_what_was_delivered(page: Page, live: Live) -> None:
    page.get_by_text("Completed", exact=True).first.wait_for(timeout=PATIENCE_MS)
    page.get_by_role("tab", name="Execution log").click()
    page.get_by_text("walk__walk-places__2026-01-02.zip").wait_for()
    page.get_by_text("1 mail about the delivery").first.click()
    page.get_by_text("walk@example.com: about the delivery, sent").first.wait_for()
    (events,) = live.files("walk__events__2026-01-01.zip")
    header, *rows = rows_of(events)
    assert header == ["note", "event_id", "Betrag", "happened_at"]
    assert len(rows) == 24 and rows[1][2] == "1.25"
    (second,) = live.files("walk__events__2026-01-02.zip")
    assert [row[1] for row in rows_of(second)[1:]] == [str(number) for number in range(24, 31)], "the filter holds"
    (places,) = live.files("walk__walk-places__2026-01-01.zip")
    assert [row[0] for row in rows_of(places)] == ["place.region", "North", "South", ""]


def break_the_password(page: Page, live: Live, job: StoredJob) -> None:
    """The partner changes the password, and two more days fall due."""
    live.partner.faults.password_changed = True
    page.get_by_role("button", name="Edit").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Until").fill("2026-01-04")
    dialog.get_by_text("Next windows after the change").wait_for()
    dialog.get_by_role("button", name="Save").click()
    dialog.wait_for(state="detached")
    live.wait_until("two runs to fail", lambda: live.states(job).count("failed") == 2)
    page.get_by_text("Unable to execute").first.wait_for(timeout=PATIENCE_MS)
    page.get_by_text("password").first.wait_for()


def rerun_what_was_missed(page: Page, live: Live, job: StoredJob) -> None:
    live.partner.faults.password_changed = False
    page.get_by_role("button", name="Rerun").click()
    dialog = page.get_by_role("dialog")
    rerun = dialog.get_by_role("button", name="Rerun 2 windows")
    rerun.wait_for()
    listed = [text.split(" (")[0] for text in dialog.get_by_role("listitem").all_inner_texts()]
    assert listed == ["3 Jan 2026", "4 Jan 2026"]
    rerun.click()
    dialog.wait_for(state="detached")
    live.wait_until("four runs to succeed", lambda: live.states(job).count("success") == 4)
    page.get_by_text("Completed", exact=True).first.wait_for(timeout=PATIENCE_MS)
    assert len(live.files("walk__events__*.zip")) == 4
    page.get_by_role("button", name="Rerun").wait_for(state="detached")


def duplicate_and_delete(page: Page, live: Live) -> None:
    open_list(page)
    page.get_by_role("button", name="More for walk", exact=True).click()
    page.get_by_role("menuitem", name="Duplicate").click()
    page.get_by_role("heading", name="Duplicate an export schedule").wait_for()
    assert page.get_by_role("textbox", name="Name").input_value() == "walk-copy"
    go_on(page, DATA)
    go_on(page, ADJUST)
    page.get_by_role("button", name="Create", exact=True).click()
    page.get_by_role("heading", name="walk-copy", exact=True).wait_for()
    open_list(page)
    page.get_by_role("button", name="More for walk-copy").click()
    page.get_by_role("menuitem", name="Delete").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
    page.get_by_text("Deleted walk-copy.").wait_for()
    assert [one.name for one in live.definitions.jobs()] == ["walk"]


def test_a_business_user_creates_with_the_keyboard_alone(live: Live, open_page: Open) -> None:
    page = open_page("/plugin/export-schedules/new", user="business").page
    page.get_by_role("textbox", name="Name").focus()
    page.get_by_role("button", name="Check", exact=True).wait_for()  # who may send files there may ask
    keyboard = page.keyboard
    keyboard.type("by-keyboard")
    keyboard.press("Tab")
    keyboard.type("keys@example.com")
    keyboard.press("Tab")
    keyboard.press("Tab")
    keyboard.type("partner")
    assert page.get_by_label("Destination").input_value() == "partner"
    page.get_by_text("No other destination").wait_for()
    keyboard.press("Tab")  # its check
    keyboard.press("Tab")  # the same files to other destinations, folded
    keyboard.press("Tab")
    keyboard.type("partner@example.com")
    keyboard.press("Tab")  # the frequencies: arrows choose
    keyboard.press("ArrowRight")
    page.get_by_text("Monthly: each calendar month").wait_for()
    press_until(page, "Next")
    page.get_by_role("heading", name=DATA).wait_for()
    page.get_by_role("checkbox", name="events").first.focus()
    keyboard.press("Space")
    page.get_by_text("Selected: events").wait_for()
    press_until(page, "Next")
    page.get_by_role("heading", name=ADJUST).wait_for()
    page.get_by_text("Summary").wait_for()
    press_until(page, "Create")
    page.get_by_role("heading", name="by-keyboard", exact=True).wait_for()
    job = live.definitions.job("by-keyboard")
    assert job is not None and job.definition["schedule"]["frequency"] == "monthly"


def press_until(page: Page, button: str) -> None:
    """Tab on until the button has the focus, then press it."""
    wanted = page.get_by_role("button", name=button, exact=True)
    for _ in range(120):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"the button {button!r} is not reached by the Tab key")
