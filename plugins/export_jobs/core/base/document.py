"""Render a page of text blocks as Markdown, or as HTML in a single file.

Texts are data: characters with a meaning in Markdown or HTML are escaped.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_MARKS = re.compile(r"([\\`*_{}\[\]<>#|~$&])")
_STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
div { overflow-x: auto; }
table { border-collapse: collapse; margin: 1rem 0; }
th, td { border: 1px solid #8888; padding: .25rem .6rem; text-align: left; vertical-align: top; }
th { position: sticky; top: 0; background: Canvas; }
"""


class Code(str):
    """A name as files and jobs write it."""

    __slots__ = ()


Words = Sequence[str]
"""Text and code, joined without a separator."""


@dataclass(frozen=True)
class Heading:
    """A heading of level 1, 2 or 3."""

    level: int
    words: Words


@dataclass(frozen=True)
class Paragraph:
    """Running text."""

    words: Words


@dataclass(frozen=True)
class Grid:
    """A table; every cell is one text or code."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]


Block = Heading | Paragraph | Grid


def markdown(blocks: Iterable[Block]) -> str:
    """Return the page as Markdown."""
    return "\n\n".join(map(_markdown_block, blocks)) + "\n"


def html_page(title: str, blocks: Iterable[Block]) -> str:
    """Return the page as one HTML file."""
    body = "\n".join(map(_html_block, blocks))
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{html.escape(title)}</title>\n<style>{_STYLE}</style>\n{body}\n</html>\n"
    )


def _markdown_block(block: Block) -> str:
    if isinstance(block, Heading):
        return f"{'#' * block.level} {_markdown_words(block.words)}"
    if isinstance(block, Paragraph):
        return _markdown_words(block.words)
    head, *rows = [[_markdown_word(cell) for cell in row] for row in (block.headings, *block.rows)]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows))


def _markdown_words(words: Words) -> str:
    return "".join(map(_markdown_word, words))


def _markdown_word(word: str) -> str:
    text = " ".join(word.split()) if isinstance(word, Code) or "\n" in word else word
    if isinstance(word, Code) and not set(text) & {"`", "|"}:
        return f"`{text}`"
    return _MARKS.sub(r"\\\1", text)


def _html_block(block: Block) -> str:
    if isinstance(block, Heading):
        return f"<h{block.level}>{_html_words(block.words)}</h{block.level}>"
    if isinstance(block, Paragraph):
        return f"<p>{_html_words(block.words)}</p>"
    head = "".join(f"<th>{html.escape(cell)}</th>" for cell in block.headings)
    rows = "\n".join(
        "<tr>" + "".join(f"<td>{_html_words([cell])}</td>" for cell in row) + "</tr>" for row in block.rows
    )
    return f"<div><table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table></div>"


def _html_words(words: Words) -> str:
    return "".join(f"<code>{html.escape(w)}</code>" if isinstance(w, Code) else html.escape(w) for w in words)
