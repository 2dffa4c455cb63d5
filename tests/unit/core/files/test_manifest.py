from __future__ import annotations

import json

from export_jobs.core.files.column_numbers import ColumnNumbers
from export_jobs.core.files.export_file import ExportFile, FileContent, PackedRows, StagedRows
from export_jobs.core.files.manifest import Manifest, ManifestLedger
from tests.unit.core.samples import NEW_YEAR, job

NUMBERS = ColumnNumbers(
    name="purchase_id", type="integer", nulls=0, min="9007199254740993", max="9007199254740994", sum="18014398509481987"
)
CONTENT = FileContent(name="retail__purchases__1997-01-01.csv", bytes=30, sha256="c" * 64)


def test_records_survive_json() -> None:
    packed = PackedRows(bytes=30, crc32=7, sha256="c" * 64, packed_bytes=9, packed_sha256="d" * 64)
    rows = StagedRows(template="t", uri="file:///x.rows", rows=2, packed=packed, columns=("a", "b"), stage="s1")
    assert StagedRows.model_validate_json(rows.model_dump_json()) == rows
    assert ExportFile.model_validate(json.loads(json.dumps(file().model_dump(mode="json")))) == file()


def file(**changes: object) -> ExportFile:
    values = {
        "template": "purchases",
        "path": "daily/retail__purchases__1997-01-01.zip",
        "uri": "file:///staging/x.zip",
        "rows": 2,
        "bytes": 25,
        "sha256": "a" * 64,
        "columns": ("purchase_id", "Größe"),
        "column_numbers": [NUMBERS],
        "stage": "s1",
        "content": CONTENT,
    }
    return ExportFile.model_validate({**values, **changes})


def manifest(*files: ExportFile, **changes: object) -> Manifest:
    ledger = ManifestLedger(sequence=9, hash="e" * 64)
    changed = job("purchases", **changes)
    return Manifest.of(changed, NEW_YEAR, files, definition_hash="d" * 64, revision=2, ledger=ledger)


def test_a_manifest_says_everything_a_receiver_needs() -> None:
    skipped = file(template="totals", is_sent=False)
    assert json.loads(manifest(file(), skipped).to_bytes()) == {
        "manifest_version": 1,
        "job": "retail",
        "job_id": 7,
        "definition": {"version": 3, "hash": "d" * 64},
        "window": {
            "start": "1997-01-01T00:00:00+01:00",
            "end": "1997-01-02T00:00:00+01:00",
            "start_utc": "1996-12-31T23:00:00+00:00",
            "end_utc": "1997-01-01T23:00:00+00:00",
            "first_day": "1997-01-01",
            "last_day": "1997-01-01",
        },
        "time_zone": "Europe/Berlin",
        "revision": 2,
        "files": [
            {
                "template": "purchases",
                "path": "daily/retail__purchases__1997-01-01.zip",
                "rows": 2,
                "bytes": 25,
                "sha256": "a" * 64,
                "columns": ["purchase_id", "Größe"],
                "column_numbers": [
                    {
                        "name": "purchase_id",
                        "type": "integer",
                        "decimals": None,
                        "nulls": 0,
                        "min": "9007199254740993",
                        "max": "9007199254740994",
                        "sum": "18014398509481987",
                    }
                ],
                "content": {"name": "retail__purchases__1997-01-01.csv", "bytes": 30, "sha256": "c" * 64},
            }
        ],
        "without_rows": ["totals"],
        "ledger": {"sequence": 9, "hash": "e" * 64},
    }


def test_the_same_manifest_is_the_same_bytes_sorted_and_ended_by_a_newline() -> None:
    content = manifest(file()).to_bytes()
    assert content == manifest(file()).to_bytes()
    assert content.endswith(b"}\n")
    assert "Größe".encode() in content
    keys = list(json.loads(content))
    assert keys == sorted(keys)


def test_a_publication_is_new_when_its_bytes_or_its_extractions_are() -> None:
    stage = manifest(file()).stage([file()])
    assert stage == manifest(file()).stage([file()])
    assert stage != manifest(file()).stage([file(stage="s2")])
    assert stage != manifest(file(rows=3)).stage([file()])


def test_a_file_that_could_not_be_verified_is_named_and_no_other_manifest_changes() -> None:
    ledger = ManifestLedger(sequence=9, hash="e" * 64)
    both = [file(), file(template="totals", path="totals.zip")]
    told = Manifest.of(
        job("purchases"), NEW_YEAR, both, definition_hash="d" * 64, revision=2, ledger=ledger, unverified=["totals.zip"]
    )
    entries = json.loads(told.to_bytes())["files"]
    assert [entry.get("verification") for entry in entries] == [None, "not verified"]
    assert "verification" not in json.loads(manifest(*both).to_bytes())["files"][0]


def test_what_came_later_is_there_only_where_it_says_something() -> None:
    plain = json.loads(manifest(file()).to_bytes())
    assert "superseded" not in plain and "part" not in plain["files"][0]
    left = manifest(file(part=1)).model_copy(update={"superseded": ("a__part-0002.zip",)})
    said = json.loads(left.to_bytes())
    assert (said["superseded"], said["files"][0]["part"]) == (["a__part-0002.zip"], 1)


def test_the_manifest_of_an_encrypted_file_says_no_value_of_it() -> None:
    told = manifest(file(), file={"encryption": {"keys": ["acme"]}})
    [entry] = told.files
    assert entry.column_numbers == (ColumnNumbers(name="purchase_id", type="integer"),)
    for value in (NUMBERS.min, NUMBERS.max, NUMBERS.sum):
        assert str(value) not in told.to_bytes().decode()
