"""Export jobs: find them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from export_jobs.web.access import ReadsDags
from export_jobs.web.audit import api_router
from export_jobs.web.board import board_of
from export_jobs.web.job_list import Wanted, matching
from export_jobs.web.job_rows import job_rows
from export_jobs.web.models.job import JobList
from export_jobs.web.state import StampedCatalogue, StoreEngine

router = api_router("jobs")


@router.get("/jobs")
def list_jobs(
    user: ReadsDags, engine: StoreEngine, stamped: StampedCatalogue, wanted: Annotated[Wanted, Query()]
) -> JobList:
    """The jobs that the caller may see: a part of the name, description or owner, filters, order, one page of them."""
    standings = board_of(engine).read(stamped)
    seen = user.readable([one.facts.dag_id for one in standings])
    visible = [one for one in standings if one.facts.dag_id in seen]
    found, totals = matching(visible, wanted)
    return JobList(
        jobs=job_rows(found[wanted.offset : wanted.offset + wanted.limit], engine, user),
        total=len(found),
        totals=totals,
        destinations=sorted({one.facts.destination for one in visible} - {""}),
        owners=sorted({one.facts.owner for one in visible} - {""}),
        offset=wanted.offset,
        limit=wanted.limit,
    )
