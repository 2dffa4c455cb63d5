"""Copy the pages to the site: links lead to pages of the site, and generated parts are filled in."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from posixpath import normpath, relpath

from docs.site.markdown_links import Link, replace_links

REPOSITORY = Path(__file__).resolve().parents[2]
# Code hosts look for these at the top of the repository; readers look for them on the site.
_TOP_PAGES = {
    "README.md": "index.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security-policy.md",
}


_GENERATED = re.compile(r"^<!-- generated: (.+) -->$", re.MULTILINE)


class BrokenLinkError(Exception):
    """A link of a page leads to a file that does not exist."""


def copy_pages(target: Path, references: Mapping[str, Callable[[], str]]) -> None:
    """Copy every page and image into ``target``; ``references`` generate the text for ``<!-- generated: … -->``."""
    pages = _site_paths()
    for source, page in pages.items():
        destination = target / page
        destination.parent.mkdir(parents=True, exist_ok=True)
        if source.endswith(".md"):
            text = _GENERATED.sub(lambda mark: references[mark[1]](), _on_site(source, pages))
            destination.write_text(text, "utf-8")
        else:
            shutil.copyfile(REPOSITORY / source, destination)


def _site_paths() -> dict[str, str]:
    """The path in the site of each file of the repository that is part of it."""
    pages = dict(_TOP_PAGES)
    for pattern in ("**/*.md", "images/*"):
        for file in sorted((REPOSITORY / "docs").glob(pattern)):
            source = file.relative_to(REPOSITORY).as_posix()
            page = PurePosixPath(source).relative_to("docs")
            pages[source] = str(page.with_name("index.md") if page.name == "README.md" else page)
    return pages


def _on_site(source: str, pages: dict[str, str]) -> str:
    text = (REPOSITORY / source).read_text("utf-8")
    return replace_links(text, lambda link: _link_on_site(link, source, pages))


def _link_on_site(link: Link, source: str, pages: dict[str, str]) -> str:
    if link.is_external or not link.path:
        return str(link)
    file = normpath(PurePosixPath(source).parent / link.path)
    page = pages.get(file) or pages.get(f"{file}/README.md")
    if page is None:
        return _text_of_repository_link(link, file, source)
    path = relpath(page, PurePosixPath(pages[source]).parent)
    return str(Link(link.text, path, link.anchor, link.is_image))


def _text_of_repository_link(link: Link, file: str, source: str) -> str:
    """The site has no copy of the code, so only the text of a link to code is kept."""
    if not (REPOSITORY / file).exists():
        raise BrokenLinkError(f"{source} links to {link.path}, which does not exist.")
    return link.text
