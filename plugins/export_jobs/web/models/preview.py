"""The first rows of a file, before there is a job."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from export_jobs.web.models.base import ApiModel
from export_jobs.web.models.job import WindowSpan
from export_jobs.web.models.rerun import WindowRequest


class PreviewRequest(ApiModel):
    """What to show. Without a ``window`` it is the schedule's last one that is over, or a week.

    The parts that our own validation reads, so that all issues come at once, are unread.
    """

    template: dict[str, Any]
    use: dict[str, Any] | None = None
    file: dict[str, Any] | None = None
    schedule: dict[str, Any] | None = None
    window: WindowRequest | None = None
    rows: int = Field(50, ge=1, le=500)


class PreviewColumn(ApiModel):
    """A column of the file: its heading and its type; ``masked``: its cells tell of a person and are not shown."""

    name: str
    type: str
    masked: bool = False


class PreviewAnswer(ApiModel):
    """The first rows, each cell as the file will hold it, and the statement with its values written in.

    ``empty_window``: the days that nobody had chosen and that have no row, so that ``window`` has the newest ones.
    """

    columns: list[PreviewColumn]
    rows: list[list[str | None]]
    truncated: bool
    sql: str
    window: WindowSpan
    empty_window: WindowSpan | None
    connection: str


class TestFileRequest(ApiModel):
    """Which template of a job to make a small file of, and of how many rows at most.

    ``by_mail``: to the caller's own address, in place of the answer.
    """

    template: str
    rows: int = Field(1000, ge=1, le=10_000)
    by_mail: bool = False


class DraftTestFileRequest(TestFileRequest):
    """The same of a job that is not there yet: ``job`` is the body of ``POST /jobs``."""

    job: dict[str, Any]


class TestFileNote(ApiModel):
    """What the header ``Export-Jobs-Test-File`` says of the file that comes with it, as JSON.

    ``days`` of data in words; ``truncated``: there may be more rows; ``masked``: how many columns were left empty.
    """

    days: str
    rows: int
    truncated: bool
    masked: int


class TestMailNote(TestFileNote):
    """The same of a file that went by mail: to whom, and what it is called."""

    sent_to: str
    file: str
