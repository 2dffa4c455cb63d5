"""Compare two deliveries of a job, as far as the caller may see them."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace
from typing import Literal

from export_jobs.core.catalogue.catalogue import Catalogue
from export_jobs.core.catalogue.personal import personal_columns
from export_jobs.core.catalogue.selection import chosen_columns, tables_of
from export_jobs.core.files.column_numbers import ColumnNumbers
from export_jobs.core.files.comparison import DeliveredNumbers, compare_columns, difference
from export_jobs.core.windows.schedule_text import window_in_words
from export_jobs.core.windows.window import Window
from export_jobs.store.executions.pages import Delivered, DeliveredFigures, ExecutionPages
from export_jobs.store.stored_job import StoredJob
from export_jobs.web.http.access import DATA, Caller
from export_jobs.web.http.error_responses import RequestRefusal
from export_jobs.web.models.history import DeliveredTemplate, DeliveryComparison
from export_jobs.web.models.job import WindowSpan


def delivered_template(sent: Delivered, zone: str) -> DeliveredTemplate:
    """Convert a delivery for an answer. ``zone``: the job's time zone."""
    window = Window(sent.window_start, sent.window_end)
    return DeliveredTemplate(
        id=sent.id,
        window=WindowSpan.of(window),
        days=window_in_words(window, zone),
        revision=sent.revision,
        delivered_at=sent.delivered_at,
        version=sent.version,
        rows=sent.rows,
        bytes=sent.bytes,
        parts=sent.parts,
    )


def compare_deliveries(
    row: StoredJob, ids: tuple[int, int], pages: ExecutionPages, catalogue: Catalogue, user: Caller
) -> DeliveryComparison:
    """Compare two deliveries. Raises ``RequestRefusal`` if they belong to another job or to two templates.

    Minimum, maximum and sum are computed from cells, so they require the permission to read the data of the runs. For
    columns with personal data they require the permission to use the warehouse's connection, as in a preview.
    """
    before, after = (_find(row, pages, delivery_id) for delivery_id in ids)
    if before.template != after.template:
        what = f"the deliveries are of two templates, {before.template} and {after.template}"
        raise RequestRefusal.because(422, what, "Choose two deliveries of one template", "after")
    numbers = _numbers_shown(before, after, may_read_data=user.may("GET", row.dag_id, DATA))
    old, new = (side.figures if numbers == "kept" else _without_numbers(side.figures) for side in (before, after))
    return DeliveryComparison(
        template=before.template,
        before=delivered_template(before.sent, row.time_zone),
        after=delivered_template(after.sent, row.time_zone),
        is_same_file=before.sha256 == after.sha256,
        rows=difference(before.sent.rows, after.sent.rows),
        bytes=difference(before.sent.bytes, after.sent.bytes),
        columns=compare_columns(old, new, personal=_personal(row, before, after, catalogue, user)),
        numbers=numbers,
    )


def _find(row: StoredJob, pages: ExecutionPages, delivery_id: int) -> DeliveredFigures:
    found = pages.figures(row.job_id, delivery_id)
    if found is None:
        what = f"{row.name} has no delivery {delivery_id}"
        raise RequestRefusal.because(404, what, "Load the list of its deliveries again")
    return found


def _numbers_shown(
    before: DeliveredFigures, after: DeliveredFigures, *, may_read_data: bool
) -> Literal["kept", "not kept", "not yours"]:
    if not (before.figures.is_counted and after.figures.is_counted):
        return "not kept"
    return "kept" if may_read_data else "not yours"


def _without_numbers(figures: DeliveredNumbers) -> DeliveredNumbers:
    """Remove the numbers, but keep the types of the columns."""
    numbers = (ColumnNumbers(name=known.name, type=known.type, decimals=known.decimals) for known in figures.numbers)
    return replace(figures, numbers=tuple(numbers))


def _personal(
    row: StoredJob, before: DeliveredFigures, after: DeliveredFigures, catalogue: Catalogue, user: Caller
) -> Set[str]:
    """Return the headings of masked columns. The columns of a job never change, so its definition covers every file.

    Columns that cannot be classified are masked too: those that only the older file has, and all columns if another
    release wrote the definition or the catalogue has changed.
    """
    every = {*before.figures.columns, *after.figures.columns}
    job = row.read()[0]
    templates = [template for template in job.template_definitions if template.name == after.template] if job else []
    tables = tables_of(templates[0], catalogue) if templates else []
    if job is None or not tables:
        return every
    if user.may_use_connection(tables[0].connection):
        return set()
    use = job.use(after.template)
    if len(chosen_columns(templates[0], use, catalogue)) != len(after.figures.columns):
        return every
    known = {after.figures.columns[place] for place in personal_columns(templates[0], use, catalogue)}
    return known | every.difference(after.figures.columns)
