"""The page of the catalogue tells the truth about which KPI goes with what, and every text on it is just text."""

from __future__ import annotations

from html.parser import HTMLParser

from export_jobs.core.base.document import Code, Grid, Heading, html_page, markdown
from export_jobs.core.catalogue.catalogue import Dimension, Fact, Kpi
from export_jobs.core.catalogue.page import catalogue_page
from tests.unit.core.samples import catalogue
from tests.unit.core.shop import shop

NASTY = "50 % | of `sales` <script>alert(1)</script> [x](y) **now**\n# heading"


def test_the_matrix_is_what_each_fact_reaches() -> None:
    found = catalogue()
    [matrix] = [block for block in catalogue_page(found) if isinstance(block, Grid) and block.headings[1] == "Customer"]
    dimensions = ["customer", "home_store", "store"]
    assert list(matrix.headings) == ["KPI", *(found.dimensions[key].title for key in dimensions)]
    by_title = {kpi.title: kpi for kpi in found.kpis.values()}
    assert [row[0] for row in matrix.rows] == sorted(by_title, key=str.casefold)
    for title, *cells in matrix.rows:
        reached = found.dimensions_of(by_title[title].fact)
        assert dict(zip(dimensions, cells, strict=True)) == {k: "yes" if k in reached else "-" for k in dimensions}


def test_every_entry_and_every_column_is_on_the_page() -> None:
    found = catalogue()
    text = markdown(catalogue_page(found))
    entries: list[Fact | Kpi | Dimension] = [*found.facts.values(), *found.kpis.values(), *found.dimensions.values()]
    for entry in entries:
        assert f"`{entry.key}`" in text and entry.title in text
    for table in (*found.facts.values(), *found.dimensions.values()):
        assert all(f"| `{name}` | {column.type} |" in text for name, column in table.fields.items())


def test_the_page_says_whether_a_kpi_is_additive_and_a_column_filterable() -> None:
    columns = {"store_id": "integer", "name": {"type": "text", "filterable": False}, "town_id": "integer"}
    text = markdown(catalogue_page(shop(kpi={"additive": False, "unit": "EUR"}, store={"columns": columns})))
    assert "| Revenue | `revenue` | - | EUR | no | `orders` |" in text
    assert "| `name` | text | - | attribute | no | - |" in text


def test_no_text_of_an_entry_is_read_as_markdown() -> None:
    page = markdown(catalogue_page(shop(kpi={"title": NASTY}, fact={"description": NASTY})))
    escaped = r"50 % \| of \`sales\` \<script\>alert(1)\</script\> \[x\](y) \*\*now\*\* \# heading"
    assert page.count(escaped) == 3
    assert "<script>" not in page


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.found.add(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_no_text_of_an_entry_is_read_as_html_and_nothing_is_loaded() -> None:
    page = html_page(NASTY, catalogue_page(shop(kpi={"title": NASTY}, fact={"description": NASTY})))
    tags = Tags()
    tags.feed(page)
    assert not tags.found & {"script", "a", "img", "link"} and "http" not in page
    assert tags.text.count("alert(1)") == 4


def test_a_name_that_does_not_fit_in_code_is_escaped() -> None:
    assert markdown([Heading(3, [Code("a|b`c")])]) == "### a\\|b\\`c\n"
