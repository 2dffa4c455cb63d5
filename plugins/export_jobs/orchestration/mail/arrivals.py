"""Which of a job's destinations have the files of a run, and which do not have them yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from export_jobs.errors import TerminalError

if TYPE_CHECKING:
    from export_jobs.orchestration.run.job_run import JobRun


@dataclass(frozen=True)
class Arrivals:
    """``there``: tags of the destinations that have the files; ``missing``: the other tags. Both in the job's order."""

    there: tuple[str, ...]
    missing: tuple[str, ...]

    @classmethod
    def of(cls, run: JobRun, stage: str) -> Arrivals:
        """Build it for a run whose files come from the extraction ``stage``."""
        tags = run.job.destination_tags
        if len(tags) == 1 or run.ledger.publication(run.execution_id, stage):
            return cls(tags, ())
        found = run.ledger.arrivals(run.execution_id, run.manifest_path)
        there = tuple(tag for tag in tags if tag in found and found[tag].is_open)
        return cls(there, tuple(tag for tag in tags if tag not in there))

    @property
    def key(self) -> str:
        """The part of a mail's key that names destinations: when more have the files, recipients get another mail."""
        return f" at {', '.join(self.there)}" if self.missing else ""

    def require_all(self) -> None:
        """Raise ``TerminalError`` while any destination is missing."""
        if self.missing:
            raise TerminalError(
                f"The files of this run are not at {in_words(self.missing)}; {in_words(self.there)} "
                f"{'has' if len(self.there) == 1 else 'have'} them",
                "See the tasks of that destination, then clear this run: only the missing files are sent",
            )


def in_words(tags: Sequence[str]) -> str:
    """Join tags as ``a``, ``a and b`` or ``a, b and c``."""
    return " and ".join(part for part in (", ".join(tags[:-1]), tags[-1]) if part)
