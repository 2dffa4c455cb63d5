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

    @property
    def message(self) -> str:
        """What is wrong and what to do, without the place; the remedy may be empty."""
        return " ".join(f"{part}." for part in (self.what, self.remedy) if part)

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


def errors(issues: Iterable[Issue]) -> list[Issue]:
    """Only the issues that stop a definition."""
    return [issue for issue in issues if issue.level is Level.ERROR]


def bullet_list(issues: Iterable[Issue]) -> str:
    """One line an issue."""
    return "\n".join(f"- {issue}" for issue in issues)
