"""Check the built site as a browser reads it: every address exists, and nothing comes from another host."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

# The files that a browser fetches by itself; only a person follows an <a>.
_FETCHED = {("img", "src"), ("script", "src"), ("iframe", "src"), ("source", "src"), ("link", "href")}
_FETCHED_BY_CSS = re.compile(r"(?:url\(|@import)\s*['\"]?(?:https?:)?//[^)'\"\s]+")


@dataclass
class _Page(HTMLParser):
    """Ids, links and fetched files of one page."""

    ids: set[str] = field(default_factory=set)
    followed: list[str] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect from one element."""
        values = {name: value for name, value in attrs if value}
        if "id" in values:
            self.ids.add(values["id"])
        if tag == "a" and "href" in values:
            self.followed.append(values["href"])
        self.fetched += [values[name] for element, name in _FETCHED if element == tag and name in values]


def faults(site: Path) -> list[str]:
    """One sentence for each address that does not exist, and for each file of another host."""
    pages = {file: _read(file) for file in sorted(site.rglob("*.html")) if file.name != "404.html"}
    found = [fault for file, page in pages.items() for fault in _faults_of(file, page, pages)]
    return found + [
        f"{sheet.relative_to(site)} fetches {address}"
        for sheet in sorted(site.rglob("*.css"))
        for address in _FETCHED_BY_CSS.findall(sheet.read_text("utf-8"))
    ]


def _read(file: Path) -> _Page:
    page = _Page()
    page.feed(file.read_text("utf-8"))
    return page


def _faults_of(file: Path, page: _Page, pages: dict[Path, _Page]) -> Iterator[str]:
    for address in page.fetched:
        if _is_external(address):
            yield f"{file} fetches {address} from another host"
    for address in {*page.followed, *page.fetched}:
        if not _is_external(address) and not _exists(file, address, pages):
            yield f"{file} leads to {address}, which does not exist"


def _is_external(address: str) -> bool:
    parts = urlsplit(address)
    return bool(parts.netloc) or parts.scheme in {"mailto", "http", "https"}


def _exists(file: Path, address: str, pages: dict[Path, _Page]) -> bool:
    parts = urlsplit(address)
    if parts.scheme == "data":
        return True
    target = (file.parent / unquote(parts.path)).resolve() if parts.path else file
    target = target / "index.html" if target.is_dir() else target
    if not parts.fragment:
        return target.exists()
    return target in pages and unquote(parts.fragment) in pages[target].ids
