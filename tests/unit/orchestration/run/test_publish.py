"""What stands under a name may change between the ledger's answer and the look at the server."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable

import pytest

from export_jobs.delivery.existing_file import ForeignFileError
from export_jobs.delivery.memory import MemoryDestination, Step
from export_jobs.errors import TransientError
from export_jobs.orchestration.run.publish import publish
from export_jobs.store.executions.fence import FileRecord
from export_jobs.store.executions.records import DeliveryRecord
from tests.simulator.ledger import Placement, SimulatedLedger
from tests.simulator.world import World

PATH, CONTENT, OTHER = "daily/sales.zip", b"ours", b"what stands there"
SHA256 = hashlib.sha256(CONTENT).hexdigest()
RECORD = DeliveryRecord(1, "rows", "stage1", PATH, "", 1, len(CONTENT), SHA256, (), 1, "", "a1")


class Meanwhile(MemoryDestination):
    """Something happens when it is about to be looked at."""

    def __init__(self, happens: Callable[[], None]) -> None:
        super().__init__()
        self._happens = happens

    def _reach(self, step: Step) -> None:
        if step == "look":
            self.put(PATH, OTHER)
            self._happens()


def publish_while(happens: Callable[[SimulatedLedger], None]) -> MemoryDestination:
    ledger = SimulatedLedger(World(0))
    ledger.event_ids["stage1"] = 1
    destination = Meanwhile(lambda: happens(ledger))
    try:
        publish(io.BytesIO(CONTENT), RECORD, destination=destination, ledger=ledger, step="upload", attempt="a1")
    finally:
        assert destination.files[PATH] == OTHER
    return destination


def test_what_another_run_publishes_meanwhile_is_no_strangers_file() -> None:
    def announce(ledger: SimulatedLedger) -> None:
        ledger.placements.append(Placement(1, 2, PATH, 1, len(OTHER), hashlib.sha256(OTHER).hexdigest(), "rows"))

    with pytest.raises(TransientError, match="Another run has published"):
        publish_while(announce)


def test_what_the_ledger_does_not_know_then_either_is_a_strangers_file() -> None:
    with pytest.raises(ForeignFileError):
        publish_while(lambda _: None)


def test_the_ledger_is_told_of_a_strangers_file() -> None:
    told: list[str] = []

    class Telling(SimulatedLedger):
        def record_refusal(self, record: FileRecord, step: str, attempt: str) -> None:
            told.append(f"{record.path} {step} {attempt}")

    ledger = Telling(World(0))
    ledger.event_ids["stage1"] = 1
    destination = Meanwhile(lambda: None)
    with pytest.raises(ForeignFileError):
        publish(io.BytesIO(CONTENT), RECORD, destination=destination, ledger=ledger, step="upload", attempt="a1")
    assert told == [f"{PATH} upload a1"]
