"""CSV and fixed width through the steps of a run, cell by cell from what the database says."""

from __future__ import annotations

import csv
import io
import itertools
import math
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException

from tests.integration.orchestration.zoo import SPELT, ZOO, file_of, in_database, unpacked
from tests.integration.store.samples import Store

pytestmark = pytest.mark.integration


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_csv(zoo: Store, encoding: str) -> None:
    content, said = file_of(zoo, compression="none", encoding=encoding)
    assert said["path"].endswith("animals__2026-01-01.csv")
    heading, *rows = csv.reader(io.StringIO(content.decode(encoding), newline=""), strict=True)
    assert heading == list(ZOO)
    assert rows == [[in_csv(value) for value in row.values()] for row in in_database(zoo)]


def in_csv(value: Any) -> str:  # noqa: PLR0911  a type, a line
    """As PostgreSQL writes it; NULL and an empty text are told apart by quotes, which this reader does not say."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case datetime():
            text = f"{value:%H:%M:%S.%f}".rstrip("0").rstrip(".") + ("+00" if value.tzinfo else "")
            return f"{value.date().isoformat()} {text}"
        case date():
            return value.isoformat()
        case float() if not math.isfinite(value):
            return {"nan": "NaN", "-inf": "-Infinity"}[str(value)]
        case Decimal():
            return f"{value:f}"
    return str(value)


def test_csv_in_another_spelling(zoo: Store) -> None:
    """Cell by cell from what psycopg reads, in the words of a German spreadsheet."""
    content, _ = file_of(zoo, columns=[*ZOO], **SPELT)
    _, *rows = csv.reader(io.StringIO(content.decode(), newline=""), delimiter="|", strict=True)
    for found, wanted in zip(rows, in_database(zoo), strict=True):
        assert dict(zip(ZOO, found, strict=True)) == {name: spelt(value) for name, value in wanted.items()}


def spelt(value: Any) -> str:  # noqa: PLR0911  a type, a line
    match value:
        case bool():
            return "WAHR" if value else "FALSCH"
        case datetime(tzinfo=None):
            return f"{value:%d.%m.}{value.year:04d}{value: %H:%M:%S}"
        case datetime():
            return f"{value:%d.%m.}{value.year:04d}{value: %H:%M:%S.%f}+00:00"
        case date():
            return f"{value:%d.%m.}{value.year:04d}"
        case Decimal():
            return f"{value:,f}".translate({ord(","): ".", ord("."): ","})
        case float() if math.isfinite(value):
            return str(value).replace(".", ",")
        case str():
            line = value.replace("\r\n", " ")
            return f"'{line}" if line.startswith(("=", "+", "-", "@")) else line
    return in_csv(value)


def test_what_a_column_says_comes_before_the_job(zoo: Store) -> None:
    columns = [{"column": "id", "thousands_mark": "'"}, {"column": "price", "decimal_mark": "."}, "amount"]
    content, _ = file_of(zoo, columns=columns, compression="none", decimal_mark=",", header=False, delimiter=";")
    assert content.decode().splitlines()[:2] == [
        "9'223'372'036'854'775'807;120.00;1234567890123456789012345678,0123456789",
        "9'007'199'254'740'993;-5.10;-0,0000000001",
    ]


@pytest.mark.parametrize("compression", ["zip", "none"])
def test_fixed_width(zoo: Store, compression: str) -> None:
    widths = dict.fromkeys(ZOO, 45)
    columns = [{"column": name, "width": 45, "align": "left"} for name in ZOO]
    content, said = file_of(zoo, columns=columns, format="fixed", compression=compression, line_ending="lf")
    assert said["content"]["name"].endswith("animals__2026-01-01.txt")
    lines = unpacked(content, compression).decode().removesuffix("\n").split("\n")
    for line, wanted in zip(lines, in_database(zoo), strict=True):
        assert len(line) == sum(widths.values())
        places = itertools.accumulate(widths.values(), initial=0)
        found = [line[place : place + 45].rstrip() for place, _ in zip(places, widths, strict=False)]
        expected = {name: in_csv(value).replace("\r\n", " ").rstrip() for name, value in wanted.items()}
        assert dict(zip(ZOO, found, strict=True)) == expected


def test_a_character_that_the_encoding_lacks_stops_the_run_and_is_named(zoo: Store) -> None:
    said = r"row 1, column 'emoji': the character '😀' \(U\+1F600 GRINNING FACE\) is not in the encoding windows-1252"
    for name in ("csv", "fixed"):
        with pytest.raises(AirflowFailException, match=said):
            file_of(zoo, format=name, encoding="windows-1252", columns=["id", "emoji"])
    content, _ = file_of(
        zoo, encoding="windows-1252", unencodable="transliterate", compression="none", columns=["emoji"], header=False
    )
    assert content.decode("windows-1252").splitlines()[0] == "? Größe"


def test_a_cell_that_is_too_wide_stops_the_run(zoo: Store) -> None:
    said = "row 1, column 'amount': a number of 39 characters does not fit the column's width of 25"
    with pytest.raises(AirflowFailException, match=said):
        file_of(zoo, format="fixed")
