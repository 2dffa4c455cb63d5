"""The page's files: cached by browsers forever with the current stamp, revalidated each time with any other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from export_jobs.web.page.stamp import STAMP_LENGTH, STATIC_FOLDER, stamp

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.web.conftest import Ask

pytestmark = pytest.mark.integration
STATIC = "/export-jobs/static"


def test_under_todays_stamp_a_file_is_kept_for_good(ask: Ask) -> None:
    answer = ask("viewer").get(f"{STATIC}/{stamp()}/page.js")
    assert answer.content == (STATIC_FOLDER / "page.js").read_bytes()
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert answer.headers["Content-Type"].startswith("text/javascript")


@pytest.mark.parametrize("before", ["", "0" * STAMP_LENGTH + "/"])
def test_with_any_other_stamp_it_is_revalidated_each_time(ask: Ask, before: str) -> None:
    answer = ask("viewer").get(f"{STATIC}/{before}pages/list/ListPage.js")
    assert answer.content == (STATIC_FOLDER / "pages/list/ListPage.js").read_bytes()
    assert answer.headers["Cache-Control"] == "no-cache"


def test_a_missing_file_is_not_cached(ask: Ask) -> None:
    for path in (f"{stamp()}/none.js", f"{stamp()}/../page.py", "../page.py", f"{stamp()}/%2e%2e/page.py"):
        answer = ask().get(f"{STATIC}/{path}")
        assert answer.status_code == 404 and "immutable" not in answer.headers.get("Cache-Control", "")
    assert ask(None).get(f"{STATIC}/{stamp()}/page.js").status_code == 401


def imports_of(script: Path, pattern: str) -> set[Path]:
    return {(script.parent / name).resolve() for name in re.findall(pattern, script.read_text("utf-8"))}


def loaded_with(script: Path) -> set[Path]:
    """``script`` and everything that it imports statically, without modules that load when a page is opened."""
    loaded: set[Path] = set()
    waiting = {script.resolve()}
    while waiting:
        loaded |= waiting
        waiting = {found for known in waiting for found in imports_of(known, r'(?:from|^import) "([^"]+)"')} - loaded
    return loaded


def test_every_page_weighs_less_than_100_kb_on_the_wire(ask: Ask) -> None:
    client = ask("viewer")

    def weight(path: Path) -> int:
        place = path.relative_to(STATIC_FOLDER.resolve())
        answer = client.get(f"{STATIC}/{stamp()}/{place}", headers={"Accept-Encoding": "gzip"})
        assert answer.headers["Content-Encoding"] == "gzip" or len(answer.content) < 1024
        return int(answer.num_bytes_downloaded)

    first = loaded_with(STATIC_FOLDER / "page.js")
    later = {page.name: loaded_with(page) for page in imports_of(STATIC_FOLDER / "pages.js", r'import\("([^"]+)"')}
    assert {"ListPage.js"} <= {path.name for path in first} and {"CreatePage.js", "JobPage.js"} <= set(later)
    weights = {path: weight(path) for path in first.union(*later.values())}
    pages = {"ListPage.js": first} | {name: first | more for name, more in later.items()}
    sums = {name: sum(weights[path] for path in loaded) for name, loaded in pages.items()}
    assert all(total < 100_000 for total in sums.values()), sums
    assert sums["ListPage.js"] < 60_000, sums


def test_any_change_of_any_file_changes_the_stamp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("export_jobs.web.page.stamp.STATIC_FOLDER", tmp_path)
    (tmp_path / "a.js").write_text("1")
    first = stamp()
    (tmp_path / "a.js").write_text("2")
    second = stamp()
    (tmp_path / "a.js").rename(tmp_path / "b.js")
    assert len({first, second, stamp()}) == 3


def test_the_plugin_registers_both_apps_under_the_stamp() -> None:
    from export_jobs.plugin import ExportJobsPlugin

    apps = {app["name"]: app["bundle_url"] for app in ExportJobsPlugin().react_apps}
    assert {name: url.rpartition("/export-jobs/")[2] for name, url in apps.items()} == {
        "Export Schedules": f"static/{stamp()}/page.js",
        "Export": f"static/{stamp()}/dag_tab.js",
    }
