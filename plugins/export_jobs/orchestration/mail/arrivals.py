"""Several destinations of one job: which of them have the files of a run, and which still wait."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from export_jobs.errors import TerminalError

if TYPE_CHECKING:
    from export_jobs.orchestration.run.job_run import JobRun


@dataclass(frozen=True)
class Arrivals:
    """``there``: the tags of the destinations that have the files; ``missing``: those that wait. In the job's order."""

    there: tuple[str, ...]
    missing: tuple[str, ...]

    @classmethod
    def of(cls, run: JobRun, stage: str) -> Arrivals:
        """For a run whose files come from the extraction ``stage``."""
        tags = run.job.destination_tags
        if len(tags) == 1 or run.ledger.publication(run.execution_id, stage):
            return cls(tags, ())
        found = run.ledger.arrivals(run.execution_id, run.manifest_path)
        there = tuple(tag for tag in tags if tag in found and found[tag].is_open)
        return cls(there, tuple(tag for tag in tags if tag not in there))

    @property
    def key(self) -> str:
        """What a mail about it is known by, beside the extraction: who has had one of fewer gets another of more."""
        return f" at {', '.join(self.there)}" if self.missing else ""

    def require_all(self) -> None:
        """Raises ``TerminalError`` while any is missing."""
        if self.missing:
            raise TerminalError(
                f"The files of this run are not at {in_words(self.missing)}; {in_words(self.there)} "
                f"{'has' if len(self.there) == 1 else 'have'} them",
                "See the tasks of that destination, then clear this run: only what is missing is sent",
            )


def in_words(tags: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return " and ".join(part for part in (", ".join(tags[:-1]), tags[-1]) if part)
