"""Browser contexts that tests of one file share: a user logs in once, and Airflow's own page is cached.

A context made anew has an empty cache, so each test would load and compile megabytes of Airflow's own scripts again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tests.browser.watched import Watched

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

    from tests.airflow.live import Live


class Sessions:
    """One context per user. Each test gets it as after the login: nothing stored, the same cookies."""

    def __init__(self, browser: Browser, live: Live) -> None:
        self._browser = browser
        self._live = live
        self._contexts: dict[str, tuple[BrowserContext, list[Any]]] = {}

    def page(self, user: str, theme: str, width: int) -> Page:
        """A new page of ``user``, ``width`` pixels wide, with Airflow's ``theme`` chosen."""
        if user not in self._contexts:
            self._contexts[user] = self._log_in(user)
        context, cookies = self._contexts[user]
        context.clear_cookies()
        context.add_cookies(cookies)
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": 900})
        page.add_init_script(f"localStorage.setItem('theme', '{theme}')")
        return page

    def forget(self, pages: Sequence[Page]) -> None:
        """Close the pages of a test, with all that they have stored."""
        for page in pages:
            if not page.is_closed():
                page.evaluate("localStorage.clear()")
                page.close()

    def _log_in(self, user: str) -> tuple[BrowserContext, list[Any]]:
        context = self._browser.new_context(base_url=self._live.airflow.url, reduced_motion="reduce")
        watched = Watched(context.new_page())
        watched.log_in(user, self._live.airflow.password(user))
        watched.page.close()
        return context, context.cookies()
