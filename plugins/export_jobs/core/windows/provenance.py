"""Deliveries -> which definition they were made from, and where it changed between two of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, pairwise

from export_jobs.core.windows.window import Window

_IN_FILES = ("schedule.time_zone", "templates", "template_definitions")
"""What of a job can still change after its creation and is part of the definition hash."""


@dataclass(frozen=True)
class MadeFrom:
    """One delivered file: its window, the version of the job, and the hash of all that it was made from."""

    window: Window
    version: int
    definition_hash: str
    delivered_at: datetime


@dataclass(frozen=True)
class Stretch:
    """Deliveries, one after the other, from one version and one hash; ``first`` and ``last`` in order of delivery."""

    first: MadeFrom
    last: MadeFrom
    files: int


@dataclass(frozen=True)
class DefinitionChange:
    """The hash of ``after`` is another than that of ``before``, the delivery just ahead of it; ``why`` in words."""

    before: MadeFrom
    after: MadeFrom
    why: str


def stretches(deliveries: Iterable[MadeFrom]) -> list[Stretch]:
    """Deliveries, oldest first, in stretches of one version and one hash."""
    grouped = groupby(deliveries, key=lambda one: (one.version, one.definition_hash))
    listed = [list(group) for _, group in grouped]
    return [Stretch(group[0], group[-1], len(group)) for group in listed]


def definition_changes(found: Sequence[Stretch], changed_keys: Mapping[int, Iterable[str]]) -> list[DefinitionChange]:
    """Where the hash changed. ``changed_keys``: by version of the job, the keys in which it differs from the last."""
    return [
        DefinitionChange(one.last, two.first, _why(one.last, two.first, changed_keys))
        for one, two in pairwise(found)
        if one.last.definition_hash != two.first.definition_hash
    ]


def _why(before: MadeFrom, after: MadeFrom, changed_keys: Mapping[int, Iterable[str]]) -> str:
    """The job's own part is on record. Catalogue files are not, so beside it they remain a possibility."""
    low, high = sorted((before.version, after.version))
    keys = {key for version in range(low + 1, high + 1) for key in changed_keys.get(version, ())}
    own = sorted(keys.intersection(_IN_FILES))
    return f"{', '.join(own)} changed, perhaps catalogue files too" if own else "catalogue files changed"
