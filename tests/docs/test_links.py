"""Every link in a Markdown file leads to something, as a reader of the repository follows it.

``make docs`` checks the same for the site.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from docs.site.markdown_links import anchors, links

ROOT = Path(__file__).resolve().parents[2]
TEST_NAMED = re.compile(r"`((?:[a-z0-9_]+/)*test_[a-z0-9_]+\.py)(?:::(\w+))?`")


def pages() -> list[str]:
    """Every Markdown file that is not ignored, new ones included."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate", "*.md"]
    found = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    return [page for page in found if (ROOT / page).exists()]


@pytest.mark.parametrize("page", pages())
def test_every_relative_link_leads_to_a_file_and_a_heading(page: str) -> None:
    file = ROOT / page
    broken = []
    for link in links(file.read_text("utf-8")):
        if link.is_external:
            continue
        target = (file.parent / link.path).resolve() if link.path else file
        if not target.exists() or not target.is_relative_to(ROOT):
            broken.append(f"{link.path} does not exist")
        elif link.anchor and link.anchor not in anchors(target.read_text("utf-8")):
            broken.append(f"{link.path} has no heading #{link.anchor}")
    assert broken == [], f"{page}: correct the link, or the heading that it means"


@pytest.mark.parametrize("page", pages())
def test_every_test_that_a_page_names_as_its_proof_is_there(page: str) -> None:
    """`test_window.py`, `airflow/test_drills.py` or `tests/…/test_factory.py::test_of_this_name`."""
    files = {str(path.relative_to(ROOT)): path for path in (ROOT / "tests").rglob("test_*.py")}
    lost = []
    for name, function in TEST_NAMED.findall((ROOT / page).read_text("utf-8")):
        found = [path for file, path in files.items() if f"/{file}".endswith(f"/{name}")]
        if not any(f"def {function}" in path.read_text("utf-8") for path in found):
            lost.append(f"{name} {function}".strip())
    assert lost == [], f"{page}: name the file that contains this test now"


def test_the_pages_people_look_for_are_there() -> None:
    assert {"README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "docs/reference/glossary.md"} <= set(pages())
