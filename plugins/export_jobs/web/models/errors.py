"""Response models of errors: where, what, and what to do."""

from __future__ import annotations

from collections.abc import Iterable

from export_jobs.core.base.issue import Issue, Level
from export_jobs.core.base.limits import MAX_ISSUES, first_issues
from export_jobs.web.models.base import ApiModel


class IssueAnswer(ApiModel):
    """One thing that is wrong. ``path`` is empty if it concerns the whole request."""

    path: str
    what: str
    remedy: str
    level: Level

    @classmethod
    def of(cls, issue: Issue) -> IssueAnswer:
        """Convert an issue."""
        return cls(path=issue.path, what=issue.what, remedy=issue.remedy, level=issue.level)

    @classmethod
    def list_of(cls, issues: Iterable[Issue]) -> list[IssueAnswer]:
        """Convert at most a hundred issues, plus the number of the others. Errors come first if there are too many."""
        found = list(issues)
        if len(found) > MAX_ISSUES:
            found.sort(key=lambda issue: issue.level is not Level.ERROR)
        return [cls.of(issue) for issue in first_issues(found)]


class ErrorAnswer(ApiModel):
    """The body of every answer with a status of 400 or above."""

    errors: list[IssueAnswer]


ERROR_ANSWERS: dict[int | str, dict[str, object]] = {
    code: {"model": ErrorAnswer} for code in (400, 401, 403, 404, 409, 413, 415, 422, 428, 429, 500, 503)
}
