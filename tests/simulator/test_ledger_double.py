"""The simulator's ledger answers as the real one does, word for word, to any sequence of calls."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any

import pytest

from export_jobs.errors import ExportError
from export_jobs.store.database.engine import create_store_engine
from export_jobs.store.executions.fence import FileRecord
from export_jobs.store.executions.records import DeliveryRecord, Execution
from export_jobs.store.ledger import Ledger
from export_jobs.store.stored_job import StoredJob
from tests.integration.store.conftest import database, empty_store, job, store
from tests.integration.store.samples import Store, delivery, publication
from tests.simulator.ledger import SimulatedLedger
from tests.simulator.world import World

__all__ = ["database", "empty_store", "job", "store"]

pytestmark = pytest.mark.integration

ATTEMPTS = ("a1", "a2", "a3")
SEQUENCES = 25
CALLS = 30


class Interrupted(Exception):  # noqa: N818  no error of the code: the process dies here
    """What happens within a fence."""


class Pair:
    """The real ledger and the double, asked the same."""

    def __init__(self, store: Store, executions: list[Execution]) -> None:
        self.real = store.ledger
        self.double = SimulatedLedger(World(0))
        self.executions = executions
        # The double counts them from 1 as the store does not.
        self.numbers = {execution.id: number for number, execution in enumerate(executions, 1)}

    def start(self, execution: Execution, template: str, step: str, attempt: str) -> str:
        said: dict[str, Any] = {"step": step, "template": template or None, "attempt": attempt}
        return self._both(
            lambda: self.real.record_event(execution.id, "started", **said),
            lambda: self.double.start(self.numbers[execution.id], template, step, attempt),
        )

    def claim(self, execution: Execution, template: str, step: str, attempt: str) -> str:
        return self._both(
            lambda: self.real.claim(execution.id, template, step, attempt),
            lambda: self.double.claim(self.numbers[execution.id], template, step, attempt),
        )

    def require(self, execution: Execution, template: str, step: str, attempt: str) -> str:
        return self._both(
            lambda: self.real.require_current(execution.id, template, step, attempt),
            lambda: self.double.require_current(self.numbers[execution.id], template, step, attempt),
        )

    def known(self, execution: Execution, path: str) -> str:
        return self._both(
            lambda: {(one.bytes, one.sha256) for one in self.real.known_files(execution.id, path)},
            lambda: {(one.bytes, one.sha256) for one in self.double.known_files(self.numbers[execution.id], path)},
        )

    def fence(self, execution: Execution, record: FileRecord, step: str, attempt: str, *, dies: bool) -> str:
        def enter(ledger: Any, number: int) -> object:
            same = _with_execution(record, number)
            is_delivery = isinstance(record, DeliveryRecord)
            with (ledger.fence_delivery if is_delivery else ledger.fence_publication)(same, step, attempt):
                if dies:
                    raise Interrupted
            return _revision(ledger, same) if is_delivery else None

        return self._both(
            lambda: enter(self.real, execution.id), lambda: enter(self.double, self.numbers[execution.id])
        )

    def _both(self, real: Callable[[], object], double: Callable[[], object]) -> str:
        answers = [_answer(real), _answer(double)]
        assert answers[0] == answers[1]
        return answers[0]


def _with_execution(record: FileRecord, number: int) -> FileRecord:
    values = {**record.__dict__, "execution_id": number}
    return type(record)(**values)


def _revision(ledger: Any, record: FileRecord) -> int:
    assert isinstance(record, DeliveryRecord)
    found = ledger.delivery(record.execution_id, record.template, record.stage)
    return int(found.revision if isinstance(ledger, Ledger) else found[1])


def _answer(call: Callable[[], object]) -> str:
    try:
        return repr(call())
    except Interrupted:
        return "died"
    except ExportError as error:
        return type(error).__name__


@pytest.mark.parametrize("seed", range(SEQUENCES))
def test_the_double_answers_as_the_store(store: Store, job: StoredJob, seed: int) -> None:
    random = Random(seed)
    pair = Pair(store, [store.run(job), store.run(job, run_id="manual", run_type="manual")])
    seen = set()
    stages: list[str] = []
    for _ in range(CALLS):
        execution = random.choice(pair.executions)
        template, step = random.choice((("rows", "upload"), ("", "publish_manifest")))
        attempt = f"{step}-{random.choice(ATTEMPTS)}"  # no attempt is one of two steps
        act = random.choice(("start", "claim", "claim", "fence", "fence", "fence", "require", "known", "extract"))
        if act == "extract":
            stages.append(f"stage-{len(stages)}")
            seen.add(pair.start(execution, "", "extract", stages[-1]))
        elif act == "fence" and stages:
            stage, sha256 = random.choice(stages), random.choice("ab")
            made: FileRecord = publication(execution, stage=stage, sha256=sha256)
            if step == "upload":
                made = delivery(execution, stage=stage, sha256=sha256, attempt=attempt)
            seen.add(pair.fence(execution, made, step, attempt, dies=random.random() < 0.3))
        elif act == "known":
            pair.known(execution, delivery(execution).path)
        elif act in {"start", "claim", "require"}:
            seen.add(getattr(pair, act)(execution, template, step, attempt))
    assert len(seen) > 1, "a sequence in which nothing happens proves nothing"


def test_both_let_nobody_claim_what_is_fenced(store: Store, job: StoredJob, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("export_jobs.store.database.engine.LOCK_TIMEOUT_MS", 200)
    execution = store.run(job)
    other = Ledger(create_store_engine(store.dsn))
    double = SimulatedLedger(World(0))
    for mine, theirs, number in ((store.ledger, other, execution.id), (double, double, 1)):
        double.event_ids["stage-1"] = 1
        mine.claim(number, "rows", "upload", "a1")
        record = _with_execution(delivery(execution), number)
        assert isinstance(record, DeliveryRecord)
        with mine.fence_delivery(record, "upload", "a1"):
            answer = _answer(partial(theirs.claim, number, "rows", "upload", "a2"))
        assert answer == "TransientError"
