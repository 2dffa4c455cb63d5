"""Find and replace the links of a Markdown text, without those in code."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

# Fences and code spans come first, so that a link shown as code is not taken for one.
_PARTS = re.compile(
    r"^(?P<fence>`{3,}|~{3,}).*?^(?P=fence)[ ]*$"
    r"|(?<!`)(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)"
    r"|(?P<image>!?)\[(?P<text>(?:[^\[\]]|\[[^\[\]]*\])*)\]\((?P<target>[^()\s]+)\)",
    re.DOTALL | re.MULTILINE,
)
_HEADING = re.compile(r"^#{1,6} +(.+?) *#* *$", re.MULTILINE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


@dataclass(frozen=True)
class Link:
    """One link or image; ``path`` and ``anchor`` are the two sides of the target's ``#``."""

    text: str
    path: str
    anchor: str
    is_image: bool = False

    @property
    def is_external(self) -> bool:
        """Whether it leads to another host, or to a mail program."""
        return _SCHEME.match(self.path) is not None

    def __str__(self) -> str:
        """The link as Markdown."""
        anchor = f"#{self.anchor}" if self.anchor else ""
        return f"{'!' if self.is_image else ''}[{self.text}]({self.path}{anchor})"


def links(markdown: str) -> Iterator[Link]:
    """Every link and image outside code, in order."""
    return (_link(part) for part in _PARTS.finditer(markdown) if part["target"])


def replace_links(markdown: str, new: Callable[[Link], str]) -> str:
    """The text with ``new(link)`` instead of each link and image outside code."""
    return _PARTS.sub(lambda part: new(_link(part)) if part["target"] else part[0], markdown)


def anchors(markdown: str) -> set[str]:
    """The anchors that code hosts give to the headings of a page; the second one with the same name ends in ``-1``."""
    seen: dict[str, int] = {}
    found = set()
    for heading in _HEADING.findall(_without_fences(markdown)):
        plain = replace_links(heading, lambda link: link.text)
        slug = re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")
        count = seen.get(slug, 0)
        seen[slug] = count + 1
        found.add(f"{slug}-{count}" if count else slug)
    return found


def _link(part: re.Match[str]) -> Link:
    path, _, anchor = part["target"].partition("#")
    return Link(part["text"], path, anchor, is_image=bool(part["image"]))


def _without_fences(markdown: str) -> str:
    return _PARTS.sub(lambda part: "" if part["fence"] else part[0], markdown)
