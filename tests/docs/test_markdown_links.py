"""What is a link in Markdown, what is code, and which anchors headings get."""

from __future__ import annotations

import pytest

from docs.site.markdown_links import Link, anchors, links, replace_links

TEXT = """\
# A page

A [link](a.md#part), an ![image](b.png), a [link over
two lines](c.md) and [`code` as text](d.md).
`[not a link](e.md)` and ``a ` [nor this](f.md)``

```yaml
key: [nor this](g.md)
```
[After the fence](h.md) a [site](https://example.com/x).
"""


def test_links_and_images_are_found_and_code_is_not() -> None:
    found = [(link.path, link.anchor, link.is_image) for link in links(TEXT)]
    assert found == [
        ("a.md", "part", False),
        ("b.png", "", True),
        ("c.md", "", False),
        ("d.md", "", False),
        ("h.md", "", False),
        ("https://example.com/x", "", False),
    ]


def test_a_link_that_is_kept_is_the_same_text() -> None:
    assert replace_links(TEXT, str) == TEXT
    assert replace_links("[x](a.md) `[x](a.md)`", lambda link: link.text) == "x `[x](a.md)`"


@pytest.mark.parametrize(
    ("path", "external"),
    [("a.md", False), ("", False), ("https://a", True), ("mailto:a@b", True)],
)
def test_external_is_what_has_a_scheme(path: str, external: bool) -> None:
    assert Link("text", path, "").is_external is external


def test_anchors_are_those_of_code_hosts() -> None:
    page = "# The page & its API\n## Who may do *what*?\n## `export-jobs` db\n## Same\n## Same\n"
    assert anchors(f"{page}```\n# no heading\n```\n") == {
        "the-page--its-api",
        "who-may-do-what",
        "export-jobs-db",
        "same",
        "same-1",
    }
