"""Faults planted in the protocol by hand. The simulator must find each: else it proves nothing by finding none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any, BinaryIO

import pytest

from export_jobs.core.definitions.destination import DestinationOptions
from export_jobs.core.files.placed_file import PlacedFile
from export_jobs.delivery import memory
from export_jobs.delivery.destination import Target
from export_jobs.delivery.existing_file import FinalNameState
from export_jobs.delivery.verified_reader import VerifiedReader
from export_jobs.errors import SupersededError, TransientError
from export_jobs.store.executions.fence import AlreadyDelivered, FileRecord, LeaseTransaction
from export_jobs.store.executions.records import DeliveryRecord
from tests.simulator import ledger as double
from tests.simulator import simulation
from tests.simulator.destination import SimulatedDestination
from tests.simulator.ledger import SimulatedLease, SimulatedLedger

OpenLease = Callable[[], AbstractContextManager[LeaseTransaction]]
Patch = pytest.MonkeyPatch


def drop_the_fence(patch: Patch) -> None:
    """Files are recorded without a lease: no lock, and no look at who is the current attempt."""

    @contextmanager
    def no_lease(self: SimulatedLedger, *_: Any) -> Iterator[SimulatedLease]:
        with self._transaction() as transaction:
            yield SimulatedLease(self, transaction)

    patch.setattr(SimulatedLedger, "_lease", no_lease)


def skip_the_superseded_check(patch: Patch) -> None:
    """The lease is locked, and nobody asks whose it is."""

    @contextmanager
    def anybodys_lease(
        self: SimulatedLedger, execution_id: int, template: str, step: str, _attempt: str
    ) -> Iterator[SimulatedLease]:
        with self._transaction() as transaction:
            self._acquire(transaction, (execution_id, template, step))
            yield SimulatedLease(self, transaction)

    patch.setattr(SimulatedLedger, "_lease", anybodys_lease)


def ask_for_newer_attempts_before_the_lock(patch: Patch) -> None:
    """Between the look and the lock a newer attempt may start, claim, deliver and end."""

    def hasty(self: SimulatedLedger, execution_id: int, template: str, step: str, attempt: str) -> None:
        key = (execution_id, template, step)
        seen = self.started.get(key, [])
        if attempt in seen and any(other != attempt for other in seen[seen.index(attempt) :]):
            raise SupersededError("A newer attempt has taken over")
        self.world.pause("claim")
        with self._transaction() as transaction:
            self._acquire(transaction, key)
            transaction.writes.append(lambda: self.leases.__setitem__(key, attempt))

    patch.setattr(SimulatedLedger, "claim", hasty)


def rename_before_the_claim(patch: Patch) -> None:
    """The file is made visible first; lease and record follow."""

    def publish(
        source: BinaryIO, record: FileRecord, *, destination: Any, ledger: SimulatedLedger, step: str, attempt: str
    ) -> None:
        known = ledger.known_files(record.execution_id, record.path)
        target = Target(record.path, record.bytes, record.sha256, attempt, known)

        @contextmanager
        def open_door() -> Iterator[PlacedFile]:
            yield PlacedFile()

        destination.deliver(source, target, open_door)
        template = record.template if isinstance(record, DeliveryRecord) else ""
        ledger.claim(record.execution_id, template, step, attempt)
        fence: Any = ledger.fence_delivery if template else ledger.fence_publication
        try:
            with fence(record, step, attempt):
                pass
        except AlreadyDelivered:
            return

    patch.setattr(simulation.Simulation.__init__, "__defaults__", (publish, None, 1))


def record_before_the_rename(patch: Patch) -> None:
    """The ledger says that a file stands, and then it gets its name."""

    @contextmanager
    def fence(open_lease: OpenLease, record: FileRecord, attempt: str) -> Iterator[PlacedFile]:
        with open_lease() as lease:
            if lease.is_recorded(record):
                raise AlreadyDelivered("It is there")
            lease.record(record, lease.announce(record, attempt), attempt, PlacedFile())
        yield PlacedFile()

    patch.setattr(double, "fence", fence)


def reuse_a_temporary_name(patch: Patch) -> None:
    """All attempts at a file upload under one name."""
    patch.setattr(memory, "temporary_name", lambda final, _attempt: f".{final}.same.part")


def announce_nothing(patch: Patch) -> None:
    """What may come to stand is known only once it is recorded."""

    @contextmanager
    def fence(open_lease: OpenLease, record: FileRecord, attempt: str) -> Iterator[PlacedFile]:
        with open_lease() as lease:
            if lease.is_recorded(record):
                raise AlreadyDelivered("It is there")
            announcement = lease.announce(record, attempt)
            yield PlacedFile()
            lease.record(record, announcement, attempt, PlacedFile())

    patch.setattr(double, "fence", fence)


def let_older_rows_win(patch: Patch) -> None:
    """An orphan of an earlier run may deliver after a later run has."""
    patch.setattr(SimulatedLease, "is_outdated", lambda *_: False)


def let_a_lower_revision_win(patch: Patch) -> None:
    """Nobody asks whether another run has announced the name meanwhile."""
    patch.setattr(SimulatedLease, "is_newest", lambda *_: True)


def replace_whatever_stands_there(patch: Patch) -> None:
    """A file of that name is ours, who else's."""
    patch.setattr(memory, "classify_file", lambda found, *_: FinalNameState.OURS if found else FinalNameState.NOTHING)


def believe_the_rename(patch: Patch) -> None:
    """OK is OK: nobody looks at the final name afterwards."""
    patch.setattr(SimulatedDestination, "_verify", lambda *_: None)


def remove_before_the_rename(patch: Patch) -> None:
    """As for a server that renames over nothing: the old file goes first, and the new one may never come."""
    rename = SimulatedDestination._rename

    def in_two_steps(self: SimulatedDestination, temporary: str, path: str, *, may_replace: bool) -> None:
        if may_replace:
            self._files.pop(path, None)
            self._reach("publish")
        rename(self, temporary, path, may_replace=may_replace)

    patch.setattr(SimulatedDestination, "_rename", in_two_steps)


def send_whatever_is_staged(patch: Patch) -> None:
    """The staged file is not compared with what was recorded of it; an orphaned extract may have replaced it."""
    patch.setattr(VerifiedReader, "finish", lambda *_: None)


def ask_for_results_before_the_start(patch: Patch) -> None:
    """A step works on what was extracted when its process began, and says later that it has started."""
    patch.setattr(simulation.Simulation, "_result_of_extract", lambda _, at_the_begin: at_the_begin["extract"])


def leave_left_overs(patch: Patch) -> None:
    """What killed attempts have uploaded stays, so that one that was only frozen can still rename it."""
    patch.setattr(SimulatedDestination, "_remove_left_overs", lambda *_: None)


def take_a_lost_reply_for_success(patch: Patch) -> None:
    """A connection that is lost after the upload is not looked into."""
    deliver = SimulatedDestination.deliver

    def hopeful(self: SimulatedDestination, source: BinaryIO, target: Target, fence: Any) -> Any:
        try:
            return deliver(self, source, target, fence)
        except TransientError as error:
            if "connection was lost" not in str(error):
                raise
            with fence():
                return None

    patch.setattr(SimulatedDestination, "deliver", hopeful)


def write_into_the_file_that_stands_there(patch: Patch) -> None:
    """Straight to the final name, and what an attempt that was given up still writes goes into the same file."""
    patch.setattr(SimulatedDestination, "_is_open", lambda *_: True)


def write_outside_the_fence(patch: Patch) -> None:
    """Straight to the final name, before anybody has asked whether this is the current attempt."""
    deliver = SimulatedDestination._deliver_directly

    def early(self: SimulatedDestination, source: BinaryIO, target: Target, found: bytes | None, fence: Any) -> Any:
        @contextmanager
        def open_door() -> Iterator[PlacedFile]:
            yield PlacedFile()

        receipt = deliver(self, source, target, found, open_door)
        with fence():
            return receipt

    patch.setattr(SimulatedDestination, "_deliver_directly", early)


def remove_and_never_give_back(patch: Patch) -> None:
    """The older file goes first and is kept nowhere; a rename that fails after that leaves nothing."""

    def in_two_steps(self: SimulatedDestination, temporary: str, path: str) -> None:
        self._files.pop(path)
        self._reach("publish")
        self._rename(temporary, path, may_replace=False)

    patch.setattr(SimulatedDestination, "_remove_then_rename", in_two_steps)


DIRECT = DestinationOptions(publish="direct")
IN_STEPS = DestinationOptions(replace="remove_then_rename")
MUTANTS_OF_OPTIONS: Mapping[str, tuple[Callable[[Patch], None], DestinationOptions]] = {
    act.__name__: (act, options)
    for act, options in (
        (write_into_the_file_that_stands_there, DIRECT),
        (write_outside_the_fence, DIRECT),
        (drop_the_fence, DIRECT),
        (announce_nothing, DIRECT),
        (remove_and_never_give_back, IN_STEPS),
    )
}
"""Those that show only where a destination has other options than the safest."""


MUTANTS: Mapping[str, Callable[[Patch], None]] = {
    act.__name__: act
    for act in (
        drop_the_fence,
        ask_for_newer_attempts_before_the_lock,
        rename_before_the_claim,
        record_before_the_rename,
        skip_the_superseded_check,
        reuse_a_temporary_name,
        announce_nothing,
        let_older_rows_win,
        let_a_lower_revision_win,
        replace_whatever_stands_there,
        remove_before_the_rename,
        send_whatever_is_staged,
        ask_for_results_before_the_start,
        believe_the_rename,
        leave_left_overs,
        take_a_lost_reply_for_success,
    )
}
