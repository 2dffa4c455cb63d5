"""Find out which definition each delivery was created from, and where it changed between two of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, pairwise

from export_jobs.core.windows.window import Window

_KEYS_IN_FILES = ("schedule.time_zone", "templates", "template_definitions")
"""Parts of a job that can change after its creation and are part of the definition hash."""


@dataclass(frozen=True)
class FileProvenance:
    """One delivered file: its window, the version of the job, and the hash of everything that it was created from."""

    window: Window
    version: int
    definition_hash: str
    delivered_at: datetime


@dataclass(frozen=True)
class ProvenanceRange:
    """Successive deliveries from one version and one hash; ``first`` and ``last`` in order of delivery."""

    first: FileProvenance
    last: FileProvenance
    files: int


@dataclass(frozen=True)
class DefinitionChange:
    """The hash of ``after`` differs from that of ``before``, the previous delivery; ``why`` says why, in words."""

    before: FileProvenance
    after: FileProvenance
    why: str


def provenance_ranges(deliveries: Iterable[FileProvenance]) -> list[ProvenanceRange]:
    """Group deliveries, oldest first, into ranges of one version and one hash."""
    grouped = groupby(deliveries, key=lambda delivery: (delivery.version, delivery.definition_hash))
    listed = [list(group) for _, group in grouped]
    return [ProvenanceRange(group[0], group[-1], len(group)) for group in listed]


def definition_changes(
    found: Sequence[ProvenanceRange], changed_keys: Mapping[int, Iterable[str]]
) -> list[DefinitionChange]:
    """Return where the hash changed. ``changed_keys``: by version, the keys that differ from the previous version."""
    return [
        DefinitionChange(earlier.last, later.first, _change_reason(earlier.last, later.first, changed_keys))
        for earlier, later in pairwise(found)
        if earlier.last.definition_hash != later.first.definition_hash
    ]


def _change_reason(before: FileProvenance, after: FileProvenance, changed_keys: Mapping[int, Iterable[str]]) -> str:
    """Return why the hash changed. Changes of the job are recorded; those of catalogue files are not, but possible."""
    low, high = sorted((before.version, after.version))
    keys = {key for version in range(low + 1, high + 1) for key in changed_keys.get(version, ())}
    own = sorted(keys.intersection(_KEYS_IN_FILES))
    return f"{', '.join(own)} changed, perhaps catalogue files too" if own else "catalogue files changed"
