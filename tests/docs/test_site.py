"""The site: every page is in the menu, the build stops at a broken link, and nothing comes from another host."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from docs.site.built import faults
from docs.site.pages import REPOSITORY, BrokenLinkError, copy_pages

MENU = yaml.safe_load((REPOSITORY / "mkdocs.yml").read_text("utf-8"))["nav"]
REFERENCES = {name: (lambda: "generated") for name in ("command line", "python", "rest")}


def menu_pages(entry: Any) -> list[str]:
    if isinstance(entry, str):
        return [entry]
    parts = entry.values() if isinstance(entry, dict) else entry
    return [page for part in parts for page in menu_pages(part)]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages as the site's generator gets them; what the code writes is left out."""
    folder = tmp_path_factory.mktemp("pages")
    copy_pages(folder, REFERENCES)
    return folder


def test_every_page_is_in_the_menu_once(pages: Path) -> None:
    written = sorted(file.relative_to(pages).as_posix() for file in pages.rglob("*.md"))
    assert sorted(menu_pages(MENU)) == written, "mkdocs.yml, nav: add the page where readers look for it"


def test_links_to_pages_stay_and_links_to_code_become_text(pages: Path) -> None:
    home = (pages / "index.md").read_text("utf-8")
    assert "](reference/definitions.md)" in home
    assert "](adr/index.md)" in home
    assert "plugins/export_jobs/__init__.py)" not in home, "the site has no copy of the code"
    assert "](../index.md#put-it-into-your-airflow)" in (pages / "quickstart" / "walk-through.md").read_text("utf-8")


def test_generated_parts_are_filled_in(pages: Path) -> None:
    for name in ("command-line", "python", "rest-api"):
        text = (pages / "reference" / f"{name}.md").read_text("utf-8")
        assert text.rstrip().endswith("\ngenerated")


def test_a_link_to_nothing_stops_the_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for page in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"):
        (tmp_path / page).write_text("# A page\n")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "page.md").write_text("[gone](../gone.py)\n")
    monkeypatch.setattr("docs.site.pages.REPOSITORY", tmp_path)
    with pytest.raises(BrokenLinkError, match=r"docs/page.md links to ../gone.py, which does not exist"):
        copy_pages(tmp_path / "out", REFERENCES)


def test_the_generator_itself_stops_at_a_broken_link(tmp_path: Path) -> None:
    (tmp_path / "mkdocs.yml").write_text("site_name: A site\ndocs_dir: pages\nsite_dir: site\ntheme: {font: false}\n")
    (tmp_path / "pages").mkdir()
    for text, code in (("[home](index.md#home)", 0), ("[gone](gone.md) [nor this](index.md#gone)", 1)):
        (tmp_path / "pages" / "index.md").write_text(f"# Home\n\n{text}\n")
        command = [sys.executable, "-m", "zensical", "build", "--clean", "--strict"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stderr
    said = done.stdout + done.stderr
    assert "page does not exist" in said and "anchor does not exist" in said


def test_addresses_that_lead_nowhere_and_files_of_other_hosts_are_faults(tmp_path: Path) -> None:
    (tmp_path / "there.html").write_text('<h1 id="part">There</h1>')
    (tmp_path / "style.css").write_text("@import url(https://fonts.example/a.css); p { background: url(local.png) }")
    (tmp_path / "index.html").write_text(
        '<script src="https://scripts.example/a.js"></script><a href="https://example.com">fine</a>'
        '<a href="there.html#part">fine</a><a href="there.html#gone">no</a>'
        '<img src="gone.png"><a href="gone.html">no</a>'
    )
    found = "\n".join(faults(tmp_path))
    for fault in ("https://scripts.example/a.js from another host", "there.html#gone", "gone.png", "gone.html"):
        assert fault in found
    assert "https://fonts.example/a.css" in found
    assert len(faults(tmp_path)) == 5, found
