"""A page of the browser that records its errors."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage, Page, Response

GRAVE = {"serious", "critical"}
AIRFLOWS_NAVIGATION = "/export-jobs/static/icons/"
"""Airflow draws the icon of a plugin in its navigation, without a text of its own."""

STILL = """() => document.getAnimations().every(
    (one) => one.playState !== "running" || one.effect.getTiming().iterations === Infinity)"""


class Watched:
    """``page`` is Playwright's; ``complaints`` are console errors, exceptions and answers of 400 and above."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        self._forgiven: list[str] = []
        page.set_default_timeout(60_000)
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(f"exception: {error}"))
        page.on("response", self._answered)

    def log_in(self, user: str, password: str) -> None:
        """By Airflow's own form; that Airflow answers 401 before is no complaint."""
        self.page.goto("/")
        self.page.locator("input[name=username]").fill(user)
        self.page.locator("input[name=password]").fill(password)
        self.page.locator("button[type=submit]").click()
        self.page.wait_for_url(re.compile(r"^(?!.*/login).*$"))
        self.complaints.clear()

    def forgive(self, address: str) -> None:
        """Expect answers of 400 and above from addresses that hold this text: the test is about them."""
        self._forgiven.append(address)

    def grave_violations(self) -> list[dict[str, Any]]:
        """What axe-core finds on our pages that keeps people from using them: id, help and where."""
        from axe_playwright_python.sync_playwright import Axe

        self.page.wait_for_function(STILL)
        found = [_short(one) for one in Axe().run(self.page).response["violations"] if one["impact"] in GRAVE]
        return [one for one in found if not all(AIRFLOWS_NAVIGATION in place for place in one["where"])]

    def shown(self) -> str:
        """What a screen reader would read of the page as it is now, its address, and what it complained of."""
        text = self.page.locator("body").aria_snapshot()
        return "\n".join([self.page.url, text, *self.complaints])

    def _heard(self, message: ConsoleMessage) -> None:
        place = str(message.location.get("url", ""))
        if message.type == "error" and not self._is_forgiven(place):
            self.complaints.append(f"console: {message.text} ({place})")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and not self._is_forgiven(response.url):
            self.complaints.append(f"{response.status}: {response.request.method} {response.url}")

    def _is_forgiven(self, address: str) -> bool:
        return any(part in address for part in self._forgiven)


def _short(violation: dict[str, Any]) -> dict[str, Any]:
    nodes: Iterable[dict[str, Any]] = violation["nodes"]
    return {"id": violation["id"], "help": violation["help"], "where": [node["html"][:200] for node in nodes]}
