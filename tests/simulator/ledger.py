"""A double of the store's ledger, as far as publishing needs it: transactions, row locks, time-outs, restarts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

from export_jobs.core.files.placed_file import KnownFile, PlacedFile
from export_jobs.errors import SupersededError, TransientError
from export_jobs.store.executions.fence import Announcement, FileRecord, fence
from export_jobs.store.executions.records import DeliveryRecord, DoneFileRecord, PublicationRecord
from tests.simulator.world import Process, World

LOCK_TIMEOUT_S = 30.0
IDLE_TIMEOUT_S = 120.0

Step = tuple[int, str, str]
"""An execution, a template, a step."""


class Placement(NamedTuple):
    id: int
    execution_id: int
    path: str
    revision: int
    bytes: int
    sha256: str
    template: str | None = None
    stands: bool = False


@dataclass(eq=False)
class Transaction:
    """What is written shows once it is committed. ``is_broken``: the server has ended it; its client may not know."""

    owner: Process | None
    last_word: float
    writes: list[Callable[[], None]] = field(default_factory=list)
    locks: list[object] = field(default_factory=list)
    is_broken: bool = False


class SimulatedLedger:
    """One job's ledger. ``on_record`` is called with what is recorded, at the instant at which it is committed."""

    def __init__(self, world: World, on_record: Callable[[FileRecord, int], None] = lambda *_: None) -> None:
        self.world = world
        self.on_record = on_record
        self.started: dict[Step, list[str]] = {}
        self.leases: dict[Step, str] = {}
        self.placements: list[Placement] = []
        self.deliveries: dict[tuple[int, str, str, int | None], tuple[DeliveryRecord, int]] = {}
        self.publications: dict[tuple[int, str], PublicationRecord] = {}
        self.announced: dict[tuple[str, str], int] = {}
        self.locks: dict[object, Transaction] = {}
        self.open: list[Transaction] = []
        self.event_ids: dict[str, int] = {}
        self._placed = self._events = 0

    # What the steps call ---------------------------------------------------------------------------------------------
    def start(self, execution_id: int, template: str, step: str, attempt: str) -> None:
        """As ``record_event("started", …)``."""
        self.world.pause("start")
        self.started.setdefault((execution_id, template, step), []).append(attempt)
        self._events += 1
        self.event_ids[attempt] = self._events
        self.world.pause("started")

    def claim(self, execution_id: int, template: str, step: str, attempt: str) -> None:
        """As ``leases.claim``: newer attempts that have started are looked for once the row is locked."""
        key = (execution_id, template, step)
        self.world.pause("claim")
        with self._transaction() as transaction:
            self._acquire(transaction, key)
            self.say(transaction, "ask")
            seen = self.started.get(key, [])
            if attempt in seen and any(other != attempt for other in seen[seen.index(attempt) :]):
                raise SupersededError(f"A newer attempt of {step} has taken over")
            transaction.writes.append(lambda: self.leases.__setitem__(key, attempt))

    def require_current(self, execution_id: int, template: str, step: str, attempt: str) -> None:
        with self._lease(execution_id, template, step, attempt):
            pass

    def delivery(
        self, execution_id: int, template: str, stage: str, part: int | None = None
    ) -> tuple[DeliveryRecord, int] | None:
        self.world.pause("ask")
        return self.deliveries.get((execution_id, template, stage, part))

    def superseded_files(self, paths: Collection[str]) -> list[str]:
        self.world.pause("ask")
        sent = {row.path for row in self.placements if row.template is not None}
        return sorted(sent.difference(paths))

    def publication(self, execution_id: int, stage: str) -> PublicationRecord | None:
        self.world.pause("ask")
        return self.publications.get((execution_id, stage))

    def known_files(self, execution_id: int, path: str, destination: str | None = None) -> tuple[KnownFile, ...]:
        self.world.pause("ask")
        rows = [row for row in self.placements if row.path == path]
        return tuple({KnownFile(row.bytes, row.sha256, stands=row.stands) for row in rows})

    def record_refusal(self, record: FileRecord, step: str, attempt: str) -> None:
        """What stands there is seen by its content here, so that nothing has to be known of refusals."""
        self.world.pause("refused")

    def fence_delivery(self, record: DeliveryRecord, step: str, attempt: str) -> AbstractContextManager[PlacedFile]:
        return fence(lambda: self._lease(record.execution_id, record.template, step, attempt), record, attempt)

    def fence_publication(
        self, record: PublicationRecord | DoneFileRecord, step: str, attempt: str
    ) -> AbstractContextManager[PlacedFile]:
        return fence(lambda: self._lease(record.execution_id, "", step, attempt), record, attempt)

    # The server ------------------------------------------------------------------------------------------------------
    def restart(self) -> None:
        """Every transaction is gone; clients hear of it at their next word."""
        for transaction in list(self.open):
            self._break(transaction)

    def disconnect(self, process: Process) -> None:
        """The server sees the connection of a killed process close."""
        for transaction in [one for one in self.open if one.owner is process]:
            self._break(transaction)

    def expire(self) -> None:
        """End transactions whose client has been silent for too long."""
        if not self.open or not self.is_too_silent(self.open[0]):
            return
        for transaction in [one for one in self.open if self.is_too_silent(one)]:
            if transaction.owner is None or transaction.owner.waits_until is None:
                self._break(transaction)

    def is_too_silent(self, transaction: Transaction) -> bool:
        return self.world.now - transaction.last_word > IDLE_TIMEOUT_S

    def next_deadline(self) -> float | None:
        return min((one.last_word + IDLE_TIMEOUT_S + 1 for one in self.open), default=None)

    def _break(self, transaction: Transaction) -> None:
        transaction.is_broken = True
        self._release(transaction)

    def _release(self, transaction: Transaction) -> None:
        for lock in transaction.locks:
            if self.locks.get(lock) is transaction:
                del self.locks[lock]
                self._wake(lock)
        transaction.locks.clear()
        if transaction in self.open:
            self.open.remove(transaction)

    def _wake(self, lock: object) -> None:
        for process in self.world.processes:
            if process.wanted_lock == lock:
                process.waits_until = process.wanted_lock = None

    @contextmanager
    def _transaction(self) -> Iterator[Transaction]:
        transaction = Transaction(self.world.current, self.world.now)
        self.open.append(transaction)
        try:
            yield transaction
            self.say(transaction, "commit")
            for write in transaction.writes:
                write()
        finally:
            self._release(transaction)
        self.world.pause("committed")

    @contextmanager
    def _lease(self, execution_id: int, template: str, step: str, attempt: str) -> Iterator[SimulatedLease]:
        """As ``leases.hold_lease``."""
        with self._transaction() as transaction:
            self._acquire(transaction, (execution_id, template, step))
            if self.leases.get((execution_id, template, step)) != attempt:
                raise SupersededError(f"A newer attempt of {step} has taken over")
            yield SimulatedLease(self, transaction)

    def say(self, transaction: Transaction, word: str) -> None:
        """One statement: the process may lose its turn, and may find its transaction ended."""
        self.world.pause(word)
        if transaction.is_broken:
            raise TransientError("The store cannot be reached")
        transaction.last_word = self.world.now
        if self.open[-1] is not transaction:  # the one that has been silent longest stays first
            self.open.remove(transaction)
            self.open.append(transaction)

    def _acquire(self, transaction: Transaction, lock: object) -> None:
        self.say(transaction, "lock")
        deadline = self.world.now + LOCK_TIMEOUT_S
        me = self.world.current
        while self.locks.get(lock, transaction) is not transaction:
            if me is None or self.world.now >= deadline:
                raise TransientError("Another process has locked what this needs in the store")
            me.waits_until, me.wanted_lock = deadline, lock
            try:
                self.say(transaction, "wait")
            finally:
                me.waits_until = me.wanted_lock = None
        self.locks[lock] = transaction
        transaction.locks.append(lock)


class SimulatedLease:
    """A ``LeaseTransaction`` on the double."""

    def __init__(self, ledger: SimulatedLedger, transaction: Transaction) -> None:
        self._ledger = ledger
        self._transaction = transaction

    def is_recorded(self, record: FileRecord) -> bool:
        self._ledger.say(self._transaction, "ask")
        if isinstance(record, DeliveryRecord):
            return (record.execution_id, record.template, record.stage, record.part) in self._ledger.deliveries
        assert isinstance(record, PublicationRecord)  # no done file is simulated
        return (record.execution_id, record.stage) in self._ledger.publications

    def is_outdated(self, record: FileRecord) -> bool:
        ledger = self._ledger
        ledger.say(self._transaction, "ask")
        stages = [(execution_id, stage) for execution_id, _, stage, _ in ledger.deliveries]
        others = [ledger.event_ids[stage] for execution_id, stage in stages if execution_id != record.execution_id]
        if isinstance(record, DeliveryRecord):
            mine = [ledger.event_ids[record.stage]]
        else:
            mine = [ledger.event_ids[stage] for execution_id, stage in stages if execution_id == record.execution_id]
        return bool(others and mine) and max(mine) < max(others)

    def announce(self, record: FileRecord, attempt: str) -> Announcement:
        ledger = self._ledger
        ledger._acquire(self._transaction, record.path)
        newest = self._newest(record)
        if newest and (newest.execution_id, newest.sha256) == (record.execution_id, record.sha256):
            ledger.announced[(attempt, record.path)] = newest.revision
            return Announcement(newest.id, newest.revision)
        revision = newest.revision + (newest.sha256 != record.sha256) if newest else 1
        ledger.announced[(attempt, record.path)] = revision
        return Announcement(self._add(record, revision), revision)

    def is_newest(self, announcement: Announcement, record: FileRecord) -> bool:
        self._ledger._acquire(self._transaction, record.path)
        newest = self._newest(record)
        return newest is not None and newest.id == announcement.id

    def keep_open(self) -> None:
        """As a store that is asked for nothing."""
        self._ledger.say(self._transaction, "keep open")

    def record(self, record: FileRecord, announcement: Announcement, attempt: str, placed: PlacedFile) -> None:
        ledger = self._ledger
        ledger.say(self._transaction, "record")
        self._add(record, announcement.revision, stands=True)

        def write() -> None:
            if isinstance(record, DeliveryRecord):
                key = (record.execution_id, record.template, record.stage, record.part)
                ledger.deliveries[key] = record, announcement.revision
            else:
                assert isinstance(record, PublicationRecord)
                ledger.publications[(record.execution_id, record.stage)] = record
            ledger.on_record(record, announcement.revision)

        self._transaction.writes.append(write)

    def _newest(self, record: FileRecord) -> Placement | None:
        return next((row for row in reversed(self._ledger.placements) if row.path == record.path), None)

    def _add(self, record: FileRecord, revision: int, *, stands: bool = False) -> int:
        ledger = self._ledger
        ledger._placed += 1
        template = record.template if isinstance(record, DeliveryRecord) else None
        placed = (record.path, revision, record.bytes, record.sha256, template, stands)
        row = Placement(ledger._placed, record.execution_id, *placed)
        self._transaction.writes.append(lambda: ledger.placements.append(row))
        return row.id
