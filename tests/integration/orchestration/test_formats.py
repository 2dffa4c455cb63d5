"""Every type of PostgreSQL through the steps of a run, in each format, read back by a program that is not ours."""

from __future__ import annotations

import hashlib
import io
import json
import math
import sys
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest
from airflow.sdk.exceptions import AirflowFailException

from export_jobs.orchestration.tasks import ValidateDestination
from tests.integration.orchestration.conftest import Run
from tests.integration.orchestration.zoo import SPELT, ZOO, file_of, in_database, unpacked
from tests.integration.store.samples import Store

pytestmark = pytest.mark.integration


@pytest.mark.parametrize(
    ("compression", "ending"), [("zip", ".zip"), ("gzip", ".jsonl.gz"), ("zstd", ".jsonl.zst"), ("none", ".jsonl")]
)
def test_json_lines(zoo: Store, compression: str, ending: str) -> None:
    content, said = file_of(zoo, format="jsonl", compression=compression)
    assert said["path"].endswith(f"animals__2026-01-01{ending}")
    lines = unpacked(content, compression)
    assert said["content"]["name"].endswith("animals__2026-01-01.jsonl")
    sums = (len(lines), hashlib.sha256(lines).hexdigest())
    assert (said["content"]["bytes"], said["content"]["sha256"]) == sums
    found = [json.loads(line, parse_float=Decimal) for line in lines.decode().split("\n")[:-1]]
    assert found == [{name: in_json(name, value) for name, value in row.items()} for row in in_database(zoo)]


def in_json(name: str, value: Any) -> Any:
    if isinstance(value, float):
        return {"nan": "NaN", "-inf": "-Infinity"}.get(str(value), Decimal(str(value)))
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds")
    return value.isoformat() if isinstance(value, date) else value


def test_parquet(zoo: Store) -> None:
    content, said = file_of(zoo, format="parquet")
    assert said["path"].endswith("animals__2026-01-01.parquet")
    assert said["content"] == {"name": said["path"], "bytes": said["bytes"], "sha256": said["sha256"]}
    found = pq.read_table(io.BytesIO(content)).to_pylist()
    expected = in_database(zoo)
    assert [type(row["rate"]) for row in found] == [float, float, float, type(None)]
    assert math.isnan(found[0].pop("rate")) and math.isnan(expected[0].pop("rate"))
    assert found == expected


def test_an_excel_file(zoo: Store) -> None:
    content, said = file_of(zoo, format="xlsx")
    assert said["path"].endswith("animals__2026-01-01.xlsx")
    heading, *rows = openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)
    assert list(heading) == list(ZOO)
    # The last row is all NULL, and a sheet ends with its last cell.
    expected = [[in_excel(name, value) for name, value in row.items()] for row in in_database(zoo)[:-1]]
    for found, wanted in zip(rows, expected, strict=True):
        assert dict(zip(ZOO, found, strict=True)) == dict(zip(ZOO, wanted, strict=True))


def in_excel(name: str, value: Any) -> Any:
    """Numbers of up to 15 digits, days from March 1900 on; everything else is the text of a CSV."""
    match value:
        case bool() | None:
            return value
        case datetime():
            text = f"{value:%H:%M:%S.%f}".rstrip("0").rstrip(".") + ("+00" if value.tzinfo else "")
            as_text = f"{value.date().isoformat()} {text}"
            is_kept = 1900 < value.year < 9999
            return value.replace(tzinfo=None, microsecond=value.microsecond // 1000 * 1000) if is_kept else as_text
        case date():
            return datetime(value.year, value.month, value.day) if value.year > 1900 else value.isoformat()
        case str():
            return value.replace("\r", "_x000D_")
        case float() if not math.isfinite(value):
            return {"nan": "NaN", "-inf": "-Infinity"}[str(value)]
    text = f"{value:f}" if isinstance(value, Decimal) else str(value)
    return float(value) if len(text.replace(".", "").lstrip("-0")) <= 15 else text


def test_the_same_rows_are_the_same_bytes(zoo: Store) -> None:
    spelt_so: dict[str, Any] = SPELT | {"format": "csv"}
    assert file_of(zoo, **spelt_so)[0] == file_of(zoo, **spelt_so)[0]
    fixed: dict[str, Any] = {
        "format": "fixed",
        "columns": ["id", "emoji", "at"],
        "encoding": "utf-16",
        "compression": "none",
    }
    assert file_of(zoo, **fixed)[0] == file_of(zoo, **fixed)[0]
    for name in ("jsonl", "parquet", "xlsx"):
        options = {"format": name, "compression": "none"}
        assert file_of(zoo, **options)[0] == file_of(zoo, **options)[0]


@pytest.mark.parametrize("value", ["infinity", "0044-03-15 BC"])
def test_a_day_that_a_format_does_not_have(zoo: Store, value: str) -> None:
    zoo.hand(f"UPDATE zoo.animals SET day = '{value}' WHERE place = 1")
    content, _ = file_of(zoo, format="jsonl", compression="none")
    assert json.loads(content.splitlines()[1])["day"] == value
    book = openpyxl.load_workbook(io.BytesIO(file_of(zoo, format="xlsx")[0])).active
    assert book["F3"].value == value
    with pytest.raises(AirflowFailException, match="column 'day' has a value that a Parquet column of the type date32"):
        file_of(zoo, format="parquet")


def test_a_file_without_rows_has_its_columns(zoo: Store) -> None:
    zoo.hand("DELETE FROM zoo.animals")
    assert file_of(zoo, format="jsonl", compression="none")[0] == b""
    assert pq.read_table(io.BytesIO(file_of(zoo, format="parquet")[0])).column_names == list(ZOO)
    sheet = openpyxl.load_workbook(io.BytesIO(file_of(zoo, format="xlsx")[0])).active
    assert list(sheet.iter_rows(values_only=True)) == [tuple(ZOO)]


@pytest.mark.parametrize("name", ["jsonl", "parquet", "xlsx"])
def test_a_file_of_more_bytes_than_the_job_allows_is_not_made(zoo: Store, name: str) -> None:
    with pytest.raises(AirflowFailException, match="would have more than 700 bytes"):
        file_of(zoo, format=name, max_bytes="700")


def test_what_a_worker_lacks_is_told_before_any_sql(zoo: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    run = Run(zoo, zoo.create("zoo", templates=[{"template": "animals"}], file={"format": "parquet"}))
    with pytest.raises(AirflowFailException, match=r"needs the Python package pyarrow, .*\[parquet\]"):
        run.execute(ValidateDestination)
