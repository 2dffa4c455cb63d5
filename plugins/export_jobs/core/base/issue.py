"""One issue that validation finds: its place and its remedy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """Whether an issue prevents saving a definition (error), or only needs attention (warning)."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Issue:
    """One thing that is wrong with a definition. ``path`` says where, as in the YAML: ``schedule.time_zone``."""

    path: str
    what: str
    remedy: str
    level: Level = Level.ERROR

    @property
    def message(self) -> str:
        """What is wrong and what to do, without the place. The remedy may be empty."""
        return " ".join(f"{part}." for part in (self.what, self.remedy) if part)

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


def errors(issues: Iterable[Issue]) -> list[Issue]:
    """Return only the issues of level error."""
    return [issue for issue in issues if issue.level is Level.ERROR]


def bullet_list(issues: Iterable[Issue]) -> str:
    """Return one line for each issue."""
    return "\n".join(f"- {issue}" for issue in issues)
