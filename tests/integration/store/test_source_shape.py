"""A source whose columns are not those of the last delivery: the run fails, or the job is told, as it has chosen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from export_jobs.core.catalogue.database_types import ResultColumn
from export_jobs.core.definitions.job import DateBasis
from export_jobs.core.sql.compiled import CompiledExport
from export_jobs.core.sql.sources import SourceQuery
from export_jobs.core.windows.window import Window
from export_jobs.errors import TerminalError
from tests.integration.store.samples import DAY_ONE, Store, delivery, spec

if TYPE_CHECKING:
    from export_jobs.orchestration.run.job_run import JobRun

pytestmark = pytest.mark.integration
TEMPLATE, STEP, HASH = "rows", "extract", "as it was"
EXPORT = CompiledExport(
    TEMPLATE, "w", "postgres", "SELECT 1", {}, (), DateBasis.NONE,
    sources=(SourceQuery("purchases", "SELECT 1", {"amount": "number"}),),
)  # fmt: skip
NUMERIC = ResultColumn("amount", "number", "numeric(10,2)", (16400, 5))
FLOAT = ResultColumn("amount", "number", "double precision", (16400, 5))
TEXT = ResultColumn("amount", "text", "text", (16400, 5))
Begin = Callable[[int], "JobRun"]


@pytest.fixture
def begin(store: Store) -> Begin:
    """Return a function that begins to extract the window of a day."""
    from export_jobs.orchestration.run.job_run import JobRun

    stored = store.create()

    def run(day: int) -> JobRun:
        made = JobRun(
            job=stored.parse(),
            window=Window(DAY_ONE + timedelta(days=day), DAY_ONE + timedelta(days=day + 1)),
            execution_id=store.run(stored, day).id,
            run_id=f"scheduled__{day}",
            run_type="scheduled",
            try_number=1,
            clear_number=0,
            ledger=store.ledger,
            definitions=store.definitions,
            engine=store.engine,
        )
        vars(made)["definition_hash"] = HASH
        return made

    return run


def look(run: JobRun, column: ResultColumn) -> None:
    """What the extraction does before it reads, and once it has read."""
    from export_jobs.orchestration.run.shape_watch import ShapeWatch

    watch = ShapeWatch(run, STEP)
    watch(EXPORT, {"purchases.amount": column})
    watch.record(TEMPLATE)


def deliver(store: Store, run: JobRun, **changes: str) -> None:
    record = delivery(
        store.run(store.definitions.jobs()[0], (run.window.start - DAY_ONE).days),
        **{"stage": run.attempt, "definition_hash": HASH, "path": f"{run.run_id}.zip", **changes},
    )
    store.ledger.claim(run.execution_id, TEMPLATE, "upload", run.attempt)
    with store.ledger.fence_delivery(record, "upload", run.attempt):
        pass


def told(store: Store) -> list[str]:
    (job,) = store.definitions.jobs()
    records = store.ledger.executions(job.job_id)
    return [str(event.message) for record in records for event in record.events if event.kind == "source changed"]


SENTENCE = "purchases.amount is double precision, but was numeric(10,2) at the last delivery"


def test_a_column_that_is_not_what_was_delivered_stops_the_run(store: Store, begin: Begin) -> None:
    first = begin(0)
    look(first, NUMERIC)
    deliver(store, first)
    with pytest.raises(TerminalError, match=r"'rows': the source has changed: purchases\.amount is double precision"):
        look(begin(1), FLOAT)
    look(begin(1), NUMERIC)
    assert told(store) == []


def test_what_was_read_and_never_delivered_is_no_measure(store: Store, begin: Begin) -> None:
    look(begin(0), NUMERIC)
    look(begin(1), FLOAT)
    assert told(store) == []


def test_a_job_that_wants_to_be_told_goes_on_and_its_new_shape_is_the_measure_from_then_on(
    store: Store, begin: Begin
) -> None:
    """Set for one run, also for one that is bound to the version before; then set back."""
    first, second = begin(0), begin(1)
    look(first, NUMERIC)
    deliver(store, first)
    store.definitions.update(spec(file={"shape_change": "warn"}), "anna")
    look(second, FLOAT)
    deliver(store, second)
    assert told(store) == [f"the source has changed: {SENTENCE}"]
    store.definitions.update(spec(file={"shape_change": "fail"}), "anna")
    look(begin(2), FLOAT)
    with pytest.raises(TerminalError, match=r"is numeric\(10,2\), but was double precision at the last delivery"):
        look(begin(3), NUMERIC)


def test_a_change_that_comes_with_a_change_of_the_catalogue_is_meant_and_told(store: Store, begin: Begin) -> None:
    first = begin(0)
    look(first, NUMERIC)
    deliver(store, first, definition_hash="of another catalogue")
    look(begin(1), FLOAT)
    assert told(store) == [f"the source has changed: {SENTENCE}"]


def test_what_is_not_of_the_catalogues_type_stops_the_first_run_too(store: Store, begin: Begin) -> None:
    with pytest.raises(TerminalError, match=r"purchases\.amount is text, but number in the catalogue"):
        look(begin(0), TEXT)
    store.definitions.update(spec(file={"shape_change": "warn"}), "anna")
    look(begin(0), TEXT)
    assert told(store) == ["the source has changed: purchases.amount is text, but number in the catalogue"]
