"""Definitions by the Python door: saved whole, and read back the same."""

from __future__ import annotations

import pytest

from export_jobs.core.definitions.job import JobSpec
from export_jobs.core.validation.changes import spec_of
from tests.integration.store.samples import Store, spec

pytestmark = pytest.mark.integration


EVERYTHING = spec(
    "Every-thing_1",
    description="Ünïcode, 'quotes', {{ braces }}, %s and :colons\nin two lines",
    recipients=["a@example.com", "b@example.com"],
    enabled=False,
    schedule={
        "frequency": "monthly",
        "execute_on": "last",
        "from": "2024-02-29",
        "until": "2025-02-28",
        "deliver_at": "23:59:59",
        "deliver_after_days": 5,
        "time_zone": "Pacific/Chatham",
    },
    templates=[
        {
            "template": "totals",
            "subfolder": "a/b",
            "date_basis": "event",
            "columns": [
                "day",
                {"column": "sales", "as": "Umsatz", "thousands_mark": "", "decimal_mark": ","},
                {"column": "ok", "true_text": "", "false_text": "nein"},
            ],
        },
        {"template": "rows", "date_basis": "updated"},
    ],
    file={
        "delimiter": ";",
        "quoting": "all",
        "header": False,
        "null_text": "\\N",
        "encoding": "iso-8859-1",
        "unencodable": "transliterate",
        "line_breaks": "blank",
        "date_format": "%d.%m.%Y",
        "timestamp_format": "%H:%M:%S.%L",
        "timestamptz_format": "%Y-%m-%dT%H:%M:%S.%f%:z",
        "decimal_mark": ",",
        "thousands_mark": "'",
        "true_text": "Ja",
        "false_text": "",
        "line_ending": "lf",
        "escape_formulas": True,
        "compression": "zstd",
        "empty_result": "fail",
        "max_bytes": 1,
        "name": "{job}_{template}_{window}",
        "done_file": "{job}_{window}.done",
        "manifest_folder": "control",
        "shape_change": "warn",
    },
)
FIXED = spec(
    "fixed",
    templates=[{"template": "rows", "columns": [{"column": "amount", "width": 12, "align": "left"}, "sold_at"]}],
    file={"preset": "sap-fixed", "header": True, "bom": False},
)
ONCE = spec("once", schedule={"frequency": "once", "deliver_on": "2026-02-03"}, file={"delimiter": "\t"})
IN_PARTS = spec("in-parts", file={"split": {"rows": 1000}})
IN_BYTES = spec("in-bytes", file={"split": {"bytes": 50_000_000}, "name": "{job}_{template}_{window}_{part}"})


@pytest.mark.parametrize(
    "written", [spec(), EVERYTHING, FIXED, ONCE, IN_PARTS, IN_BYTES], ids=lambda written: written.name
)
def test_what_is_saved_is_read_back(store: Store, written: JobSpec) -> None:
    stored = store.definitions.create(written, "anna")
    job = stored.parse()
    assert spec_of(job) == written
    assert (job.job_id, job.version, job.dag_id) == (stored.job_id, 1, f"export__{written.name}")
    assert [template.name for template in job.template_definitions] == [use.template for use in written.templates]
    assert store.definitions.job(written.name) == store.definitions.by_dag_id(job.dag_id) == stored
    assert store.definitions.version(stored.job_id, 1) == job


def test_the_session_does_not_decide_how_a_definition_is_written(store: Store) -> None:
    store.definitions.create(EVERYTHING, "anna")
    query = "SELECT export_jobs.job_definition(id)::text FROM export_jobs.job"
    usual = store.hand(query)
    odd = ["SET datestyle = 'German'", "SET timezone = 'Asia/Kathmandu'", "SET intervalstyle = 'iso_8601'"]
    assert store.hand(*odd, query) == usual
