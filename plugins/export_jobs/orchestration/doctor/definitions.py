"""Find invalid definitions: typed into the tables, or valid until the catalogue or this package changed."""

from __future__ import annotations

from collections.abc import Iterator

from export_jobs.core.base.issue import errors
from export_jobs.orchestration.airflow.connections import store_engine
from export_jobs.orchestration.catalogue import load_configured_catalogue
from export_jobs.orchestration.doctor.result import CheckResult, Outcome, Surroundings
from export_jobs.store.definitions import Definitions

MOST_NAMED = 5


def definitions_are_valid(_: Surroundings) -> Iterator[CheckResult]:
    """Check that every live job of the store can be read and built; one that cannot does not affect the others."""
    definitions, catalogue = Definitions(store_engine()), load_configured_catalogue()
    tags = [destination.tag for destination in definitions.destinations()]
    keys = {key.tag: key for key in definitions.receiver_keys()}
    jobs = definitions.jobs()
    broken = [job.name for job in jobs if errors(job.check(catalogue=catalogue, destinations=tags, keys=keys)[1])]
    if not broken:
        yield CheckResult.ok("definitions", f"{len(jobs)} jobs are valid")
        return
    named = ", ".join(broken[:MOST_NAMED]) + (f" and {len(broken) - MOST_NAMED} more" if broken[MOST_NAMED:] else "")
    what = f"{len(broken)} of {len(jobs)} jobs are invalid and export nothing: {named}"
    yield CheckResult("definitions", Outcome.WARNING, what, "Run `export-jobs validate` to see what to correct")
