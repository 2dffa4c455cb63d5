"""Faults planted where a template is split into parts; the simulator must find each of these, too."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from export_jobs.store.executions.fence import FileRecord
from export_jobs.store.executions.records import DeliveryRecord
from tests.simulator.ledger import SimulatedLease, SimulatedLedger
from tests.simulator.mutants import Patch


def take_one_part_for_all(patch: Patch) -> None:
    """Whether a part is delivered is asked of its template."""
    ask = SimulatedLedger.delivery

    def of_any_part(self: SimulatedLedger, execution_id: int, template: str, stage: str, _: int | None = None) -> Any:
        found = (ask(self, execution_id, template, stage, part) for part in range(1, PARTS + 1))
        return next(filter(None, found), None)

    patch.setattr(SimulatedLedger, "delivery", of_any_part)


def name_nothing_that_is_left(patch: Patch) -> None:
    """A revision with fewer parts says nothing of those that it no longer has."""
    patch.setattr(SimulatedLedger, "superseded_files", lambda *_: [])


def name_only_what_is_recorded(patch: Patch) -> None:
    """A part that was renamed by a process that died before it said so is not told of."""

    def recorded(self: SimulatedLedger, paths: Any) -> list[str]:
        self.world.pause("ask")
        return sorted({record.path for record, _ in self.deliveries.values()}.difference(paths))

    patch.setattr(SimulatedLedger, "superseded_files", recorded)


def compare_rows_by_path_alone(patch: Patch) -> None:
    """An orphan's part that the later run does not have is put there behind the later run's back."""
    is_outdated = SimulatedLease.is_outdated

    def by_path(self: SimulatedLease, record: FileRecord) -> bool:
        others = [row for row, _ in self._ledger.deliveries.values() if row.execution_id != record.execution_id]
        is_met = any(row.path == record.path for row in others) or not isinstance(record, DeliveryRecord)
        return is_outdated(self, record) and is_met

    patch.setattr(SimulatedLease, "is_outdated", by_path)


PARTS = 3
OF_PARTS: Mapping[str, Callable[[Patch], None]] = {
    act.__name__: act
    for act in (
        take_one_part_for_all,
        name_nothing_that_is_left,
        name_only_what_is_recorded,
        compare_rows_by_path_alone,
    )
}
"""Those that show only where a template is split into up to ``PARTS`` parts."""
