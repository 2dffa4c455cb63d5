"""A job, its templates and a catalogue for tests of core; every test says what it changes."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from export_jobs.core.catalogue.catalogue import Catalogue
from export_jobs.core.catalogue.files import load_catalogue
from export_jobs.core.definitions.job import ExportJob
from export_jobs.core.windows.window import Window

ROOT = Path(__file__).resolve().parents[3]
CATALOGUE = ROOT / "include" / "sql"
ZONES = sorted(available_timezones())
MONTH_DAYS = (*map(str, range(1, 32)), "last")
NEW_YEAR = Window(datetime(1996, 12, 31, 23, tzinfo=UTC), datetime(1997, 1, 1, 23, tzinfo=UTC))
"""1 January 1997 in Berlin."""

TEMPLATES: dict[str, dict[str, Any]] = {
    "purchases": {"kind": "standard", "fact": "purchases", "columns": ("purchase_id", "purchased_at", "amount_usd")},
    "sales-by-store": {"kind": "custom", "kpis": ("net_sales", "buyers"), "dimensions": ("store",)},
    "totals": {"kind": "custom", "kpis": ("gross_sales", "purchases")},
    "stores": {"kind": "dimension", "dimensions": ("store",), "columns": ("store_id", "store_name")},
}


def catalogue() -> Catalogue:
    return load_catalogue(CATALOGUE)


def job(*templates: str, **changes: Any) -> ExportJob:
    """A daily job in Berlin that uses the named templates (all four by default)."""
    names = templates or tuple(TEMPLATES)
    definition = {
        "name": "retail",
        "owner": "owner@example.com",
        "destination": "partner",
        "schedule": {"frequency": "daily", "from": "1997-01-01", "until": "1997-01-14", "time_zone": "Europe/Berlin"},
        "templates": [{"template": name} for name in names],
        "template_definitions": [{"name": name, **TEMPLATES[name]} for name in names if name in TEMPLATES],
        "job_id": 7,
        "version": 3,
        "dag_id": "retail",
    }
    return ExportJob.model_validate({**definition, **changes})
