"""Mails as a browser draws them: on a phone and on a desk, light and dark, nothing is cut or out of sight."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.orchestration.mail.test_message import delivered, failed, file, parts, trial

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.integration
CHROMIUM = shutil.which("chromium")
PICTURES = os.environ.get("EXPORT_JOBS_MAIL_PICTURES", "")
"""A folder for pictures of all of them, for whoever wants to look."""

CONTRAST = """() => [...document.querySelectorAll("h1, p, a, span, strong")].filter((one) => {
    const rgb = (text) => (text.match(/[\\d.]+/g) ?? [255, 255, 255]).slice(0, 3).map((part) => {
        const value = part / 255;
        return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    const light = (text) => rgb(text).reduce((sum, value, at) => sum + value * [0.2126, 0.7152, 0.0722][at], 0);
    let back = one;
    const isClear = () => getComputedStyle(back).backgroundColor === "rgba(0, 0, 0, 0)";
    while (back.parentElement && isClear()) back = back.parentElement;
    const [a, b] = [light(getComputedStyle(one).color), light(getComputedStyle(back).backgroundColor)];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < 4.5;
}).map((one) => one.outerHTML.slice(0, 120))"""

LONG = "x" * 64
MAILS: dict[str, tuple[Any, dict[str, Any]]] = {
    "delivered": ("delivered", delivered(file())),
    "delivered-40": ("delivered", delivered(*(file(number) for number in range(40)))),
    "long-names": ("delivered", delivered(file(template=LONG, path=f"{LONG}/{LONG}__{LONG}.zip"), job=LONG)),
    "replaced": ("delivered", delivered(file(), replaces=True)),
    "nothing": ("delivered", delivered(file(url=None, rows=0, bytes=0))),
    "test": ("test", trial(name=f"TEST-{LONG}__{LONG}.zip")),
    "failed": ("failed", failed(delivered=[f"sftp://host/{LONG}.zip"], link="https://airflow.example/dags")),
    "alarm": ("alarm", {"findings": [f"{LONG} is late.", "sales is late."], "link": "https://airflow.example"}),
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; it is closed with the file, since Playwright keeps the main thread's loop."""
    if CHROMIUM is None:
        pytest.skip("NOT CHECKED: how mails look. chromium is not installed: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_mail_is_read_without_scrolling_sideways(browser: Browser, theme: Any) -> None:
    context = browser.new_context(color_scheme=theme)
    page = context.new_page()
    for name, (kind, values) in MAILS.items():
        page.set_content(parts(kind, values)[1])
        for width in (320, 640):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
            assert page.evaluate(CONTRAST) == [], (name, width)
            if PICTURES:
                page.screenshot(path=Path(PICTURES) / f"mail-{name}-{width}-{theme}.png")
    context.close()
