"""The catalogue: what can be exported, what can be combined, and values to filter by."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from export_jobs.web.catalogue.filter_values import filter_values
from export_jobs.web.catalogue.rows import catalogue_answer, reachable_dimensions
from export_jobs.web.http.access import CreatesJobs, ReadsDags
from export_jobs.web.http.audit_log import api_router
from export_jobs.web.http.dependencies import CatalogueDep
from export_jobs.web.http.error_responses import RequestRefusal
from export_jobs.web.http.rate_limit import SharedSlots
from export_jobs.web.models.catalogue import CatalogueAnswer, FilterValues, ReachableDimensions

router = api_router("catalogue")
MAX_CONCURRENT_LOOKUPS = 5
_SLOTS = SharedSlots("look-ups of values", MAX_CONCURRENT_LOOKUPS, seconds=60)


@router.get("/catalogue")
def get_catalogue(user: ReadsDags, catalogue: CatalogueDep) -> CatalogueAnswer:  # noqa: ARG001  the permission
    """Return all facts, KPIs and dimensions."""
    return catalogue_answer(catalogue)


@router.get("/catalogue/dimensions")
def dimensions_for(
    user: ReadsDags,  # noqa: ARG001  the permission
    catalogue: CatalogueDep,
    kpis: Annotated[str, Query(max_length=20_000)] = "",
) -> ReachableDimensions:
    """Return the dimensions and date parts by which all of the comma-separated KPIs can be grouped in one file."""
    keys = [key.strip() for key in kpis.split(",") if key.strip()]
    unknown = [key for key in keys if key not in catalogue.kpis]
    if unknown:
        what = f"the catalogue has no KPI {unknown[0][:100]!r}"
        raise RequestRefusal.because(422, what, "Load the catalogue again, then choose from it", "kpis")
    return reachable_dimensions(keys, catalogue)


@router.get("/catalogue/filter-values")
def values_of(
    user: CreatesJobs,
    catalogue: CatalogueDep,
    column: Annotated[str, Query(max_length=200)],
    search: Annotated[str, Query(max_length=200)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> FilterValues:
    """Return values of a dimension's attribute (``store.region``) that contain ``search``. ``store`` is its label."""
    with _SLOTS.hold("too many people are looking up values right now"):
        return filter_values(column, search, limit, catalogue, user.name)
