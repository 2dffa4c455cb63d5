"""A real browser on the running stack: logged in, watched for console errors and failed requests."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from tests.browser.sessions import Sessions
from tests.browser.watched import Watched

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.airflow.live import Live

CHROMIUM = shutil.which("chromium")
PATIENCE_MS = 60_000
Open = Callable[..., Watched]
OPENED = pytest.StashKey[list[Watched]]()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; without it every test here is skipped, and `make test` says how to get it.

    It is closed after each file: while Playwright is open, asyncio takes the main thread's loop for a running one, and
    other tests want to start theirs.
    """
    if CHROMIUM is None:
        pytest.skip("chromium is not installed: apt-get install chromium")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE_MS)  # its own 5 seconds are too few beside other tests
    with sync_playwright() as playwright:
        # Chromium's own sandbox needs rights that containers and root do not give.
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Report, for a failed test, what its pages showed and which errors they had."""
    report: pytest.TestReport = yield  # type: ignore[assignment]
    opened: list[Watched] = item.stash.get(OPENED, [])
    if report.when == "call" and report.failed:
        for number, watched in enumerate(opened, 1):
            report.sections.append((f"page {number}", watched.shown()))
    return report  # type: ignore[return-value]


@pytest.fixture(scope="module")
def sessions(browser: Browser, live_stack: Live) -> Iterator[Sessions]:
    """The sessions of this test file; their cache keeps Airflow's own page."""
    yield Sessions(browser, live_stack)


@pytest.fixture
def open_page(sessions: Sessions, live: Live, request: pytest.FixtureRequest) -> Iterator[Open]:
    """Return a function that logs in and opens an address of Airflow; errors in the browser fail the test."""
    opened = request.node.stash.setdefault(OPENED, [])

    def open_(path: str, *, user: str = "admin", theme: str = "light", width: int = 1280) -> Watched:
        watched = Watched(sessions.page(user, theme, width))
        opened.append(watched)
        watched.page.goto(path)
        return watched

    yield open_
    complaints = [complaint for watched in opened for complaint in watched.complaints]
    sessions.forget([watched.page for watched in opened])
    assert complaints == []
