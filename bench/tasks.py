"""Five tasks, done like somebody who does not know the page: ``python -m bench.tasks ADDRESS PASSWORD``.

They run in Chromium against a running demo, as ``admin``; clicks and letters are counted. Seconds are those of the
keystroke-level model (Card, Moran and Newell: 1.35 to decide, 1.3 to point and press, 0.28 per letter) plus the page's
response times. The jobs that it creates are deleted at the end.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from demo.pictures import LIST, page_of  # noqa: E402  after the path

DECIDE_S, PRESS_S, LETTER_S = 1.35, 1.3, 0.28
OWNER, HEIR, PARTNER = "gone@example.com", "heir@example.com", "partner@example.org"
COUNT = 12
CALL = """async ([path, method, body, version]) => {
    const headers = {"Content-Type": "application/json", ...(version ? {"If-Match": `"${version}"`} : {})};
    const answer = await fetch(`/export-jobs/api/${path}`, {method, headers, body: body && JSON.stringify(body)});
    return answer.status === 204 ? null : answer.json();
}"""


@dataclass
class Hand:
    """Somebody at the page; counts what they press and type. ``page`` is Playwright's."""

    page: Any
    clicks: int = 0
    letters: int = 0

    def click(self, role: str, name: str, *, within: Any = None, exact: bool = False) -> None:
        """Press what is called so."""
        (within or self.page).get_by_role(role, name=name, exact=exact).first.click()
        self.clicks += 1

    def tick(self, name: str, within: Any = None) -> None:
        """Select a checkbox; the visible box is drawn, and the browser's own is hidden behind it."""
        (within or self.page).get_by_role("checkbox", name=name).first.locator("xpath=..").click()
        self.clicks += 1

    def write(self, label: str, text: str, within: Any = None) -> None:
        """Go to a field, which is a click, and type."""
        (within or self.page).get_by_label(label).first.fill(text)
        self.clicks += 1
        self.letters += len(text)

    def choose(self, label: str, option: str, within: Any = None) -> None:
        """Open a list and take one: two clicks."""
        (within or self.page).get_by_label(label).first.select_option(option)
        self.clicks += 2


def find_failing(hand: Hand) -> None:
    """Find a failing job and its reason."""
    hand.click("button", "Failing first")
    hand.page.get_by_text("Unable to execute").first.wait_for()
    hand.page.get_by_role("rowheader").first.get_by_role("link").click()
    hand.clicks += 1
    hand.page.get_by_role("alert").or_(hand.page.get_by_text("invalid")).first.wait_for()


def send_again(hand: Hand) -> None:
    """Send the newest delivered window again."""
    hand.write("Search export schedules", "monthly-1997")
    hand.page.get_by_role("rowheader", name="daily-purchases").wait_for(state="detached")
    hand.page.get_by_role("link", name="monthly-1997", exact=True).click()
    hand.clicks += 1
    hand.click("tab", "Execution log")
    hand.click("button", "Re-export this window…")
    hand.click("button", "Re-export", within=hand.page.get_by_role("dialog"), exact=True)
    hand.page.get_by_text("Re-exporting").first.wait_for()


def add_recipient(hand: Hand) -> None:
    """Add a recipient to all jobs of an owner."""
    dialog = _change_all(hand)
    hand.write("Add recipients", PARTNER, dialog)
    _confirm(hand, dialog)


def hand_over(hand: Hand) -> None:
    """Change the owner of all jobs of somebody who left."""
    dialog = _change_all(hand)
    hand.write("New owner", HEIR, dialog)
    _confirm(hand, dialog)


def make_monthly(hand: Hand) -> None:
    """Create a monthly file with three KPIs for a partner, with a new template."""
    page = hand.page
    hand.click("link", "Create", exact=True)
    hand.write("Name", "tasks-monthly")
    hand.write("Owner's mail address", HEIR)
    hand.choose("Destination", "partner-sftp")
    hand.write("Recipients", PARTNER)
    page.get_by_role("group", name="Frequency").get_by_text("Monthly", exact=True).click()
    hand.clicks += 1
    hand.click("button", "Next", exact=True)
    hand.click("button", "New template")
    dialog = page.get_by_role("dialog")
    hand.write("Name", "tasks-kpis", dialog)
    for kpi in ("Net sales", "Buyers", "Purchases"):
        hand.tick(kpi, dialog.get_by_role("group", name="KPIs").first)
    hand.tick("Home store: Region", dialog.get_by_role("group", name="Dimensions").first)
    hand.click("button", "Add to this job", within=dialog)
    dialog.wait_for(state="detached")
    hand.click("button", "Next", exact=True)
    hand.click("button", "Create", exact=True)
    page.get_by_role("heading", name="tasks-monthly", exact=True).wait_for()


TASKS: list[tuple[str, Callable[[Hand], None]]] = [
    ("find a failing job and its reason", find_failing),
    ("send the newest window again", send_again),
    (f"add a recipient to {COUNT} jobs", add_recipient),
    ("create a monthly file with three KPIs", make_monthly),
    (f"hand over all {COUNT} jobs of somebody who left", hand_over),
]


def main() -> int:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  not among the packages of a run

    address, password = sys.argv[1:]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        with page_of(browser, address, password, "light") as page, jobs_of(page):
            print(f"{'task':<45}{'clicks':>8}{'letters':>9}{'seconds':>9}{'of them the page':>18}")
            for name, task in TASKS:
                _measure(page, name, task)
        browser.close()
    return 0


@contextmanager
def jobs_of(page: Any) -> Iterator[None]:
    """Create some jobs that begin next year and belong to somebody who has left."""
    first = datetime.now(UTC).date() + timedelta(days=300)
    for number in range(COUNT):
        schedule = {"frequency": "daily", "from": f"{first}", "until": f"{first + timedelta(days=60)}"}
        body = {"name": f"tasks-{number}", "owner": OWNER, "destination": "partner-sftp", "schedule": schedule}
        answer = page.evaluate(CALL, ["jobs", "POST", {**body, "templates": [{"template": "sales-by-store"}]}, None])
        assert "dag_id" in answer, answer
    try:
        yield
    finally:
        for job in page.evaluate(CALL, ["jobs?search=tasks-&limit=500", "GET", None, None])["jobs"]:
            page.evaluate(CALL, [f"jobs/{job['dag_id']}", "DELETE", {}, job["version"]])
        page.evaluate(CALL, ["templates/tasks-kpis", "DELETE", {}, None])


def _measure(page: Any, name: str, task: Callable[[Hand], None]) -> None:
    page.goto(LIST)
    page.get_by_role("rowheader").first.wait_for()
    hand, began = Hand(page), time.monotonic()
    task(hand)
    waited = time.monotonic() - began
    seconds = hand.clicks * (DECIDE_S + PRESS_S) + hand.letters * LETTER_S + waited
    print(f"{name:<45}{hand.clicks:>8}{hand.letters:>9}{seconds:>9.0f}{waited:>18.1f}", flush=True)


def _change_all(hand: Hand) -> Any:
    """Select all jobs of the owner who left, and open the dialog that changes them."""
    hand.choose("Owner", OWNER)
    hand.page.get_by_role("rowheader", name="monthly-1997").wait_for(state="detached")
    hand.page.get_by_label("Select all on this page").check()
    hand.clicks += 1
    hand.click("button", "Change…")
    return hand.page.get_by_role("dialog")


def _confirm(hand: Hand, dialog: Any) -> None:
    hand.click("button", f"Change {COUNT} schedules", within=dialog)
    dialog.wait_for(state="detached")


if __name__ == "__main__":
    sys.exit(main())
