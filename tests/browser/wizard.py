"""The wizard, filled as a person fills it: by labels and buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page


def fill_schedule(page: Page, name: str, first: str, last: str, frequency: str = "Daily") -> None:
    """Step 1: a job of the destination ``partner``; days inclusive, zone UTC."""
    page.get_by_role("textbox", name="Name").fill(name)
    page.get_by_role("textbox", name="Owner's mail address").fill(f"owner-of-{name}@example.com")
    page.get_by_role("textbox", name="Description").fill("Made by hand")
    page.get_by_label("Destination").select_option("partner")
    page.get_by_label("Recipients").fill(f"{name}@example.com")
    page.get_by_role("group", name="Frequency").get_by_text(frequency, exact=True).click()
    page.get_by_label("First day of data").fill(first)
    page.get_by_label("Until").fill(last)
    page.get_by_label("Time zone").fill("UTC")


def go_on(page: Page, heading: str) -> None:
    """Press Next and wait for the heading of the next step."""
    page.get_by_role("button", name="Next", exact=True).click()
    page.get_by_role("heading", name=heading).wait_for()


def tick(within: Page | Locator, name: str) -> None:
    """Tick a box by its label; the box itself is drawn, and the browser's own is hidden behind it."""
    within.get_by_role("checkbox", name=name).first.locator("xpath=..").click()


def drag(page: Page, handle: str, above: str) -> None:
    """Drag a column by its handle to the place above another one, like a person: in many small moves."""
    start = page.get_by_role("button", name=handle).bounding_box()
    end = page.get_by_role("button", name=above).bounding_box()
    assert start and end
    x = start["x"] + start["width"] / 2
    page.mouse.move(x, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(x, end["y"] - 1, steps=25)
    page.mouse.up()
