"""What validation finds: one issue, its place and its remedy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """Whether an issue stops a definition from being saved, or only deserves attention."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Issue:
    """One thing wrong with a definition: ``path`` says where (``schedule.time_zone``), in the words of the YAML."""

    path: str
    what: str
    remedy: str
    level: Level = Level.ERROR

    def __str__(self) -> str:
        return f"{self.path}: {self.what}. {self.remedy}."


def errors(issues: Iterable[Issue]) -> list[Issue]:
    """Only the issues that stop a definition."""
    return [issue for issue in issues if issue.level is Level.ERROR]
