"""Format x compression x encryption x parts: what makes sense is read back by other programs, the rest is refused."""

from __future__ import annotations

import itertools
import shutil
import subprocess
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import psycopg
import pytest

from export_jobs.core.base.issue import errors
from export_jobs.core.catalogue.catalogue import Catalogue
from export_jobs.core.definitions.job import Template
from export_jobs.core.definitions.key import KeySpec, ReceiverKey
from export_jobs.core.files.export_file import ExportFile, read_files
from export_jobs.core.validation.definitions import validate_job
from export_jobs.orchestration.compressing import Compress
from export_jobs.orchestration.extracting import Extract
from export_jobs.streaming.openpgp.gpg import find_gpg
from export_jobs.streaming.openpgp.read_key import read_public_key
from tests.integration.orchestration.conftest import Run
from tests.integration.orchestration.run import connection
from tests.integration.store.samples import Store
from tests.servers.gpg_keyring import GpgKeyring, gpg_keyring
from tests.unit.core.samples import job

pytestmark = pytest.mark.integration
NUMBERS = itertools.count()
Row = tuple[int, Decimal | None, bool | None, date | None, str | None]

COLUMNS = {"id": "BIGINT", "amount": "DECIMAL(15,4)", "ok": "BOOLEAN", "day": "DATE", "note": "VARCHAR"}
WIDTHS = (20, 25, 5, 10, 40)
FORMATS = ("csv", "jsonl", "fixed", "parquet", "xlsx")
COMPRESSIONS = ("zip", "gzip", "zstd", "none")
SPLITS: dict[str, dict[str, int] | None] = {"whole": None, "rows": {"rows": 3}, "bytes": {"bytes": 150}}
UNPACK = {"zip": ["unzip", "-p"], "gzip": ["gunzip", "-c"], "zstd": ["zstd", "-dcq"], "none": ["cat"]}
EVERYTHING = list(itertools.product(FORMATS, COMPRESSIONS, ("clear", "pgp", "asc"), SPLITS))


def makes_sense(file_format: str, compression: str, split: str) -> bool:
    if file_format in {"parquet", "xlsx"} and compression != "none":
        return False
    return split != "bytes" or file_format in {"csv", "jsonl"}


SENSIBLE = [case for case in EVERYTHING if makes_sense(case[0], case[1], case[3])]


def options_of(file_format: str, compression: str, encryption: str, split: str) -> dict[str, Any]:
    options: dict[str, Any] = {"format": file_format, "compression": compression, "split": SPLITS[split]}
    if encryption != "clear":
        options["encryption"] = {"keys": ["acme"], "armour": encryption == "asc"}
    return options


@pytest.fixture(scope="module")
def keyring() -> Iterator[GpgKeyring]:
    with gpg_keyring() as ring:
        ring.make("Acme")
        yield ring


@pytest.fixture
def sales(connected: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    (tmp_path / "sql" / "facts").mkdir(parents=True)
    (tmp_path / "sql" / "facts" / "sales.sql").write_text(
        "/*\ntitle: Sales\nconnection: shop\nevent_date: {column: sold_at, type: timestamptz}\norder_by: [id]\n"
        "columns: {id: integer, amount: {type: number, decimals: 4}, ok: boolean, day: date, note: text}\n*/\n"
        "SELECT * FROM matrix.sales\n"
    )
    monkeypatch.setenv("EXPORT_JOBS_CATALOGUE", str(tmp_path / "sql"))
    monkeypatch.setenv("EXPORT_JOBS_STAGING", str(tmp_path / "staging"))
    monkeypatch.setenv("AIRFLOW_CONN_SHOP", connection(connected))
    connected.hand(
        "DROP SCHEMA IF EXISTS matrix CASCADE",
        "CREATE SCHEMA matrix",
        "CREATE TABLE matrix.sales (id bigint, amount numeric(15,4), ok boolean, day date, note text,"
        " sold_at timestamptz DEFAULT '2026-01-01 12:00Z')",
        "INSERT INTO matrix.sales (id, amount, ok, day, note) VALUES"
        " (1, 1.5, true, '2024-02-29', 'plain'), (2, -0.0001, false, '1999-12-31', 'a,b;c'),"
        " (3, 12345678.9, true, '2026-01-01', 'says \"x\"'), (4, 0, false, '2024-01-01', E'two\\nlines'),"
        " (5, NULL, NULL, NULL, NULL), (6, 100, true, '2024-01-01', '😀 Größe'), (7, 7, true, '2024-01-01', 'مرحبا'),"
        " (9223372036854775807, 1, true, '2024-01-01', '=1+1')",
    )
    with connected.definitions.transaction("anna") as within:
        within.create_template(Template(name="sales", kind="standard", fact="sales"))
    return connected


def in_database(store: Store) -> list[Row]:
    with psycopg.connect(**store.dsn) as session:
        return session.execute("SELECT id, amount, ok, day, note FROM matrix.sales ORDER BY id").fetchall()


def unpacked(file: ExportFile, compression: str, encryption: str, keyring: GpgKeyring, folder: Path) -> Path:
    """The content, as gpg and the compression's own program give it."""
    packed, opened = folder / f"packed-{file.part}", folder / file.content.name
    staged = Path(file.uri.removeprefix("file://")).read_bytes()
    packed.write_bytes(staged if encryption == "clear" else keyring.gpg("--decrypt", given=staged))
    if encryption == "asc":
        assert staged.startswith(b"-----BEGIN PGP MESSAGE-----")
    command = UNPACK[compression]
    with packed.open("rb") as given, opened.open("wb") as into:
        from_name = [str(packed)] if compression == "zip" else []
        subprocess.run([*command, *from_name], stdin=given, stdout=into, check=True)
    return opened


def read(file_format: str, path: Path) -> list[Row]:
    if file_format == "xlsx":
        heading, *rows = openpyxl.load_workbook(path).active.iter_rows(values_only=True)
        assert list(heading) == list(COLUMNS)
        return [from_excel(row) for row in rows]
    if file_format == "fixed":
        return [from_fixed(line) for line in path.read_bytes().decode().split("\r\n")[:-1]]
    columns = "{" + ", ".join(f"{name}: '{kind}'" for name, kind in COLUMNS.items()) + "}"
    function = {
        "csv": f"read_csv('{path}', columns = {columns}, header = true, delim = ',', quote = '\"', nullstr = '')",
        "jsonl": f"read_json('{path}', columns = {columns}, format = 'newline_delimited')",
        "parquet": f"read_parquet('{path}')",
    }[file_format]
    names = ", ".join(COLUMNS)
    return duckdb.connect().execute(f"SELECT {names} FROM {function}").fetchall()


def from_excel(row: tuple[Any, ...]) -> Row:
    number, amount, ok, day, note = row
    exact = None if amount is None else Decimal(str(amount)).quantize(Decimal("0.0001"))
    return int(number), exact, ok, day.date() if isinstance(day, datetime) else day, note


def from_fixed(line: str) -> Row:
    cells, start = [], 0
    for width in WIDTHS:
        cells.append(line[start : start + width].strip() or None)
        start += width
    assert start == len(line)
    number, amount, ok, day, note = cells
    return (
        int(str(number)),
        Decimal(amount) if amount else None,
        {"t": True, "true": True, "f": False, "false": False}.get(ok or ""),
        date.fromisoformat(day) if day else None,
        note,
    )


@pytest.mark.parametrize("case", SENSIBLE, ids="-".join)
def test_what_makes_sense_is_read_back_cell_by_cell(
    sales: Store, keyring: GpgKeyring, tmp_path: Path, case: tuple[str, str, str, str]
) -> None:
    file_format, compression, encryption, split = case
    program = UNPACK[compression][0]
    if shutil.which(program) is None or (encryption != "clear" and find_gpg() is None):
        pytest.skip(f"NOT CHECKED: {program} or gpg is not installed")
    if encryption != "clear":
        text = keyring.public("Acme")
        with sales.definitions.transaction("anna") as within:
            within.save_key(ReceiverKey.of(KeySpec(tag="acme", public_key=text), read_public_key(text)))
    options = options_of(file_format, compression, encryption, split)
    run = Run(sales, sales.create(f"matrix-{next(NUMBERS)}", templates=[{"template": "sales"}], file=options))
    run.results["extract"] = run.execute(Extract)
    files = read_files(run.execute(Compress, "sales"))
    folder = tmp_path / "opened"
    folder.mkdir()
    opened = [unpacked(file, compression, encryption, keyring, folder) for file in files]
    found = [read(file_format, path) for path in opened]
    if file_format == "fixed":
        wanted = [(*row[:4], row[4] and row[4].replace("\n", " ")) for row in in_database(sales)]
    else:
        wanted = list(in_database(sales))
    assert [row for rows in found for row in rows] == wanted
    assert [len(rows) for rows in found] == [file.rows for file in files]
    if split == "rows":
        assert [file.rows for file in files] == [3, 3, 2]
    if split == "bytes":
        assert len(files) > 1 and max(path.stat().st_size for path in opened) <= 150
    endings = {"clear": "", "pgp": ".pgp", "asc": ".asc"}
    assert all(file.path.endswith(endings[encryption]) for file in files)


@pytest.mark.parametrize("case", EVERYTHING, ids="-".join)
def test_the_rest_is_refused_with_a_sentence(case: tuple[str, str, str, str]) -> None:
    file_format, compression, encryption, split = case
    plain = job()
    raw = plain.file.model_dump(exclude_defaults=True) | options_of(file_format, compression, encryption, split)
    written = plain.model_copy(update={"file": type(plain.file).model_validate(raw)})
    about_file = [
        issue for issue in errors(validate_job(written, catalogue=Catalogue())) if issue.path.startswith("file.")
    ]
    assert bool(about_file) is not makes_sense(file_format, compression, split)
    assert all(issue.what and issue.remedy for issue in about_file)
