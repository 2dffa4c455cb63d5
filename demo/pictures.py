"""Take the pictures of docs/ again, from a running demo: ``python -m demo.pictures ADDRESS PASSWORD``.

It creates the job of the walk-through with the wizard, as ``admin``. It needs Chromium and the packages of the tests.
If the demo's state is not in .demo, set ``DEMO_STATE``.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from demo.processes import REPOSITORY
from demo.refusal_pictures import take_refusals

IMAGES = REPOSITORY / "docs" / "images"
LIST = "/plugin/export-schedules"
JOB = f"{LIST}/jobs/export__monthly-1997"
NARROW, WIDE = 390, 1280
SETTLE_MS = 2500


def main() -> int:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  not among the packages of a run

    address, password = sys.argv[1:]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for theme in ("light", "dark"):
            with page_of(browser, address, password, theme) as page:
                take_all(page, theme)
        with page_of(browser, address, password, "light", NARROW) as page:
            take(page, LIST, "list-narrow")
            take(page, f"{JOB}?tab=log", "log-narrow")
            take(page, f"{LIST}/new", "create-narrow")
        with page_of(browser, address, password, "light") as page:
            walk_through(page)
            file_options(page)
            take_refusals(page, IMAGES)
            comparison(page)
        browser.close()
    return 0


@contextmanager
def page_of(browser: Any, address: str, password: str, theme: str, width: int = WIDE) -> Iterator[Any]:
    view = {"width": width, "height": 900}
    context = browser.new_context(base_url=address, viewport=view, reduced_motion="reduce")
    context.add_init_script(f"localStorage.setItem('theme', '{theme}')")
    page = context.new_page()
    page.goto("/")
    page.locator("input[name=username]").fill("admin")
    page.locator("input[name=password]").fill(password)
    page.locator("button[type=submit]").click()
    page.get_by_role("link", name="Export Schedules").first.wait_for()
    yield page
    context.close()


def take(page: Any, path: str | None, name: str) -> None:
    if path:
        page.goto(path)
    page.get_by_role("heading").first.wait_for()
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(SETTLE_MS)
    page.screenshot(path=str(IMAGES / f"{name}.png"))


def take_all(page: Any, theme: str) -> None:
    for name, path in {
        "list": LIST,
        "list-nothing": f"{LIST}?search=nothing",
        "overview": JOB,
        "broken": f"{LIST}/jobs/export__broken-margin",
        "log": f"{JOB}?tab=log",
        "templates": f"{LIST}/templates",
        "template": f"{LIST}/templates/loyalty",
        "tab": "/dags/export__monthly-1997/plugin/export",
        "create": f"{LIST}/new",
        "create-data": f"{LIST}/new?from=export__weekly-sales&step=2",
    }.items():
        take(page, path, f"{name}-{theme}")
    page.goto(f"{LIST}/new?from=export__weekly-sales&step=3")
    page.get_by_role("heading", name="Upcoming deliveries").scroll_into_view_if_needed()
    take(page, None, f"create-adjust-{theme}")


def file_options(page: Any) -> None:
    """The file options: names, parts, the manifest, and the keys that files are encrypted to."""
    page.goto(f"{LIST}/new?from=export__quarter-1997-encrypted&step=3")
    page.get_by_role("button", name="Change file options").click()
    page.get_by_role("list", name="Receivers' keys").scroll_into_view_if_needed()
    take(page, None, "file-options-light")


def comparison(page: Any) -> None:
    """Two deliveries of one window, the second by a re-export."""
    log = f"{LIST}/jobs/export__quarter-1997-parquet?tab=log"
    page.goto(log)
    page.get_by_role("button", name="Re-export this window…").click()
    page.get_by_role("button", name="Re-export", exact=True).click()
    page.get_by_text("Re-exporting").first.wait_for()
    differences = page.get_by_role("region", name="Differences")
    while not differences.count():
        page.goto(log)
        page.get_by_role("button", name="Compare…").click()
        page.wait_for_timeout(SETTLE_MS)
    page.get_by_text("Also show unchanged values").click()
    page.locator("section", has=page.get_by_role("heading", name="Compare two deliveries")).screenshot(
        path=str(IMAGES / "compare-light.png")
    )


def walk_through(page: Any) -> None:
    """The pictures of docs/quickstart/walk-through.md, in order."""
    page.goto(f"{LIST}/new")
    page.get_by_role("textbox", name="Name").fill("store-sales")
    page.get_by_role("textbox", name="Owner's mail address").fill("you@example.com")
    page.get_by_role("textbox", name="Description").fill("Sales by store for the partner, a file a day")
    page.get_by_label("Destination").select_option("partner-sftp")
    page.get_by_role("button", name="Check").click()
    page.get_by_label("Recipients").fill("partner@example.com")
    page.get_by_role("group", name="Frequency").get_by_text("Daily", exact=True).click()
    page.get_by_label("First day of data").fill("1997-01-01")
    page.get_by_label("Until").fill("1997-01-03")
    page.get_by_label("Time zone").fill("Europe/Berlin")
    page.get_by_text("login, folder and permission to write work").wait_for()
    take(page, None, "walk-1-schedule")
    page.get_by_role("button", name="Next", exact=True).click()
    page.get_by_role("checkbox", name="sales-by-store").first.locator("xpath=..").click()
    page.get_by_role("button", name="New template").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Name").fill("regions")
    for group, name in (("KPIs", "Net sales"), ("KPIs", "Buyers"), ("Dimensions", "Home store: Region")):
        dialog.get_by_role("group", name=group).get_by_role("checkbox", name=name).first.locator("xpath=..").click()
    dialog.get_by_label("Data from").fill("1997-01-01")
    dialog.get_by_label("to", exact=True).fill("1997-01-31")
    dialog.get_by_role("cell", name="Benelux").wait_for()
    dialog.get_by_role("region", name="First rows").scroll_into_view_if_needed()
    take(page, None, "walk-2-template")
    dialog.get_by_role("button", name="Add to this job").click()
    dialog.wait_for(state="detached")
    take(page, None, "walk-3-data")
    page.get_by_role("button", name="Next", exact=True).click()
    page.get_by_role("button", name="Adjust sales-by-store").click()
    page.get_by_label("Heading of Net sales").fill("Net sales (USD)")
    take(page, None, "walk-4-adjust")
    page.get_by_role("button", name="Create", exact=True).click()
    page.get_by_role("heading", name="store-sales", exact=True).wait_for()
    page.get_by_text("Completed", exact=True).first.wait_for(timeout=300_000)
    page.get_by_role("tab", name="Execution log").click()
    page.get_by_text("store-sales__sales-by-store__1997-01-03.zip").first.wait_for(timeout=120_000)
    take(page, None, "walk-5-delivered")


if __name__ == "__main__":
    sys.exit(main())
