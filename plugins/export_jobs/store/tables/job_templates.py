"""What a job chooses of each template -> rows of ``job_template`` and ``job_filter``, frozen once it exists."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text

from export_jobs.core.definitions.job import TemplateUse

_INSERT_USE = """INSERT INTO export_jobs.job_template
        (job_id, position, template, subfolder, date_basis, columns, headings, column_formats, audience, order_by)
    VALUES (:job_id, :position, :template, :subfolder, :date_basis, :columns, :headings,
        CAST(:column_formats AS jsonb[]), :audience, :order_by)"""
_INSERT_FILTER = """INSERT INTO export_jobs.job_filter
        (job_id, template, position, column_name, operator, filter_values)
    VALUES (:job_id, :template, :position, :column, :op, :values)"""


def insert_template_uses(connection: Connection, job_id: int, uses: Sequence[TemplateUse]) -> None:
    """Save how a new job uses its templates, in the transaction that creates the job."""
    rows = [_row(use, job_id, position) for position, use in enumerate(uses, start=1)]
    filters = [
        {**one.model_dump(mode="json"), "job_id": job_id, "template": use.template, "position": position}
        for use in uses
        for position, one in enumerate(use.filters, start=1)
    ]
    if rows:
        connection.execute(text(_INSERT_USE), rows)
    if filters:
        connection.execute(text(_INSERT_FILTER), filters)


def _row(use: TemplateUse, job_id: int, position: int) -> dict[str, Any]:
    return {
        **use.model_dump(mode="json", exclude={"columns", "filters"}),
        "columns": [column.column for column in use.columns],
        "headings": [column.heading for column in use.columns],
        "column_formats": _column_formats(use),
        "job_id": job_id,
        "position": position,
    }


def _column_formats(use: TemplateUse) -> list[str]:
    """What each column says of itself, as JSON; nothing where none says anything."""
    said = [column.model_dump(mode="json", exclude={"heading"}) for column in use.columns]
    formats = [
        {key: entry[key] for key in entry if key != "column"} if isinstance(entry, dict) else {} for entry in said
    ]
    return [json.dumps(spelling, ensure_ascii=False) for spelling in formats] if any(formats) else []
