from __future__ import annotations

from pathlib import Path

import pytest

from export_jobs.core.catalogue.catalogue import Hop
from export_jobs.core.catalogue.files import load_catalogue
from export_jobs.core.definitions.job import DateBasis
from export_jobs.errors import UserError
from tests.unit.core.samples import catalogue
from tests.unit.core.shop import shop


def test_the_shipped_catalogue_has_no_issue() -> None:
    found = catalogue()
    assert found.issues == ()
    assert set(found.facts) == {"purchases", "purchase_checks", "points"}
    assert found.dimensions_of("purchases") == ["customer", "home_store", "store"]
    assert found.dimensions_of("points") == ["customer", "home_store"]


def test_a_path_of_two_hops_joins_the_dimension_between() -> None:
    hops = catalogue().path("purchases", "home_store")
    assert hops == (Hop("customer", "customer_id"), Hop("home_store", "home_store_id", "customer"))
    assert catalogue().path("points", "store") == ()


def test_paths_in_a_circle_lead_nowhere() -> None:
    around = shop(store={"facts": {"orders": "town.size"}})
    assert around.path("orders", "store") == around.path("orders", "town") == ()


def test_a_file_is_its_key_its_header_and_the_sql_below(tmp_path: Path) -> None:
    write(tmp_path / "kpis" / "sales.sql", "/*\ntitle: Sales\nfact: purchases\ndecimals: 2\n*/\n\nsum(amount);\n")
    [kpi] = load_catalogue(tmp_path).kpis.values()
    assert (kpi.key, kpi.title, kpi.fact, kpi.decimals, kpi.sql) == ("sales", "Sales", "purchases", 2, "sum(amount)")


def test_the_date_column_of_a_basis() -> None:
    fact = catalogue().facts["purchases"]
    columns = [column and column.column for column in map(fact.date_column, DateBasis)]
    assert dict(zip(DateBasis, columns, strict=True)) == {
        DateBasis.EVENT: "purchased_at",
        DateBasis.UPDATED: "updated_at",
        DateBasis.NONE: None,
    }


def test_every_key_of_a_header_has_its_line(tmp_path: Path) -> None:
    write(tmp_path / "kpis" / "sales.sql", "\n\n/*\ntitle: Sales\nfact: purchases\n*/\n\n-- why\nsum(amount)\n")
    [kpi] = load_catalogue(tmp_path).kpis.values()
    assert (kpi.file, kpi.lines, kpi.line) == ("kpis/sales.sql", {"title": 4, "fact": 5}, 8)
    assert "lines" not in kpi.model_dump()


def test_variables_are_in_a_file_and_the_environment_overrides_them(tmp_path: Path) -> None:
    write(tmp_path / "variables.yaml", "schema: sales\nrate: 1.07\n")
    write(tmp_path / "kpis" / "sales.sql", "/*\ntitle: Sales\nfact: {{ schema }}_facts\n*/\nsum(amount) * {{ rate }}")
    [kpi] = load_catalogue(tmp_path, {"schema": "test"}).kpis.values()
    assert (kpi.fact, kpi.sql) == ("test_facts", "sum(amount) * 1.07")


def test_a_file_can_only_fill_in_variables_and_not_run_code(tmp_path: Path) -> None:
    write(tmp_path / "kpis" / "evil.sql", "/*\ntitle: X\nfact: f\n*/\n{{ ''.__class__.__mro__ }}")
    found = load_catalogue(tmp_path)
    assert found.kpis == {} and "access to attribute '__class__'" in found.issues[0].what


def test_variables_that_cannot_be_read_are_an_issue(tmp_path: Path) -> None:
    write(tmp_path / "variables.yaml", "- schema")
    [issue] = load_catalogue(tmp_path).issues
    assert (issue.path, issue.remedy) == ("variables.yaml", "Write it as name: value lines")


def test_an_issue_of_the_variables_names_the_line(tmp_path: Path) -> None:
    write(tmp_path / "variables.yaml", "rate: 1\nrate: 2\n")
    [issue] = load_catalogue(tmp_path).issues
    assert str(issue) == "variables.yaml:2: the key 'rate' appears twice. Write it as name: value lines."


BROKEN = {
    "no header": ("SELECT 1", "", "the file does not start with a /* … */ header"),
    "SQL before the header": ("SELECT 1 /* title: x */", "", "the file does not start with a /* … */ header"),
    "open header": ("/* title: x", "", "the file does not start with a /* … */ header"),
    "an empty header": ("/* */ sum(x)", "", "The file kpis/broken.sql is empty"),
    "a list": ("/*\n- a\n*/ sum(x)", "", "The file kpis/broken.sql contains a list, not a mapping"),
    "no SQL": ("/*\ntitle: x\nfact: f\n*/\n", "", "there is no SQL below the header"),
    "broken YAML": ("/*\ntitle: [\n*/ sum(x)", ":3", "this is not YAML: while parsing"),
    "a key twice": ("/*\ntitle: x\ntitle: y\n*/ sum(x)", ":3", "the key 'title' appears twice"),
    "a key of two sentences": ("/*\n'a. b': 1\n'a. b': 2\n*/ sum(x)", ":3", "the key 'a. b' appears twice"),
    "a key that reads like a place": (
        "/*\n'x, line 9: y': 1\n'x, line 9: y': 2\n*/ sum(x)",
        ":3",
        "the key 'x, line 9: y' appears twice",
    ),
    "unknown key": ("/*\ntitle: x\nfact: f\ncolour: red\n*/ sum(x)", ":4: colour", "there is no key 'colour'"),
    "missing key": ("/*\ntitle: x\n*/ sum(x)", ":1: fact", "the key 'fact' is missing"),
    "too many decimals": ("/*\ntitle: x\nfact: f\ndecimals: 11\n*/ sum(x)", ":4: decimals", "less than or equal to 10"),
    "no UTF-8": (b"/* title: Gr\xf6\xdfe */ sum(x)", "", "this is not UTF-8 text"),
}


@pytest.mark.parametrize("example", BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_one_issue_and_harms_no_other(tmp_path: Path, example: tuple[str | bytes, str, str]) -> None:
    text, place, words = example
    write(tmp_path / "kpis" / "broken.sql", text)
    write(tmp_path / "kpis" / "good.sql", "/*\ntitle: Good\nfact: f\n*/ count(*)")
    found = load_catalogue(tmp_path)
    assert list(found.kpis) == ["good"]
    [issue] = found.issues
    assert issue.path == f"kpis/broken.sql{place}"
    assert words in issue.what


def test_a_folder_that_is_named_like_a_file_harms_no_other(tmp_path: Path) -> None:
    write(tmp_path / "kpis" / "good.sql", "/*\ntitle: Good\nfact: f\n*/ count(*)")
    (tmp_path / "kpis" / "old.sql").mkdir()
    found = load_catalogue(tmp_path)
    assert list(found.kpis) == ["good"]
    assert [str(issue) for issue in found.issues] == [
        "kpis/old.sql: this cannot be read: Is a directory. Check that it is a readable file."
    ]


def test_a_missing_folder_is_reported_with_its_remedy(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="EXPORT_JOBS_CATALOGUE"):
        load_catalogue(tmp_path / "nowhere")


def write(path: Path, text: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
