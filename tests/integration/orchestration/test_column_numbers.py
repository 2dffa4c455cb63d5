"""What a run says of the numbers in each column, beside what PostgreSQL counts by itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import pytest

from export_jobs.streaming import deliverable
from export_jobs.streaming.formats.count import manifest_moment
from tests.integration.orchestration.zoo import file_of
from tests.integration.store.samples import Store

pytestmark = pytest.mark.integration


@pytest.mark.parametrize(
    ("name", "options"),
    [
        *((name, {}) for name in ("csv", "jsonl", "parquet", "xlsx", "fixed")),
        ("csv", {"null_text": "NULL", "delimiter": ";", "header": False, "encoding": "utf-16"}),
    ],
)
def test_numbers_of_columns_are_those_of_the_database(zoo: Store, name: str, options: dict[str, Any]) -> None:
    """Compared with what PostgreSQL counts by itself; NaN and infinities are left out."""
    chosen = ["id", "amount", "price", "rate", "ok", "day", "local_at", "at", "emoji"]
    columns = [{"column": column, "width": 45} if name == "fixed" else column for column in chosen]
    _, said = file_of(zoo, format=name, columns=columns, **options)
    found = {numbers["name"]: numbers for numbers in said["column_numbers"]}
    assert list(found) == chosen
    assert {numbers["nulls"] for numbers in found.values()} == {1}
    with psycopg.connect(**zoo.dsn) as session:
        session.execute("SET TimeZone = 'UTC'")
        for column in ("id", "amount", "price"):
            query = f"SELECT min(c)::text, max(c)::text, sum(c)::text FROM (SELECT {column} AS c FROM zoo.animals) AS z"
            assert session.execute(query.encode()).fetchone() == tuple(
                found[column][key] for key in ("min", "max", "sum")
            )
        for column in ("day", "local_at", "at"):
            row = session.execute(f"SELECT min({column}), max({column}) FROM zoo.animals".encode()).fetchone() or ()
            assert [manifest_moment(value) for value in row] == [found[column][key] for key in ("min", "max")]
    assert (found["rate"]["min"], found["rate"]["sum"]) == ("0.30000000000000004", "0.30000000000000004")
    for column in ("ok", "emoji"):
        assert [found[column][key] for key in ("min", "max", "sum")] == [None, None, None]


def test_of_a_large_csv_the_types_are_said_and_nothing_is_counted(zoo: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliverable, "COUNTED_BYTES", 10)
    _, said = file_of(zoo, columns=["id", "price"])
    assert [(numbers["name"], numbers["type"], numbers["decimals"]) for numbers in said["column_numbers"]] == [
        ("id", "integer", None),
        ("price", "number", 2),
    ]
    assert all(numbers["nulls"] is None for numbers in said["column_numbers"])


def test_a_column_that_tells_of_a_person_has_no_least_and_largest(zoo: Store, tmp_path: Path) -> None:
    fact = tmp_path / "sql" / "facts" / "animals.sql"
    text = fact.read_text()
    fact.write_text(text.replace("{type: number, decimals: 2}", "{type: number, decimals: 2, personal: true}"))
    for name in ("csv", "jsonl", "parquet"):
        _, said = file_of(zoo, format=name, columns=["price", "id"])
        price, number = said["column_numbers"]
        assert [price[key] for key in ("nulls", "min", "max", "sum")] == [1, None, None, None]
        assert number["max"] == "9223372036854775807"
