"""The catalogue: what can be exported, what goes together, and values to filter by."""

from __future__ import annotations

from threading import BoundedSemaphore
from typing import Annotated

from fastapi import Query

from export_jobs.web.catalogue.filter_values import filter_values
from export_jobs.web.catalogue.rows import catalogue_answer, reachable
from export_jobs.web.http.access import CreatesJobs, ReadsDags
from export_jobs.web.http.audit import api_router
from export_jobs.web.http.errors import Refused
from export_jobs.web.http.state import CatalogueOf
from export_jobs.web.models.catalogue import CatalogueAnswer, FilterValues, Reachable

router = api_router("catalogue")
AT_ONCE = 5
_SLOTS = BoundedSemaphore(AT_ONCE)


@router.get("/catalogue")
def get_catalogue(user: ReadsDags, catalogue: CatalogueOf) -> CatalogueAnswer:  # noqa: ARG001  the permission
    """Facts, KPIs and dimensions."""
    return catalogue_answer(catalogue)


@router.get("/catalogue/dimensions")
def dimensions_for(
    user: ReadsDags,  # noqa: ARG001  the permission
    catalogue: CatalogueOf,
    kpis: Annotated[str, Query(max_length=20_000)] = "",
) -> Reachable:
    """What the KPIs, separated by commas, can be had by together in one file."""
    keys = [key.strip() for key in kpis.split(",") if key.strip()]
    unknown = [key for key in keys if key not in catalogue.kpis]
    if unknown:
        what = f"the catalogue has no KPI {unknown[0][:100]!r}"
        raise Refused.because(422, what, "Load the catalogue again, then choose from it", "kpis")
    return reachable(keys, catalogue)


@router.get("/catalogue/filter-values")
def values_of(
    user: CreatesJobs,
    catalogue: CatalogueOf,
    column: Annotated[str, Query(max_length=200)],
    search: Annotated[str, Query(max_length=200)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> FilterValues:
    """Values of a dimension's attribute, ``store.region``, that hold ``search``; ``store`` alone is its label."""
    if not _SLOTS.acquire(blocking=False):
        raise Refused.because(429, "values are being looked up by several people already", "Try again in a moment")
    try:
        return filter_values(column, search, limit, catalogue, user.name)
    finally:
        _SLOTS.release()
