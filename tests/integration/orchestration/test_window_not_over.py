"""No row of a window is read before its end; what was read too early does not count as delivered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from export_jobs.core.windows.coverage import CoverageState
from export_jobs.errors import TransientError
from export_jobs.orchestration.compressing import Compress
from export_jobs.orchestration.extracting import Extract
from export_jobs.orchestration.notifying import NotifyOwner, NotifyRecipients
from export_jobs.orchestration.publishing import PublishManifest
from export_jobs.orchestration.run.step import ExportStep
from export_jobs.orchestration.tasks import Upload, ValidateDestination
from export_jobs.store.executions.pages import ExecutionPages
from export_jobs.store.executions.records import Execution
from export_jobs.store.executions.state import ExecutionState, state_of
from export_jobs.store.findings.refusals import Refusals
from export_jobs.store.overview import JobOverview, JobProgress
from tests.integration.orchestration.conftest import Run
from tests.integration.store.samples import DAY_ONE, Store, delivery, publication

pytestmark = pytest.mark.integration

STEPS: tuple[type[ExportStep], ...] = (
    ValidateDestination,
    Extract,
    Compress,
    Upload,
    PublishManifest,
    NotifyRecipients,
    NotifyOwner,
)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("run_type", ["manual", "backfill", "scheduled"])
def test_l1_a_window_that_is_not_over_is_refused_at_every_step(run: Run, step: type[ExportStep], run_type: str) -> None:
    run.run_type, run.end = run_type, datetime.now(UTC) + timedelta(hours=1)
    with pytest.raises(AirflowFailException, match=r"is not over yet, so its data is not complete\. Nothing was read"):
        run.execute(step, "rows" if step in (Compress, Upload) else None)
    refused = Refusals(run.store.engine).newest(datetime.now(UTC) - timedelta(minutes=1))[run.job.dag_id]
    assert "is not over yet" in refused.message
    assert run.store.ledger.executions(run.job.job_id) == [], (
        "a window that nothing was read of is none of the ledger's"
    )


def test_l1_the_last_minutes_of_a_window_are_waited_for(run: Run) -> None:
    """The clocks of scheduler and store differ, and a run may be due at the very end of its window."""
    run.end = datetime.now(UTC) + timedelta(seconds=30)
    with pytest.raises(TransientError, match="is not over yet"):
        run.execute(ValidateDestination)


def read(store: Store, execution: Execution, at: datetime, template: str | None = None) -> None:
    """All templates; before release 0.3.0 each had an extraction of its own, which named it."""
    store.hand(
        f"""INSERT INTO export_jobs.execution_event (execution_id, kind, step, template, attempt, at)
        VALUES ({execution.id}, 'started', 'extract', {f"'{template}'" if template else "NULL"}, 'a',
            '{at.isoformat()}')"""
    )


def send(store: Store, execution: Execution, stage: str = "stage-1") -> None:
    store.ledger.claim(execution.id, "rows", "upload", stage)
    with store.ledger.fence_delivery(delivery(execution, stage=stage), "upload", stage):
        pass
    store.ledger.claim(execution.id, "", "publish_manifest", stage)
    with store.ledger.fence_publication(publication(execution, stage=stage), "publish_manifest", stage):
        pass


def everybody_says(run: Run, execution: Execution) -> dict[str, Any]:
    store, job_id = run.store, run.job.job_id
    (record,) = store.ledger.executions(job_id)
    (progress,) = JobOverview(store.engine).progress_rows(job_id)
    return {
        "ledger": store.ledger.is_delivered(job_id, DAY_ONE, DAY_ONE + timedelta(days=1)),
        "record": record.is_delivered,
        "rerun": ExecutionPages(store.engine).runs(job_id)[0].is_delivered,
        "list": JobProgress(*progress).is_delivered,
        "overview": job_id not in JobOverview(store.engine).with_undelivered_windows([job_id]),
        "log": state_of(record) is ExecutionState.DELIVERED,
        "coverage": record.outcome("rows").state is CoverageState.DELIVERED,
    }


@pytest.mark.parametrize(
    ("reads", "counts"),
    [
        ([], True),  # nothing on record: the ledger of tests and of other steps
        ([DAY_ONE + timedelta(hours=24)], True),
        ([DAY_ONE + timedelta(hours=23)], False),
        ([DAY_ONE + timedelta(hours=23), DAY_ONE + timedelta(hours=25)], True),
        ([DAY_ONE + timedelta(hours=25), DAY_ONE + timedelta(days=3650)], True),
    ],
    ids=["unknown", "at its end", "too early", "again after its end", "later than it was sent"],
)
def test_l1_delivered_means_read_after_its_end_everywhere(run: Run, reads: list[datetime], counts: bool) -> None:
    execution = run.store.run(run.job)
    for moment in reads:
        read(run.store, execution, moment)
    send(run.store, execution)
    assert set(everybody_says(run, execution).values()) == {counts}


def test_l1_one_template_that_was_read_too_early_is_enough(run: Run) -> None:
    execution = run.store.run(run.job)
    read(run.store, execution, DAY_ONE + timedelta(hours=25), template="rows")
    read(run.store, execution, DAY_ONE + timedelta(hours=1), template="totals")
    send(run.store, execution)
    assert not run.store.ledger.is_delivered(run.job.job_id, DAY_ONE, DAY_ONE + timedelta(days=1))


def test_l1_one_extraction_of_all_templates_stands_for_each_of_an_earlier_release(run: Run) -> None:
    execution = run.store.run(run.job)
    for hours, template in ((1, "rows"), (2, "totals"), (25, None)):
        read(run.store, execution, DAY_ONE + timedelta(hours=hours), template)
    send(run.store, execution)
    assert set(everybody_says(run, execution).values()) == {True}


def test_l1_the_scheduled_run_does_not_skip_for_what_was_sent_too_early(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    manual = run.store.run(run.job, run_id="manual__1", run_type="manual")
    read(run.store, manual, DAY_ONE + timedelta(hours=23))
    send(run.store, manual)
    with pytest.raises(
        AirflowFailException, match=r"(?i)definition|catalogue"
    ):  # it went on, and there is no catalogue
        run.execute(ValidateDestination)
    read(run.store, manual, DAY_ONE + timedelta(hours=25))
    send(run.store, manual, stage="stage-2")
    with pytest.raises(AirflowSkipException, match="has been delivered"):
        run.execute(ValidateDestination)
