"""The contents of the ledger, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from export_jobs.core.files.column_numbers import ColumnNumbers
from export_jobs.core.windows.coverage import CoverageState, TemplateOutcome
from export_jobs.core.windows.window import Window


@dataclass(frozen=True)
class Execution:
    """An execution as a task sees it: ``version`` is the definition version that it is bound to."""

    id: int
    version: int


@dataclass(frozen=True)
class ExecutionEvent:
    """One event of an execution; ``at`` is the store's clock."""

    execution_id: int
    at: datetime
    kind: str
    step: str | None
    template: str | None
    attempt: str | None
    try_number: int | None
    message: str | None
    detail: dict[str, Any] | None


@dataclass(frozen=True)
class DeliveryRecord:
    """One file about to be made visible; sizes in bytes, ``sha256`` in hex. ``part``: its number within the template.

    ``named_revision``: the revision in the file's name; the path then says nothing about earlier revisions.
    ``destination``: the one that gets the file, if the job has several; None if it has one.
    ``column_numbers`` are stored with it, and read only to compare deliveries.
    """

    execution_id: int
    template: str
    stage: str
    path: str
    url: str
    rows: int
    bytes: int
    sha256: str
    columns: tuple[str, ...]
    version: int
    definition_hash: str
    attempt: str
    part: int | None = field(default=None, kw_only=True)
    named_revision: int | None = field(default=None, kw_only=True)
    destination: str | None = field(default=None, kw_only=True)
    column_numbers: tuple[ColumnNumbers, ...] = field(default=(), kw_only=True)


@dataclass(frozen=True)
class DeliveryEntry(DeliveryRecord):
    """One file that was delivered to the destination. ``revision`` counts the contents of this path, from 1.

    If the name has a revision, it is that one. ``verification`` is one of ``Verification``; None: delivered before it
    was recorded.
    """

    revision: int
    delivered_at: datetime
    verification: Literal["size", "read back", "not verified"] | None = None


@dataclass(frozen=True)
class DeliveredShape:
    """The columns that a delivered file was read from, as :mod:`export_jobs.core.sql.checks.shape` writes them."""

    columns: dict[str, dict[str, Any]]
    definition_hash: str


@dataclass(frozen=True)
class PublicationRecord:
    """A manifest about to be made visible; one that is not sent has an empty ``path`` and ``url``."""

    execution_id: int
    stage: str
    path: str
    url: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class ArrivalRecord(PublicationRecord):
    """The manifest at one of several destinations, besides ``others``; the last one to get it creates a publication."""

    destination: str
    others: tuple[str, ...]


@dataclass(frozen=True)
class Arrival:
    """The newest manifest at one of several destinations; ``is_open``: not all of them have got one since."""

    destination: str
    sha256: str
    is_open: bool


@dataclass(frozen=True)
class DoneFileRecord:
    """The file that a receiver waits for, about to be made visible; only its placement is recorded."""

    execution_id: int
    path: str
    url: str
    bytes: int
    sha256: str
    destination: str | None = None


@dataclass(frozen=True)
class PublicationEntry(PublicationRecord):
    """A published manifest: the execution's window is delivered."""

    revision: int
    published_at: datetime


@dataclass(frozen=True)
class Notification:
    """The mail server's answer to one recipient about one publication or failure."""

    execution_id: int
    kind: str
    key: str
    recipient: str
    state: str
    reply: str
    at: datetime


@dataclass(frozen=True)
class ExecutionRecord:
    """Everything that the ledger knows about one execution; lists are oldest first."""

    id: int
    job_id: int
    dag_id: str
    run_id: str
    run_type: str
    window_start: datetime
    window_end: datetime
    version: int
    opened_at: datetime
    events: tuple[ExecutionEvent, ...]
    deliveries: tuple[DeliveryEntry, ...]
    publications: tuple[PublicationEntry, ...]
    notifications: tuple[Notification, ...]

    @property
    def publication(self) -> PublicationEntry | None:
        """The newest publication; None while the window is not delivered."""
        return self.publications[-1] if self.publications else None

    @property
    def is_delivered(self) -> bool:
        """Whether its manifest is published, for rows that were read after the window's end."""
        return self.publication is not None and not self.is_too_early

    @property
    def is_too_early(self) -> bool:
        """Whether rows of the newest publication were read before the window was over; see ``READ_AFTER_ITS_END``."""
        if self.publication is None:
            return False
        starts = [event for event in self.events if (event.kind, event.step) == ("started", "extract")]
        until = self.publication.published_at
        newest: dict[str | None, datetime] = {}
        for event in starts:
            if event.at <= until:
                # An extraction without a template reads all of them, and replaces earlier ones of single templates.
                newest = {**(newest if event.template else {}), event.template: event.at}
        return any(moment < self.window_end for moment in newest.values())

    @property
    def last_sign(self) -> datetime:
        """The time of its newest entry in the ledger."""
        published = (manifest.published_at for manifest in self.publications)
        return max([self.opened_at, *(event.at for event in self.events), *published])

    def outcome(self, template: str) -> TemplateOutcome:
        """Return the result of this execution for one template's window."""
        window = Window(self.window_start, self.window_end)
        if self.is_too_early:
            state = CoverageState.EARLY
        elif self.publication is not None:
            is_sent = any(delivery.template == template for delivery in self.deliveries)
            state = CoverageState.DELIVERED if is_sent else CoverageState.EMPTY
        else:
            state = CoverageState.FAILED if self.has_failed else CoverageState.RUNNING
        return TemplateOutcome(template, window, self.run_id, state)

    @property
    def has_failed(self) -> bool:
        """Whether the newest event that starts or ends a run is a failure."""
        # The owner's mail starts after the run has failed, and again if the mail server was unavailable.
        steps = (event for event in self.events if event.step != "notify_owner" or event.kind == "run failed")
        ends = [event.kind for event in steps if event.kind in {"run failed", "started"}]
        return bool(ends) and ends[-1] == "run failed"
