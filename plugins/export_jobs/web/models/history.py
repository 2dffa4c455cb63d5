"""Response models of a job's windows, executions, versions and deliveries."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from export_jobs.core.files.comparison import ColumnDifference, Difference
from export_jobs.store.executions.state import ExecutionState
from export_jobs.web.models.base import ApiModel
from export_jobs.web.models.job import WindowSpan

CellState = Literal["delivered", "empty", "running", "due", "early", "failed", "missing", "future"]


class WindowCell(WindowSpan):
    """One window. ``days``: in words. ``due``: when it is delivered; null if the schedule has changed since.

    ``rows`` (all files), ``template_rows`` (by template), ``seconds`` and ``step_seconds`` (by step) belong to the run
    ``run_id``, once it has delivered. ``template_states``: the state of each template's file.
    """

    days: str
    due: datetime | None
    state: CellState
    rows: int | None
    template_rows: dict[str, int]
    seconds: float | None
    step_seconds: dict[str, float]
    run_id: str | None
    template_states: dict[str, CellState]
    overlaps: bool


class CoverageAnswer(ApiModel):
    """The windows around now, oldest first. ``counts`` and ``gaps`` (days that no window covers) include all windows.

    ``rerunnable``: how many windows a rerun could run again now, including those before the last success; 0 while the
    job is paused, running or invalid.
    """

    time_zone: str
    windows: list[WindowCell]
    gaps: list[WindowSpan]
    counts: dict[CellState, int]
    rerunnable: int


class ChangedValue(ApiModel):
    """One value by its path in YAML, as text, before and after."""

    path: str
    before: str
    after: str


class VersionChanges(ApiModel):
    """One version of a definition compared with the previous one, and the deliveries that used it.

    ``changes`` is empty for the first version. ``unreadable``: why the values cannot be shown. ``windows``: the number
    of windows with a file delivered by this version. ``days``: from the first to the last of them; empty if none.
    """

    version: int
    changes: list[ChangedValue]
    unreadable: str
    windows: int
    days: str


class DeletedJobRow(ApiModel):
    """A deleted job. ``windows``: how many it delivered. ``last_delivery_at``: when it delivered the last one."""

    name: str
    dag_id: str
    description: str
    owner: str
    destination: str
    time_zone: str
    schedule_text: str
    version: int
    deleted_at: datetime
    deleted_by: str
    windows: int
    last_delivery_at: datetime | None


class DeletedJobList(ApiModel):
    """One page of the deleted jobs that the caller may see, last deleted first. ``total`` counts all pages."""

    jobs: list[DeletedJobRow]
    total: int


class DeliveredFile(ApiModel):
    """The newest file of one template, or a ``part`` of it. ``revision`` counts the contents that its path has had.

    ``destination``: the tag, if the job has several destinations. ``verification``: how it was verified that the file
    arrived complete; empty for files that were delivered before this was recorded.
    """

    template: str
    destination: str | None
    part: int | None
    path: str
    url: str
    rows: int
    bytes: int
    sha256: str
    columns: list[str]
    revision: int
    delivered_at: datetime
    verification: Literal["size", "read back", "not verified", ""] = ""


class DeliveredTemplate(ApiModel):
    """One delivery of a template, all parts together. ``days``: the days of its window in words."""

    id: int
    window: WindowSpan
    days: str
    revision: int
    delivered_at: datetime
    version: int
    rows: int
    bytes: int
    parts: int


class DeliveredTemplates(ApiModel):
    """All deliveries of one template, every revision, newest window first."""

    deliveries: list[DeliveredTemplate]


class DeliveryComparison(ApiModel):
    """A comparison of two deliveries of a template. ``is_same_file``: every byte is the same.

    ``numbers``: whether numbers about the columns are included. ``not kept``: large CSV files, and files that were
    delivered before the ledger kept the numbers. ``not yours``: the caller may not read the XComs of the job's Dag.
    """

    template: str
    before: DeliveredTemplate
    after: DeliveredTemplate
    is_same_file: bool
    rows: Difference
    bytes: Difference
    columns: list[ColumnDifference]
    numbers: Literal["kept", "not kept", "not yours"]


class ExecutionError(ApiModel):
    """Why an execution failed, in a sentence. ``step`` is empty if it is unknown."""

    step: str
    template: str
    message: str
    try_number: int


class MailSummary(ApiModel):
    """The mail server's answer for one recipient. ``kind``: a mail about a ``success`` or a ``failure``."""

    recipient: str
    kind: str
    state: str
    reply: str
    at: datetime


class ExecutionLinks(ApiModel):
    """Paths of Airflow's own pages, relative to its base address. ``log``: of the failed task, else of the run."""

    grid: str
    log: str


class ExecutionRow(ApiModel):
    """One execution. ``started_at`` and ``ended_at`` belong to its newest round, until it delivered or failed.

    If a run is cleared and runs again, tries, mails and times belong to the new round, and ``started_at`` is null
    until Airflow starts it. ``files``: the files that are at the destination, from any round.
    """

    execution_id: int
    run_id: str
    run_type: str
    window: WindowSpan
    days: str
    state: ExecutionState
    version: int
    definition_hash: str
    started_at: datetime | None
    ended_at: datetime | None
    seconds: float | None
    tries: int
    files: list[DeliveredFile]
    error: ExecutionError | None
    notifications: list[MailSummary]
    links: ExecutionLinks


class ExecutionPage(ApiModel):
    """One page of executions, newest window first. ``total`` counts all pages."""

    total: int
    executions: list[ExecutionRow]
