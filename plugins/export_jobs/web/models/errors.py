"""What is refused, as it goes over the wire: where, what, and what to do."""

from __future__ import annotations

from collections.abc import Iterable

from export_jobs.core.base.issue import Issue, Level
from export_jobs.core.base.limits import MAX_ISSUES, first_issues
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

    @classmethod
    def list_of(cls, issues: Iterable[Issue]) -> list[IssueAnswer]:
        """At most a hundred of them, and how many more there are; of too many the errors are told first."""
        found = list(issues)
        if len(found) > MAX_ISSUES:
            found.sort(key=lambda issue: issue.level is not Level.ERROR)
        return [cls.of(issue) for issue in first_issues(found)]


class ErrorAnswer(ApiModel):
    """The body of every answer from 400 on."""

    errors: list[IssueAnswer]


ERROR_ANSWERS: dict[int | str, dict[str, object]] = {
    code: {"model": ErrorAnswer} for code in (400, 401, 403, 404, 409, 413, 415, 422, 428, 429, 500, 503)
}
