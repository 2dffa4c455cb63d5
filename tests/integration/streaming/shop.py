"""Purchases by store in a database whose owner changes the tables, and files of them as the compiler makes them."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

from export_jobs.core.catalogue.catalogue import Catalogue, Dimension, Fact, Kpi
from export_jobs.core.definitions.job import ExportJob, FileOptions
from export_jobs.core.sql.checks.shape import Shape
from export_jobs.core.sql.compiled import CompiledExport
from export_jobs.core.sql.compiler import compile_export
from export_jobs.core.windows.window import Window
from export_jobs.streaming.base.read_options import ReadOptions
from export_jobs.streaming.source import Source

TABLES = (
    "CREATE TABLE stores (store_id integer, region varchar(20))",
    "INSERT INTO stores VALUES (1, 'North'), (2, 'South')",
    "CREATE TABLE purchases (purchase_id integer, store_id integer, bought_at timestamptz, day date, "
    "amount numeric(10, 2), discount numeric(10, 2), note varchar(20), seen timestamp)",
    "INSERT INTO purchases VALUES "
    "(1, 1, '2024-01-01 10:00:00Z', '2024-01-01', 120, 1, 'a', '2024-01-01 10:00:00'), "
    "(2, 2, '2024-01-01 11:00:00Z', '2024-01-01', 0.5, 2, 'b', '2024-01-01 11:00:00')",
)
JANUARY_FIRST = Window(datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 1, 2, tzinfo=UTC))
ROWS = {"kind": "standard", "fact": "purchases"}
TOTALS = {"kind": "custom", "kpis": ["total"], "dimensions": ["store.region"]}


def catalogue(dialect: str, **changes: Any) -> Catalogue:
    """``changes`` are parts of the fact."""
    common = {"title": "X", "connection": "w", "dialect": dialect}
    fact = {
        "key": "purchases",
        "event_date": {"column": "bought_at"},
        "order_by": ["purchase_id"],
        "columns": {
            **{"purchase_id": "integer", "store_id": "integer", "bought_at": "timestamptz", "day": "date"},
            **{"amount": "number", "discount": "number", "note": "text", "seen": "timestamp"},
        },
        "sql": "SELECT * FROM purchases",
    }
    store = {
        "key": "store",
        **{"id": "store_id", "label": "region", "facts": {"purchases": "store_id"}},
        "columns": {"store_id": "integer", "region": "text"},
        "sql": "SELECT * FROM stores",
    }
    return Catalogue(
        {"purchases": Fact.model_validate({**common, **fact, **changes})},
        {"total": Kpi(key="total", title="X", fact="purchases", sql="sum(amount)")},
        {"store": Dimension.model_validate({**common, **store})},
    )


def compiled(found: Catalogue, template: dict[str, Any], **use: Any) -> CompiledExport:
    job = ExportJob.model_validate(
        {
            **{"name": "j", "owner": "o", "destination": "d", "job_id": 1, "version": 1, "dag_id": "j"},
            "schedule": {"frequency": "daily", "from": "2024-01-01", "until": "2024-01-01"},
            "templates": [{"template": "t", **use}],
            "template_definitions": [{"name": "t", **template}],
        }
    )
    return compile_export(job, "t", found, JANUARY_FIRST)


def delivered(source: Source, export: CompiledExport, zone: str = "UTC") -> tuple[bytes, Shape]:
    """The file, and the shape of what was read; the catalogue alone is held against it."""
    sink, shapes = io.BytesIO(), []
    options = ReadOptions(zone, "export-jobs test", 60)

    def check(of: CompiledExport, shape: Shape) -> None:
        options.check_shape(of, shape)
        shapes.append(shape)

    source.extract(export, FileOptions(), sink, ReadOptions(zone, "export-jobs test", 60, check_shape=check))
    return sink.getvalue(), shapes[0]
