"""The list: search, filters, state in the address, bulk pause, what each role sees; and all pages for everybody."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.conftest import Open

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

    from tests.airflow.live import Live

pytestmark = [pytest.mark.live]
LIST = "/plugin/export-schedules"
COMING = datetime.now(UTC).year + 1
NEXT_YEAR = (f"{COMING}-01-01", f"{COMING}-03-31")


def names(page: Page) -> list[str]:
    rows = page.get_by_role("table", name="Export schedules").get_by_role("rowheader")
    return [text.splitlines()[0] for text in rows.all_inner_texts()]


def shows(live: Live, page: Page, wanted: list[str]) -> None:
    live.wait_until(f"the list to show {wanted}; it shows {names(page)}", lambda: names(page) == wanted)


def some_jobs(live: Live) -> None:
    live.create("alpha", days=NEXT_YEAR, description="Sales of the north")
    live.create("beta", days=NEXT_YEAR, schedule={"frequency": "weekly", "execute_on": "sunday"})
    live.create("gamma", days=NEXT_YEAR, schedule={"frequency": "monthly", "execute_on": "last"})


def test_search_and_filters_are_in_the_address_and_back_works(live: Live, open_page: Open) -> None:
    some_jobs(live)
    page = open_page(LIST).page
    shows(live, page, ["alpha", "beta", "gamma"])
    page.get_by_label("Search export schedules").fill("NORTH")
    shows(live, page, ["alpha"])
    assert "search=NORTH" in page.url
    page.get_by_label("Search export schedules").fill("")
    shows(live, page, ["alpha", "beta", "gamma"])
    page.get_by_role("combobox", name="Frequency").select_option("weekly")
    shows(live, page, ["beta"])
    assert "frequency=weekly" in page.url
    page.reload()
    shows(live, page, ["beta"])
    page.go_back()
    shows(live, page, ["alpha", "beta", "gamma"])
    page.get_by_role("combobox", name="Status").select_option("completed")
    page.get_by_role("heading", name="No schedule matches").wait_for()
    page.get_by_role("button", name="Clear search and filters").click()
    shows(live, page, ["alpha", "beta", "gamma"])
    page.get_by_role("button", name="Name").click()
    shows(live, page, ["gamma", "beta", "alpha"])


def test_who_comes_back_to_the_list_sees_at_once_what_they_left(live: Live, open_page: Open) -> None:
    some_jobs(live)
    page = open_page(LIST).page
    shows(live, page, ["alpha", "beta", "gamma"])
    page.get_by_role("link", name="beta", exact=True).click()
    page.get_by_role("heading", name="beta", exact=True).wait_for()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/export-jobs/api/jobs?**", hold)
    with page.expect_request("**/export-jobs/api/jobs?**"):
        page.go_back()
    page.get_by_role("heading", name="Export Schedules", exact=True).wait_for()
    live.wait_until("the list to wait for its answer", lambda: page.title() and held)
    assert names(page) == ["alpha", "beta", "gamma"]
    live.definitions.delete("beta", "somebody else")
    for route in held:
        route.continue_()
    shows(live, page, ["alpha", "gamma"])


def test_several_are_paused_at_once(live: Live, open_page: Open) -> None:
    some_jobs(live)
    page = open_page(LIST).page
    shows(live, page, ["alpha", "beta", "gamma"])
    for name in ("alpha", "beta"):
        page.get_by_role("checkbox", name=f"Select {name}").check()
    page.get_by_role("button", name="Pause", exact=True).click()
    page.get_by_text("Paused 2 schedules.").wait_for()
    enabled = {job.name: job.parse().enabled for job in live.definitions.jobs()}
    assert enabled == {"alpha": False, "beta": False, "gamma": True}


def test_a_recipient_is_added_to_many_and_a_view_is_kept(live: Live, open_page: Open) -> None:
    some_jobs(live)
    page = open_page(LIST).page
    shows(live, page, ["alpha", "beta", "gamma"])
    page.get_by_role("button", name="View", exact=True).click()
    page.get_by_role("menuitemcheckbox", name="Next delivery").click()
    page.get_by_role("columnheader", name="Next delivery").wait_for(state="detached")
    page.keyboard.press("Escape")
    page.get_by_role("checkbox", name="Select all on this page").check()
    page.get_by_role("button", name="Change…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Add recipients").fill("Doe, Jane <jane@example.org>; bob@example.org")
    dialog.get_by_label("Add recipients").press("Enter")
    dialog.get_by_role("button", name="Change 3 schedules").click()
    page.get_by_text("Changed 3 schedules.").wait_for()
    for job in live.definitions.jobs():
        assert {"jane@example.org", "bob@example.org", f"{job.name}@example.com"} == set(job.parse().recipients)
    page.reload()
    shows(live, page, ["alpha", "beta", "gamma"])
    assert page.get_by_role("columnheader", name="Next delivery").count() == 0, "the choice is kept"


def test_a_duplicate_takes_nothing_from_an_unfinished_job(live: Live, open_page: Open) -> None:
    some_jobs(live)
    page = open_page(f"{LIST}/new").page
    page.get_by_role("textbox", name="Name").fill("half-made")
    page.get_by_label("Recipients").fill("a@example.org, not-one")
    page.get_by_label("Description").click()
    page.get_by_text("not-one is not a mail address.").wait_for()
    job = live.definitions.job("alpha")
    assert job is not None
    page.goto(f"{LIST}/new?from={job.dag_id}")
    page.get_by_role("link", name="half-made").click()
    page.get_by_text("Your unfinished draft was restored.").wait_for()
    assert page.get_by_role("textbox", name="Name").input_value() == "half-made"
    page.get_by_text("a@example.org").wait_for()


@pytest.mark.parametrize("width", [1280, 1024, 390])
def test_nothing_is_outside_the_frame(live: Live, open_page: Open, width: int) -> None:
    longest = f"{'Purchases-of-the-northern-region-' * 2}"[:63].rstrip("-")
    live.create(longest, days=NEXT_YEAR, owner=f"{'somebody' * 7}@example.com", description="What it is for. " * 20)
    page = open_page(LIST, width=width).page
    shows(live, page, [longest])
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    menu = page.get_by_role("button", name=f"More for {longest}").bounding_box()
    table = page.get_by_role("table", name="Export schedules").bounding_box()
    assert menu and table
    assert menu["x"] + menu["width"] <= width and table["x"] + table["width"] <= width
    menu_of_row = page.get_by_role("button", name=f"More for {longest}")
    menu_of_row.click()
    page.get_by_role("menuitem", name="View execution log").wait_for()


def test_who_may_only_look_finds_no_way_to_change_anything(live: Live, open_page: Open) -> None:
    some_jobs(live)
    watched = open_page(LIST, user="viewer")
    page = watched.page
    shows(live, page, ["alpha", "beta", "gamma"])
    assert page.get_by_role("link", name="Create").count() == 0
    assert page.get_by_role("checkbox").count() == 0
    page.get_by_role("button", name="More for alpha").click()
    assert [item.inner_text() for item in page.get_by_role("menuitem").all()] == ["View execution log"]
    watched.forgive("/export-jobs/api/")
    page.goto(f"{LIST}/new")
    page.get_by_text("You may not create export schedules").wait_for()
    job = live.definitions.job("alpha")
    assert job is not None
    by_hand = page.evaluate(
        """async (id) => Promise.all(
            [["DELETE", ""], ["POST", "/pause"], ["POST", "/rerun"], ["POST", "/run"], ["PATCH", ""]].map(
                async ([method, verb]) => (await fetch(`/export-jobs/api/jobs/${id}${verb}`, {
                    method, body: "{}", headers: { "Content-Type": "application/json" } })).status))""",
        job.dag_id,
    )
    assert by_hand == [403] * 5


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_everybody_can_use_every_page(live: Live, open_page: Open, theme: str) -> None:
    some_jobs(live)
    job = live.definitions.job("alpha")
    assert job is not None
    watched = open_page(LIST, theme=theme)
    page = watched.page
    shows(live, page, ["alpha", "beta", "gamma"])
    found: dict[str, Any] = {"list": watched.grave_violations()}
    page.goto(f"{LIST}/templates")
    page.get_by_role("rowheader", name="events").first.wait_for()
    found["templates"] = watched.grave_violations()
    page.goto(f"{LIST}/templates/events")
    page.get_by_role("heading", name="Jobs").wait_for()
    found["template"] = watched.grave_violations()
    page.goto(f"{LIST}/new")
    page.get_by_role("heading", name="What is it, where does it go, and when?").wait_for()
    page.get_by_role("button", name="Next", exact=True).click()
    page.get_by_text("Give it a name.").wait_for()
    found["new"] = watched.grave_violations()
    page.goto(f"{LIST}/new?from={job.dag_id}&step=2")
    page.get_by_text("Selected: events").wait_for()
    found["data"] = watched.grave_violations()
    page.get_by_role("button", name="New template").click()
    page.get_by_role("dialog").get_by_role("group", name="KPIs").wait_for()
    found["new template"] = watched.grave_violations()
    page.goto(f"{LIST}/new?from={job.dag_id}&step=3")
    page.get_by_role("button", name="Move Event id").wait_for()
    page.get_by_role("button", name="Change file options").click()
    page.get_by_role("button", name="Add a filter").click()
    found["adjust"] = watched.grave_violations()
    page.goto(f"/dags/{job.dag_id}/plugin/export")
    page.get_by_role("link", name="Open the schedule").wait_for()
    found["tab"] = [one for one in watched.grave_violations() if "export" in str(one["where"]).lower()]
    assert found == {name: [] for name in found}


def test_a_phone_shows_what_matters(live: Live, open_page: Open) -> None:
    some_jobs(live)
    page = open_page(LIST, width=390).page
    shows(live, page, ["alpha", "beta", "gamma"])
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.goto(f"{LIST}/new")
    page.get_by_role("textbox", name="Name").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
