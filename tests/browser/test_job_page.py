"""The page of one job: what it is, what it has delivered, and what each person may do with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from export_jobs.core.validation.changes import spec_of
from tests.browser.conftest import Open
from tests.browser.watched import Watched

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from export_jobs.store.stored_job import StoredJob
    from tests.airflow.live import Live

pytestmark = [pytest.mark.live]

BEGUN = {"queued", "running"}
ACTIONS = ("Rerun", "Edit", "Pause", "Resume", "More")
PARTS = {
    "schedule": {"time_zone": "Europe/Berlin"},
    "templates": [
        {"template": "events", "subfolder": "daily", "columns": ["event_id", {"column": "amount", "as": "Sum"}]}
    ],
    "description": "Events of the day",
}


@pytest.fixture(scope="module")
def shown(live_stack: Live) -> Iterator[StoredJob]:
    """A job with two delivered windows, for tests that do not change it."""
    job = live_stack.create("shown", days=("2026-01-01", "2026-01-02"), **PARTS)
    live_stack.wait_for_runs(job, 2)
    yield job
    live_stack.delete({job.name})


@pytest.fixture(scope="module")
def locked_out(live_stack: Live) -> Iterator[StoredJob]:
    """A job with two windows that have failed."""
    job = live_stack.create("locked-out", days=("2026-01-01", "2026-01-02"), destination="partner-wrong-password")
    live_stack.wait_for_runs(job, 2, "failed")
    yield job
    live_stack.delete({job.name})


def opened(open_page: Open, job: StoredJob, tab: str = "overview", **options: Any) -> Watched:
    watched = open_page(f"/plugin/export-schedules/jobs/{job.dag_id}?tab={tab}", **options)
    watched.page.get_by_role("heading", name=job.name, exact=True).wait_for()
    return watched


def fact(page: Page, label: str) -> str:
    """The value beside a label of the overview."""
    return (
        page.locator("dt", has_text=re.compile(f"^{label}$"))
        .first.locator("xpath=following-sibling::dd[1]")
        .inner_text()
    )


def choose(page: Page, action: str) -> None:
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("menuitem", name=action).click()


def test_overview_says_what_the_job_is_and_the_log_what_it_has_delivered(
    live: Live, shown: StoredJob, open_page: Open
) -> None:
    watched = opened(open_page, shown)
    page = watched.page
    assert fact(page, "Description") == "Events of the day"
    assert fact(page, "Destination") == "partner"
    assert fact(page, "Recipients") == "shown@example.com"
    assert fact(page, "Owner") == "owner-of-shown@example.com"
    assert fact(page, "Version") == "1"
    assert (fact(page, "Schedule type"), fact(page, "Frequency")) == ("Recurring", "Daily")
    assert fact(page, "Execution date") == "Every day, delivered on the day after at 02:00 Europe/Berlin"
    assert fact(page, "Validity") == "1 Jan 2026 \u2013 2 Jan 2026"
    assert fact(page, "Sub-folder") == "daily"
    assert fact(page, "Compression") == "Zip"
    columns = page.get_by_role("region", name="Columns of events").get_by_role("row")
    assert [row.get_by_role("cell").first.inner_text() for row in columns.all()[1:]] == ["event_id", "Sum"]

    page.get_by_role("tab", name="Execution log").click()
    assert "tab=log" in page.url
    newest = page.get_by_role("table", name="Executions").get_by_role("row").nth(1)
    newest.get_by_text("shown__events__2026-01-02.zip").wait_for()
    assert newest.get_by_role("rowheader").inner_text().startswith("2 Jan 2026")
    (record,) = [record for record in live.records(shown) if record.window_start.day == 1]
    newest.get_by_text(record.deliveries[-1].sha256[:10]).wait_for()
    cells = page.get_by_role("option")
    assert [cell.get_attribute("aria-label") for cell in cells.all()] == [
        "1 Jan 2026: Delivered, 23 rows",
        "2 Jan 2026: Delivered, 24 rows",
    ]
    assert page.get_by_role("button", name="Rerun").count() == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_everybody_can_use_it(shown: StoredJob, open_page: Open, theme: str) -> None:
    watched = opened(open_page, shown, theme=theme)
    page = watched.page
    assert watched.grave_violations() == []
    page.get_by_role("button", name="Edit").click()
    page.get_by_label("Description").wait_for()
    assert watched.grave_violations() == []
    page.get_by_role("button", name="Cancel").click()

    page.get_by_role("tab", name="Execution log").click()
    page.get_by_text("shown__events__2026-01-02.zip").wait_for()
    assert watched.grave_violations() == []
    page.get_by_role("option").last.focus()
    page.keyboard.press("ArrowLeft")
    assert (
        page.locator("[role=option][aria-selected=true]").get_attribute("aria-label")
        == "1 Jan 2026: Delivered, 23 rows"
    )
    choose(page, "Re-export a window")
    page.get_by_role("dialog").wait_for()
    assert watched.grave_violations() == []


def test_who_may_only_look_sees_no_button_to_press(locked_out: StoredJob, open_page: Open) -> None:
    watched = opened(open_page, locked_out, "log", user="viewer")
    page = watched.page
    page.get_by_role("table", name="Executions").get_by_text("Failed").locator("visible=true").first.wait_for()
    assert [name for name in ACTIONS if page.get_by_role("button", name=name).count()] == []
    assert page.get_by_role("button", name="Re-export").count() == 0


def test_a_change_is_checked_before_it_is_saved_and_a_stale_one_is_not(live: Live, open_page: Open) -> None:
    job = live.create("changed", days=("2026-01-01", "2026-06-30"), enabled=False)
    page = (watched := opened(open_page, job)).page
    page.get_by_role("button", name="Edit").click()
    save = page.get_by_role("button", name="Save")
    assert save.is_disabled()
    page.get_by_label("Until").fill("2025-12-31")
    page.get_by_role("dialog").get_by_text(re.compile("until", re.IGNORECASE)).last.wait_for()
    page.get_by_role("dialog").locator("[aria-invalid=true]").first.wait_for()
    assert save.is_disabled()
    page.get_by_label("Until").fill("2026-12-31")
    page.get_by_label("Deliver at").fill("05:30")
    page.get_by_text("Next windows after the change").wait_for()

    live.definitions.update(
        spec_of(job.parse()).model_copy(update={"description": "by somebody else"}), "somebody else"
    )
    watched.forgive(f"/jobs/{job.dag_id}")
    save.click()
    page.get_by_text("has been changed by somebody else").wait_for()
    assert save.is_disabled()
    page.get_by_role("button", name="Reload and keep my changes").click()
    save.click()
    page.get_by_role("dialog").wait_for(state="detached")
    page.get_by_text("at 05:30").first.wait_for()
    assert fact(page, "Description") == "by somebody else"
    assert live.definitions.job("changed").version == 3  # type: ignore[union-attr]

    page.get_by_role("button", name="Details of version 3").click()
    beside = page.get_by_role("group", name="Last day of data")
    beside.get_by_text("2026-12-31").wait_for()
    assert beside.get_by_text("2026-06-30").count() == 1
    page.get_by_text("No file has been delivered with this version.").wait_for()
    assert watched.grave_violations() == []


def test_what_was_typed_is_kept_over_a_reload(live: Live, open_page: Open) -> None:
    job = live.create("typed", days=("2026-01-01", "2026-06-30"), enabled=False)
    page = opened(open_page, job).page
    page.get_by_role("button", name="Edit").click()
    page.get_by_label("Description").fill("Half a sentence")
    page.get_by_role("button", name="Save").click(trial=True)
    page.reload()
    page.get_by_text("Your changes were restored.").wait_for()
    assert page.get_by_label("Description").input_value() == "Half a sentence"
    page.get_by_role("button", name="Cancel").click()
    page.reload()
    page.get_by_role("heading", name="typed", exact=True).wait_for()
    assert page.get_by_role("dialog").count() == 0


def test_a_rerun_shows_its_windows_before_it_acts(live: Live, locked_out: StoredJob, open_page: Open) -> None:
    page = opened(open_page, locked_out, "log").page
    rerun = page.get_by_role("button", name="Rerun")
    rerun.wait_for(timeout=300_000)
    rerun.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Rerun 2 windows").wait_for()
    assert [line.split(" (")[0] for line in dialog.get_by_role("listitem").all_inner_texts()] == [
        "1 Jan 2026",
        "2 Jan 2026",
    ]
    assert set(live.states(locked_out)) == {"failed"}
    dialog.get_by_role("button", name="Rerun 2 windows").click()
    dialog.wait_for(state="detached")
    live.wait_until("the runs to begin again", lambda: set(live.states(locked_out)) & BEGUN)
    page.get_by_role("button", name="Rerun").wait_for(state="detached")


def test_a_past_window_is_exported_again_and_a_job_is_deleted(live: Live, open_page: Open) -> None:
    job = live.create("again", days=("2026-01-01", "2026-01-01"))
    live.wait_for_runs(job, 1)
    page = opened(open_page, job, "log").page
    choose(page, "Re-export a window")
    page.get_by_label("Window", exact=True).select_option(label="1 Jan 2026: Delivered, 24 rows")
    page.get_by_role("button", name="Re-export", exact=True).click()
    live.wait_for_runs(job, 2)
    page.get_by_text("manual run").wait_for()
    choose(page, "Delete")
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("heading", name="Export Schedules", exact=True).wait_for()
    page.get_by_text("Deleted again. Its delivered files and its history are kept.").wait_for()
    assert live.definitions.job("again") is None

    page.get_by_role("link", name="Deleted").click()
    page.get_by_role("link", name="again", exact=True).click()
    page.get_by_role("table", name="Executions").get_by_text("24 rows").first.wait_for()
    page.get_by_text("Deleted", exact=True).first.wait_for()


def test_a_job_is_paused_resumed_and_run_now(live: Live, open_page: Open) -> None:
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    days = (str(yesterday), str(yesterday + timedelta(days=30)))
    job = live.create("turned", days=days, schedule={"deliver_at": "00:00"})
    live.wait_for_runs(job, 1)
    page = opened(open_page, job).page
    for press, then, enabled in (("Pause", "Resume", False), ("Resume", "Pause", True)):
        page.get_by_role("button", name=press, exact=True).click()
        page.get_by_role("button", name=then, exact=True).wait_for()
        stored = live.definitions.job("turned")
        assert stored and stored.parse().enabled is enabled
    choose(page, "Run now")
    page.get_by_role("button", name="Run now", exact=True).click()
    live.wait_for_runs(job, 2)
    page.get_by_role("tab", name="Execution log").click()
    page.get_by_text("manual run").first.wait_for()
    assert {record.window_start.date() for record in live.records(job)} == {yesterday}, (
        "the last complete window, again"
    )
