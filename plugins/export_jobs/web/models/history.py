"""What has become of a job's windows, and its executions, as they go over the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from export_jobs.core.files.comparison import ColumnDifference, Difference
from export_jobs.store.executions.state import ExecutionState
from export_jobs.web.models.base import ApiModel
from export_jobs.web.models.job import WindowSpan

CellState = Literal["delivered", "empty", "running", "due", "early", "failed", "missing", "future"]


class WindowCell(WindowSpan):
    """One window. ``days`` in words; ``due``: when it is delivered, None where the schedule has changed since.

    ``rows`` of all its files, ``template_rows`` of each template's, ``seconds``, and ``step_seconds`` of each step are
    of the run ``run_id``, once it has delivered. ``template_states``: what has become of each template's file.
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
    """The windows around now, oldest first; ``counts`` and ``gaps``, days that no window covers, are of all.

    ``rerunnable``: how many windows a rerun could repeat now, those before the last success among them; 0 while the job
    is paused, at work or invalid.
    """

    time_zone: str
    windows: list[WindowCell]
    gaps: list[WindowSpan]
    counts: dict[CellState, int]
    rerunnable: int


class ChangedValue(ApiModel):
    """One value by its path in the YAML's words, as text before and after."""

    path: str
    before: str
    after: str


class VersionChanges(ApiModel):
    """One version of a definition beside the one before it, and which deliveries used it.

    ``changes`` is empty of the first one. ``unreadable`` says why the values cannot be told. ``windows`` of which a
    file was delivered by this version; ``days``: from the first to the last of them, empty where there is none.
    """

    version: int
    changes: list[ChangedValue]
    unreadable: str
    windows: int
    days: str


class DeletedJobRow(ApiModel):
    """A job that was deleted. ``windows`` of which it has delivered files, the newest one ``last_delivery_at``."""

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
    """One page of the deleted jobs that the caller may see, those deleted last first; ``total`` counts all pages."""

    jobs: list[DeletedJobRow]
    total: int


class DeliveredFile(ApiModel):
    """The newest file of one template, or a ``part`` of it; ``revision`` counts the contents that its path has had.

    ``destination``: which one it is at, where the job has several.
    ``verification``: what proves that it arrived whole; empty where it was delivered before that was kept.
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
    """What was delivered of a template at one time, all its parts together. ``days`` of its window in words."""

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
    """The deliveries of one template, every revision, newest window first."""

    deliveries: list[DeliveredTemplate]


class DeliveryComparison(ApiModel):
    """Two deliveries of a template beside each other. ``is_same_file``: every byte is the same.

    ``numbers``: whether the columns' numbers are told; ``not kept`` of large CSV, and of files that were delivered
    before the ledger kept them; ``not yours`` without the right to read the XComs of the job's Dag.
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
    """Why an execution failed, in a sentence; ``step`` is empty when that is unknown."""

    step: str
    template: str
    message: str
    try_number: int


class MailSummary(ApiModel):
    """The mail server's answer to one recipient; ``kind``: of a ``success`` or of a ``failure``."""

    recipient: str
    kind: str
    state: str
    reply: str
    at: datetime


class ExecutionLinks(ApiModel):
    """Paths of Airflow's own pages, below its base address; ``log`` is that of the task that failed, else the run's."""

    grid: str
    log: str


class ExecutionRow(ApiModel):
    """One execution; ``started_at`` to ``ended_at`` is its newest round, until it delivered or failed.

    Of a run that goes again, tries, mails and times are of this round; ``started_at`` is None until Airflow starts it.
    ``files`` are those that stand at the destination, of whichever round.
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
    """One page of executions, newest window first; ``total`` counts all pages."""

    total: int
    executions: list[ExecutionRow]
