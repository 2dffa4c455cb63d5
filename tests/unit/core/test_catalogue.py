from __future__ import annotations

from pathlib import Path

import pytest

from export_jobs.core.catalogue import load_catalogue
from export_jobs.core.job import DateBasis
from export_jobs.errors import UserError
from tests.unit.core.samples import catalogue


def test_the_shipped_catalogue_has_no_issue() -> None:
    found = catalogue()
    assert found.issues == ()
    assert set(found.facts) == {"purchases", "points"}
    assert found.dimensions_of("purchases") == ["customer", "store"]
    assert found.dimensions_of("points") == ["customer"]


def test_each_kpi_and_dimension_reaches_a_fact_that_exists() -> None:
    found = catalogue()
    assert {kpi.fact for kpi in found.kpis.values()} <= set(found.facts)
    for dimension in found.dimensions.values():
        for fact, column in dimension.facts.items():
            assert column in found.facts[fact].columns
        assert {dimension.id, dimension.label} <= set(dimension.columns)


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


BROKEN = {
    "no header": ("SELECT 1", "does not start with"),
    "SQL before the header": ("SELECT 1 /* title: x */", "does not start with"),
    "open header": ("/* title: x", "does not start with"),
    "a list": ("/*\n- a\n*/ sum(x)", "not a YAML mapping"),
    "no SQL": ("/*\ntitle: x\nfact: f\n*/\n", "no SQL"),
    "broken YAML": ("/*\ntitle: [\n*/ sum(x)", "while parsing"),
    "unknown key": ("/*\ntitle: x\nfact: f\ncolour: red\n*/ sum(x)", "Extra inputs"),
    "missing key": ("/*\ntitle: x\n*/ sum(x)", "Field required"),
    "too many decimals": ("/*\ntitle: x\nfact: f\ndecimals: 11\n*/ sum(x)", "less than or equal to 10"),
}


@pytest.mark.parametrize("text_and_words", BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_one_issue_and_harms_no_other(tmp_path: Path, text_and_words: tuple[str, str]) -> None:
    text, words = text_and_words
    write(tmp_path / "kpis" / "broken.sql", text)
    write(tmp_path / "kpis" / "good.sql", "/*\ntitle: Good\nfact: f\n*/ count(*)")
    found = load_catalogue(tmp_path)
    assert list(found.kpis) == ["good"]
    [issue] = found.issues
    assert issue.path.startswith("kpis/broken.sql")
    assert words in issue.what


def test_a_missing_folder_is_said_with_its_remedy(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="EXPORT_JOBS_CATALOGUE"):
        load_catalogue(tmp_path / "nowhere")


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
