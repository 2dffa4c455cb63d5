"""What is refused, as it goes over the wire: where, what, and what to do."""

from __future__ import annotations

from export_jobs.core.base.issue import Issue, Level
from export_jobs.web.models.base import ApiModel


class IssueAnswer(ApiModel):
    """One thing that is wrong; ``path`` is empty when it is about the whole request."""

    path: str
    what: str
    remedy: str
    level: Level

    @classmethod
    def of(cls, issue: Issue) -> IssueAnswer:
        """An issue as it goes over the wire."""
        return cls(path=issue.path, what=issue.what, remedy=issue.remedy, level=issue.level)


class ErrorAnswer(ApiModel):
    """The body of every answer from 400 on."""

    errors: list[IssueAnswer]


ERROR_ANSWERS: dict[int | str, dict[str, object]] = {
    code: {"model": ErrorAnswer} for code in (400, 401, 403, 404, 409, 413, 415, 422, 428, 429, 500, 503)
}
