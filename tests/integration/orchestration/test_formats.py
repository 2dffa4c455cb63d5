"""Every type of PostgreSQL through the steps of a run, in each format, read back by a program that is not ours."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import itertools
import json
import math
import sys
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import psycopg
import pyarrow.parquet as pq
import pytest
import zstandard
from airflow.sdk.exceptions import AirflowFailException

from export_jobs.core.definitions.job import Template
from export_jobs.orchestration.compressing import Compress
from export_jobs.orchestration.extracting import Extract
from export_jobs.orchestration.tasks import ValidateDestination
from export_jobs.streaming.formats.count import moment_said
from tests.integration.orchestration.conftest import Run
from tests.integration.orchestration.test_extracting import connection
from tests.integration.store.samples import Store

pytestmark = pytest.mark.integration
NUMBERS = itertools.count()

# Column: its type in the catalogue, in PostgreSQL, and the values of its rows as SQL. The last row is all NULL.
ZOO: dict[str, tuple[str, str, list[str]]] = {
    "id": ("integer", "bigint", ["9223372036854775807", "9007199254740993", "-1"]),
    "amount": (
        "{type: number, decimals: 10}",
        "numeric(38,10)",
        ["1234567890123456789012345678.0123456789", "-0.0000000001", "0"],
    ),
    "price": ("{type: number, decimals: 2}", "numeric(12,2)", ["120", "-5.1", "0.005"]),
    "rate": ("number", "float8", ["'NaN'", "'-Infinity'", "0.1::float8 + 0.2::float8"]),
    "ok": ("boolean", "boolean", ["true", "false", "true"]),
    "day": ("date", "date", ["'9999-12-31'", "'0001-01-01'", "'1999-12-31'"]),
    "local_at": (
        "timestamp",
        "timestamp",
        ["'9999-12-31 23:59:59.999999'", "'1800-01-01 00:00'", "'2024-01-01 10:00:00.5'"],
    ),
    "at": (
        "timestamptz",
        "timestamptz",
        ["'2024-07-01 10:00:00.000001Z'", "'1800-01-01 00:00Z'", "'2024-01-01 10:00Z'"],
    ),
    "emoji": ("text", "text", ["'😀 Größe'", "'مرحبا \"بك\"'", "E'two\\r\\nlines\\t,'"]),
    "nothing": ("text", "text", ["''", "'\\N'", "'NULL'"]),
    "doc": ("text", "jsonb", ["'{\"a\": [1, null]}'", "'null'", "'\"x\"'"]),
    "many": ("text", "text[]", ["array['a','b,c']", "'{}'", "array[NULL]"]),
    "mood": ("text", "zoo.mood", ["'happy'", "'sad'", "'happy'"]),
    "bytes": ("text", "bytea", ["'\\xdeadbeef'", "''", "'\\x00'"]),
    "lasted": ("text", "interval", ["'1 day 02:03:04.5'", "'-1 month'", "'0'"]),
    "cash": ("text", "money", ["1234.5", "-1", "0"]),
    "host": ("text", "inet", ["'192.168.0.1/24'", "'::1'", "'10.0.0.1'"]),
    "span": ("text", "int4range", ["'[1,5)'", "'empty'", "'(,3]'"]),
    "uid": ("text", "uuid", ["'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"] * 3),
}
# What PostgreSQL writes for types that only it knows, with the settings of an export.
TEXTS = {
    "doc": ['{"a": [1, null]}', "null", '"x"'],
    "many": ['{a,"b,c"}', "{}", "{NULL}"],
    "mood": ["happy", "sad", "happy"],
    "bytes": ["\\xdeadbeef", "\\x", "\\x00"],
    "lasted": ["P1DT2H3M4.5S", "P-1M", "PT0S"],
    "cash": ["$1,234.50", "-$1.00", "$0.00"],
    "host": ["192.168.0.1/24", "::1", "10.0.0.1"],
    "span": ["[1,5)", "empty", "(,4)"],
    "uid": ["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"] * 3,
}


@pytest.fixture
def zoo(connected: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    declared = ", ".join(f"{name}: {kind}" for name, (kind, _, _) in ZOO.items())
    (tmp_path / "sql" / "facts").mkdir(parents=True)
    (tmp_path / "sql" / "facts" / "animals.sql").write_text(
        "/*\ntitle: Animals\nconnection: shop\nevent_date: {column: seen_at, type: timestamptz}\norder_by: [place]\n"
        f"columns: {{place: integer, {declared}}}\n*/\nSELECT * FROM zoo.animals\n"
    )
    monkeypatch.setenv("EXPORT_JOBS_CATALOGUE", str(tmp_path / "sql"))
    monkeypatch.setenv("EXPORT_JOBS_STAGING", str(tmp_path / "staging"))
    monkeypatch.setenv("AIRFLOW_CONN_SHOP", connection(connected))
    rows = [[values[number] for _, _, values in ZOO.values()] for number in range(3)] + [["NULL"] * len(ZOO)]
    lines = ", ".join(f"({number}, '2026-01-01 12:00Z', {', '.join(row)})" for number, row in enumerate(rows))
    connected.hand(
        "DROP SCHEMA IF EXISTS zoo CASCADE",
        "CREATE SCHEMA zoo",
        "CREATE TYPE zoo.mood AS ENUM ('happy', 'sad')",
        "CREATE TABLE zoo.animals (place int, seen_at timestamptz, "
        + ", ".join(f"{name} {kind}" for name, (_, kind, _) in ZOO.items())
        + ")",
        f"INSERT INTO zoo.animals VALUES {lines}",
    )
    with connected.definitions.transaction("anna") as within:
        within.create_template(Template(name="animals", kind="standard", fact="animals", columns=tuple(ZOO)))
    return connected


def file_of(
    store: Store, template: str = "animals", columns: Sequence[Any] = (), **options: Any
) -> tuple[bytes, dict[str, Any]]:
    """The bytes of the file that a run makes, and what it says of it."""
    run = Run(
        store,
        store.create(f"zoo-{next(NUMBERS)}", templates=[{"template": template, "columns": columns}], file=options),
    )
    run.results["extract"] = run.execute(Extract)
    said = run.execute(Compress, template)
    content = Path(said["uri"].removeprefix("file://")).read_bytes()
    assert (said["bytes"], said["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    return content, said


def in_database(store: Store) -> list[dict[str, Any]]:
    with psycopg.connect(**store.dsn) as session:
        session.execute("SET TimeZone = 'UTC'")
        cursor = session.execute("SELECT * FROM zoo.animals ORDER BY place")
        names = [column.name for column in cursor.description or ()]
        found = [dict(zip(names, row, strict=True)) for row in cursor]
    for name, texts in TEXTS.items():
        for row, text in zip(found, [*texts, None], strict=True):
            row[name] = text
    return [{name: row[name] for name in ZOO} for row in found]


def unpacked(content: bytes, compression: str) -> bytes:
    match compression:
        case "zip":
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                return archive.read(archive.namelist()[0])
        case "gzip":
            return gzip.decompress(content)
        case "zstd":
            return zstandard.ZstdDecompressor().decompressobj().decompress(content)
    return content


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


SPELT: dict[str, Any] = {
    "preset": "excel-german",
    "compression": "none",
    "bom": False,
    "delimiter": "|",
    "thousands_mark": ".",
    "timestamptz_format": "%d.%m.%Y %H:%M:%S.%f%:z",
}


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


@pytest.mark.parametrize("name", ["jsonl", "parquet", "xlsx", "fixed"])
def test_numbers_of_columns_are_those_of_the_database(zoo: Store, name: str) -> None:
    """Compared with what PostgreSQL counts by itself; NaN and infinities are left out."""
    chosen = ["id", "amount", "price", "rate", "ok", "day", "local_at", "at", "emoji"]
    columns = [{"column": column, "width": 45} if name == "fixed" else column for column in chosen]
    _, said = file_of(zoo, format=name, columns=columns)
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
            assert [moment_said(value) for value in row] == [found[column][key] for key in ("min", "max")]
    assert (found["rate"]["min"], found["rate"]["sum"]) == ("0.30000000000000004", "0.30000000000000004")
    for column in ("ok", "emoji"):
        assert [found[column][key] for key in ("min", "max", "sum")] == [None, None, None]


def test_of_csv_the_types_are_said_and_nothing_is_counted(zoo: Store) -> None:
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
    for name in ("jsonl", "parquet"):
        _, said = file_of(zoo, format=name, columns=["price", "id"])
        price, number = said["column_numbers"]
        assert [price[key] for key in ("nulls", "min", "max", "sum")] == [1, None, None, None]
        assert number["max"] == "9223372036854775807"


def test_a_cell_that_is_too_wide_stops_the_run(zoo: Store) -> None:
    said = "row 1, column 'amount': a text of 39 characters does not fit the column's width of 25"
    with pytest.raises(AirflowFailException, match=said):
        file_of(zoo, format="fixed")


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
    with pytest.raises(AirflowFailException, match="gives more than 700 bytes, the job's limit for one file"):
        file_of(zoo, format=name, max_bytes="700")


def test_what_a_worker_lacks_is_told_before_any_sql(zoo: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    run = Run(zoo, zoo.create("zoo", templates=[{"template": "animals"}], file={"format": "parquet"}))
    with pytest.raises(AirflowFailException, match=r"needs the Python package pyarrow, .*\[parquet\]"):
        run.execute(ValidateDestination)
