"""Export jobs: change, pause, resume, delete."""

from __future__ import annotations

from typing import Annotated

from fastapi import BackgroundTasks, Header, Response

from export_jobs.web.airflow import tables as airflow_tables
from export_jobs.web.http.access import DeletesJob, EditsJob
from export_jobs.web.http.as_caller import airflow_of
from export_jobs.web.http.audit import Entry, api_router
from export_jobs.web.http.bodies import Raw, body_of
from export_jobs.web.http.errors import Refused
from export_jobs.web.http.state import LedgerOf, StampedCatalogue, Store, StoredJobOf, StoreEngine
from export_jobs.web.jobs.changing import Edit, expect_version, read_edit, save
from export_jobs.web.jobs.detail import job_detail
from export_jobs.web.jobs.drafts import coming_windows
from export_jobs.web.jobs.saving import tell_airflow
from export_jobs.web.models.detail import ChangeCheck, FieldChanged, JobChange, JobDetail
from export_jobs.web.models.errors import IssueAnswer

router = api_router("jobs")


@router.patch("/jobs/{dag_id}", openapi_extra=body_of(JobChange))
def change_job(
    *,
    user: EditsJob,
    row: StoredJobOf,
    body: Raw,
    engine: StoreEngine,
    stamped: StampedCatalogue,
    store: Store,
    ledger: LedgerOf,
    entry: Entry,
    response: Response,
    background: BackgroundTasks,
    dry_run: bool = False,
    if_match: Annotated[str | None, Header()] = None,
) -> JobDetail | ChangeCheck:
    """Change what may change; ``dry_run`` tells what that would do, with the next windows before and after."""
    edit = read_edit(body, row, store, ledger, stamped.catalogue)
    if dry_run:
        entry.skip()
        return _check(edit, str(row.definition.get("schedule", {}).get("time_zone", "UTC")))
    if edit.change is not None:
        fields = edit.change.fields
        entry.note(changed=[one.path for one in fields], before={one.path: one.before for one in fields})
        entry.note(after={one.path: one.after for one in fields})
    expect_version(row, if_match)
    if edit.job is None:
        raise Refused(422, edit.issues)
    kept = save(edit.job, row, store, user.actor)
    background.add_task(tell_airflow)
    response.headers["ETag"] = f'"{kept.version}"'
    return job_detail(kept, engine, stamped, user)


@router.delete("/jobs/{dag_id}", status_code=204)
def delete_job(
    *,
    user: DeletesJob,
    row: StoredJobOf,
    store: Store,
    entry: Entry,
    background: BackgroundTasks,
    stop: bool = False,
    if_match: Annotated[str | None, Header()] = None,
) -> None:
    """Delete a job; its ledger and what it has delivered stay. Runs in progress are stopped only with ``stop``."""
    entry.note(name=row.name, stop=stop)
    expect_version(row, if_match)
    runs = airflow_tables.runs_in_progress(row.dag_id)
    if runs and not stop:
        what = f"run {runs[0]!r} of the job {row.name!r} is in progress"
        raise Refused.because(409, what, "Wait until it has ended, or delete the job with stop=true")
    for run_id in runs:
        airflow_of(user).stop_run(row.dag_id, run_id)
    store.delete(row.name, user.actor)
    # Airflow takes a minute or two to forget a Dag whose job is gone; until then it must make no run.
    airflow_tables.set_paused(row.dag_id, is_paused=True)
    background.add_task(tell_airflow)


def _check(edit: Edit, time_zone: str) -> ChangeCheck:
    zone = edit.job.schedule.time_zone if edit.job else time_zone
    change = edit.change
    return ChangeCheck(
        issues=[IssueAnswer.of(issue) for issue in edit.issues],
        changes=[FieldChanged(path=one.path, before=one.before, after=one.after) for one in change.fields]
        if change
        else [],
        windows_before=coming_windows(change.windows_before, time_zone) if change else [],
        windows_after=coming_windows(change.windows_after, zone) if change else [],
    )
