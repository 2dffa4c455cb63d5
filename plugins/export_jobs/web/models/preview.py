"""Models of previews and test files."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from export_jobs.web.models.base import ApiModel
from export_jobs.web.models.job import WindowSpan
from export_jobs.web.models.rerun import WindowRequest


class PreviewRequest(ApiModel):
    """What to preview. Without a ``window``: the schedule's last complete window, or a week.

    The parts that are plain objects here are validated later, so that all issues are reported at once.
    """

    template: dict[str, Any]
    use: dict[str, Any] | None = None
    file: dict[str, Any] | None = None
    schedule: dict[str, Any] | None = None
    window: WindowRequest | None = None
    rows: int = Field(50, ge=1, le=500)


class PreviewColumn(ApiModel):
    """A column of the file: its heading and type. ``masked``: its cells are personal data and not shown."""

    name: str
    type: str
    masked: bool = False


class PreviewAnswer(ApiModel):
    """The first rows, each cell as it will be in the file, and the SQL statement with its values filled in.

    ``empty_window``: the default days, if they have no rows; ``window`` then has the newest days with rows.
    """

    columns: list[PreviewColumn]
    rows: list[list[str | None]]
    truncated: bool
    sql: str
    window: WindowSpan
    empty_window: WindowSpan | None
    connection: str


class TestFileRequest(ApiModel):
    """The template of a job to create a test file of, and the maximum number of rows.

    ``by_mail``: send the file to the caller's own address instead of returning it.
    """

    template: str
    rows: int = Field(1000, ge=1, le=10_000)
    by_mail: bool = False


class DraftTestFileRequest(TestFileRequest):
    """A test file of a job that does not exist yet. ``job``: the body of ``POST /jobs``."""

    job: dict[str, Any]


class TestFileNote(ApiModel):
    """The JSON in the header ``Export-Jobs-Test-File``, which describes the returned file.

    ``days``: days of data in words. ``truncated``: there may be more rows. ``masked``: how many columns are empty.
    """

    days: str
    rows: int
    truncated: bool
    masked: int


class TestMailNote(TestFileNote):
    """A test file that was sent by mail: its recipient and its file name."""

    sent_to: str
    file: str
