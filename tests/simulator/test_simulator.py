"""Whatever is killed, frozen, woken, cut off or cleared, and whenever: P1 to P3 hold, and no foreign file is touched.

A failure names its seed: ``python -m tests.simulator --seed 4711`` plays it once more; ``make simulate`` plays a
million of them.
"""

from __future__ import annotations

from collections import Counter

import pytest

from export_jobs.core.definitions.destination import DestinationOptions
from tests.simulator.mutants import DIRECT, IN_STEPS, MUTANTS, MUTANTS_OF_OPTIONS
from tests.simulator.mutants_of_parts import OF_PARTS, PARTS
from tests.simulator.simulation import Simulation, simulate
from tests.simulator.world import BrokenPromise

CHUNK = 1_000
ENOUGH = 20_000
ENOUGH_IN_PARTS = 5_000
FIRST_SEEDS = {"let_a_lower_revision_win": 29_000}
"""Where to begin when a fault shows so seldom that all seeds before would take too long; found at 29,578."""


@pytest.mark.parametrize("first_seed", range(0, ENOUGH, CHUNK))
def test_every_promise_holds_in_every_interleaving(first_seed: int) -> None:
    for seed in range(first_seed, first_seed + CHUNK):
        simulate(seed)


@pytest.mark.parametrize("options", [DIRECT, IN_STEPS], ids=["direct", "remove then rename"])
@pytest.mark.parametrize("first_seed", range(0, ENOUGH, 5 * CHUNK))
def test_every_promise_holds_at_a_destination_of_looser_options(first_seed: int, options: DestinationOptions) -> None:
    for seed in range(first_seed, first_seed + 5 * CHUNK):
        simulate(seed, options)


@pytest.mark.parametrize("name", MUTANTS_OF_OPTIONS)
def test_a_planted_fault_is_found_where_the_options_are_looser(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plant, options = MUTANTS_OF_OPTIONS[name]
    plant(monkeypatch)
    with pytest.raises(BrokenPromise, match="seed"):
        for seed in range(ENOUGH):
            simulate(seed, options)


@pytest.mark.parametrize("first_seed", range(0, ENOUGH_IN_PARTS, CHUNK))
def test_every_promise_holds_of_parts(first_seed: int) -> None:
    for seed in range(first_seed, first_seed + CHUNK):
        simulate(seed, max_parts=PARTS)


@pytest.mark.parametrize("name", OF_PARTS)
def test_a_planted_fault_of_parts_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    OF_PARTS[name](monkeypatch)
    with pytest.raises(BrokenPromise, match="seed"):
        for seed in range(ENOUGH):
            simulate(seed, max_parts=PARTS)


@pytest.mark.parametrize("name", MUTANTS)
def test_a_planted_fault_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    MUTANTS[name](monkeypatch)
    with pytest.raises(BrokenPromise, match="seed"):
        for seed in range(FIRST_SEEDS.get(name, 0), FIRST_SEEDS.get(name, 0) + ENOUGH):
            simulate(seed)


def played(seed: int) -> list[str]:
    simulation = Simulation(seed)
    simulation.run()
    return simulation.world.log


def test_a_seed_is_the_same_interleaving_each_time() -> None:
    assert [played(seed) for seed in range(200)] == [played(seed) for seed in range(200)]


def test_who_can_move_alone_is_not_asked_each_time_and_nothing_changes_by_that(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = [played(seed) for seed in range(600)]
    monkeypatch.setattr(Simulation, "_alone_until", lambda *_: 0)
    assert quick == [played(seed) for seed in range(600)]


def test_the_faults_really_happen() -> None:
    """Else the promises would hold for want of trouble."""
    seen: Counter[str] = Counter()
    for seed in range(1_000):
        simulation = Simulation(seed)
        simulation.run()
        seen.update("caught" if "caught" in entry else entry.rpartition(" ")[2] for entry in simulation.world.log)
        seen[simulation.state] += 1
    for outcome in (
        "success",
        "failed",
        "TransientError",
        "TerminalError",
        "ForeignFileError",
        "SupersededError",
        "killed",
        "caught",
    ):
        assert seen[outcome] > 10, (outcome, seen)
