"""One interleaving: a run of a job with its retries, clears and orphans, and what must hold whatever happens to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from export_jobs.core.definitions.destination import DestinationOptions
from export_jobs.errors import TerminalError, TransientError
from export_jobs.orchestration.run.publish import publish
from tests.simulator.job import FOREIGN, MANIFEST, SimulatedJob
from tests.simulator.world import BrokenPromise, Process, World

HEARTBEAT_S = 60.0
TRIES = 3
MAX_ROUNDS = 3
MAX_TURNS = 3000
STEPS = ("extract", "upload", "publish_manifest")
FAULTS = (
    "kill", "kill", "freeze", "freeze", "wake", "network", "network", "orphan", "orphan", "idle rename", "restart",
    "clock", "foreign", "clear", "change",
)  # fmt: skip
POINTS = (
    "start", "start", "started", "claim", "claim", "lock", "commit", "committed", "read", "write", "replace", "replace",
    "result", "ask", "look", "clean", "upload", "half", "half", "publish", "reply", "verify", "record", "discard",
)  # fmt: skip
"""Where a process can be caught, oftener where that seldom harms."""
AFTER_A_TRAP = ("clear", "clear", "change", "restart", "clock", "clock", "wake", "orphan", "kill")


class Simulation(SimulatedJob):
    """``run()`` plays the interleaving of a seed to its end; raises ``BrokenPromise``.

    ``max_parts``: the rows of a template are so many parts at most, and how many depends on the rows.
    """

    def __init__(
        self,
        seed: int,
        publish_file: Callable[..., None] = publish,
        options: DestinationOptions | None = None,
        max_parts: int = 1,
    ) -> None:
        super().__init__(World(seed), publish_file, options or DestinationOptions(), max_parts)
        self.hits = 0
        self.world.trap, self.skip = "", 0
        # Airflow's view of the run.
        self.round, self.step, self.tries = 1, 0, 0
        self.attempt: Process | None = None
        self.silent_since: float | None = None
        self._attempts = 0

    def run(self) -> None:
        random = self.world.random
        hits = self._plan()
        world = self.world
        while world.turn < MAX_TURNS:
            self._airflow()
            self.ledger.expire()
            if self.state != "running" and not self.world.processes:
                self._final_promises()
                return
            if hits and world.turn >= hits[-1][0]:
                self._hit(hits.pop()[1])
            runnable = self.world.runnable()
            if runnable:
                count = len(runnable)
                process = runnable[int(random.random() * count)] if count > 1 else runnable[0]
                world.alone_until = self._alone_until(process, hits) if count == 1 else 0
                world.give_turn(process)
                if process.point == self.world.trap and process.outcome is None:
                    self._spring_trap(process)
            elif hits and random.random() < 0.5:
                self._hit(hits.pop()[1])  # while all are frozen, or wait
            elif self.state != "running" or self.attempt is not None:
                self._pass_time()
        raise BrokenPromise(f"P1: the run has not ended after {MAX_TURNS} turns")

    def _alone_until(self, process: Process, hits: list[tuple[int, str]]) -> int:
        """The turn until which nothing but ``process`` can move, so that nobody need be asked who is next."""
        if self.state == "running" and (process is not self.attempt or self.silent_since is not None):
            return 0  # Airflow may begin another attempt
        if any(one.owner is not process or self.ledger.is_too_silent(one) for one in self.ledger.open):
            return 0  # the store may lose patience
        if any(one is not process and not one.is_frozen for one in self.world.processes):
            return 0  # another waits for a lock of this one's
        return hits[-1][0] if hits else MAX_TURNS

    def _plan(self) -> list[tuple[int, str]]:
        """Faults by turn, the last one first; and in most seeds a trap or two, for what needs an exact moment."""
        random = self.world.random
        hits = [(random.randrange(90), random.choice(FAULTS)) for _ in range(random.randint(0, 4))]
        if random.random() < 0.75:
            self._set_trap()
            hits += [(random.randrange(20, 200), fault) for fault in random.sample(AFTER_A_TRAP, random.randint(1, 3))]
        return sorted(hits, reverse=True)

    def _set_trap(self) -> None:
        random = self.world.random
        self.world.trap, self.skip = random.choice(POINTS), random.choice((0, 0, 0, 1, 2))

    def _spring_trap(self, process: Process) -> None:
        """Freeze a process at a point of its work, or kill it there."""
        if self.skip > 0:
            self.skip -= 1
            return
        self.hits += 1
        self.world.trap = ""
        self.world.log.append(f"{self.world.now:.1f} {process.name} is caught at {process.point}")
        self._hit_process("kill" if self.world.random.random() < 0.2 else "freeze", process)
        if self.world.random.random() < 0.5:
            self._set_trap()

    # Airflow ---------------------------------------------------------------------------------------------------------
    def _airflow(self) -> None:
        attempt = self.attempt
        if attempt is not None and attempt.outcome is None and not attempt.is_frozen and self.silent_since is None:
            return
        if self.state != "running":
            return
        if attempt is None:
            self._start_attempt()
        elif attempt.outcome is not None:
            self._ended(*attempt.outcome)
        elif attempt.is_frozen or self.silent_since is not None:
            self.silent_since = self.world.now if self.silent_since is None else self.silent_since
            if self.world.now - self.silent_since > HEARTBEAT_S:
                self._try_again()  # the silent one may be alive, and go on

    def _start_attempt(self) -> None:
        self.tries += 1
        self._attempts += 1
        step, name = STEPS[self.step], f"a{self._attempts}"
        execution_id = self.execution_id
        act = {"extract": self._extract, "upload": self._upload, "publish_manifest": self._publish_manifest}[step]
        results = dict(self.results)
        self.silent_since = None
        self.attempt = self.world.spawn(f"{step} {name}", lambda: act(execution_id, name, results))

    def _ended(self, kind: str, value: Any) -> None:
        self.attempt = None
        if kind == "success":
            self.results[STEPS[self.step]] = value
            self.step, self.tries = self.step + 1, 0
            if self.step == len(STEPS):
                self._run_ended("success")
        elif kind in {"TransientError", "killed"}:
            self._try_again()
        else:
            if not isinstance(value, TerminalError):
                raise BrokenPromise(f"an unexpected {kind}: {value}")
            if "already exists" in str(value) and not self.foreign_paths and not self._stands_in_part():
                raise BrokenPromise(f"P1: our own file is treated as a foreign file: {value}")
            self._run_ended("failed")

    def _stands_in_part(self) -> bool:
        """Without temporary names, a killed attempt leaves a part; of other rows than today's it cannot be known."""
        return self.options.publish == "direct" and bool(self.destination.parts)

    def _try_again(self) -> None:
        self.attempt = None
        if self.tries >= TRIES:
            self._run_ended("failed")

    def _run_ended(self, state: str) -> None:
        self.state = state
        if state == "failed" and not self.hits:
            raise BrokenPromise("P1: a run failed although nothing happened to it")
        if self.round < MAX_ROUNDS and self.world.random.random() < (0.7 if state == "failed" else 0.3):
            self._begin_round()

    def _begin_round(self) -> None:
        """Somebody clears the run, or exports the window once more by another run; orphans may still be alive."""
        self.round += 1
        if self.world.random.random() < 0.5:
            self.execution_id += 1
        if self.world.random.random() < 0.6:
            self.rows = b"rows %03d" % (self.round * 10)
        self.step, self.tries, self.results, self.attempt, self.state = 0, 0, {}, None, "running"

    # Faults ----------------------------------------------------------------------------------------------------------
    def _hit(self, fault: str) -> None:
        self.hits += 1
        random, alive = self.world.random, self.world.processes
        self.world.log.append(f"{self.world.now:.1f} {fault}")
        if fault == "restart":
            self.ledger.restart()
        elif fault == "clock":
            self.world.now += random.choice((10.0, 70.0, 130.0))
            self._wake_waiting()
        elif fault == "idle rename":
            self.destination.next_rename_is_idle = True
        elif fault == "change":
            self.rows = b"rows %03d" % (100 + self.hits)
        elif fault == "foreign":
            self._put_foreign(random.choice((*self.paths, MANIFEST)))
        elif fault == "clear":
            if self.state != "failed" and self.round < MAX_ROUNDS:
                self._begin_round()
        elif alive:
            self._hit_process(fault, alive[random.randrange(len(alive))])

    def _hit_process(self, fault: str, process: Process) -> None:
        if fault == "kill":
            self.ledger.disconnect(process)
            self.world.kill(process)
        elif fault == "freeze":
            process.is_frozen = True
        elif fault == "wake":
            for one in self.world.processes:
                one.is_frozen = False
        elif fault == "network":
            process.injected = TransientError("The connection was lost")
        elif fault == "orphan" and process is self.attempt:
            self._try_again()

    def _put_foreign(self, path: str) -> None:
        if path not in self.destination.files:
            self.destination.put(path, FOREIGN)
            self.foreign_paths.add(path)

    def _pass_time(self) -> None:
        """Nobody can move: go to the next moment at which something ends by itself, or wake whoever sleeps."""
        moments = [one.waits_until for one in self.world.processes if one.waits_until is not None]
        deadline = self.ledger.next_deadline()
        moments += [deadline] if deadline is not None else []
        if self.state == "running" and self.silent_since is not None:
            moments.append(self.silent_since + HEARTBEAT_S + 1)
        later = [moment for moment in moments if moment > self.world.now]
        if later:
            self.world.now = min(later)
            self._wake_waiting()
            return
        for process in self.world.processes:
            process.is_frozen = False

    def _wake_waiting(self) -> None:
        for process in self.world.processes:
            if process.waits_until is not None and self.world.now >= process.waits_until:
                process.waits_until = None


def simulate(seed: int, options: DestinationOptions | None = None, max_parts: int = 1) -> None:
    """Play one interleaving; raises ``BrokenPromise`` with its seed."""
    simulation = Simulation(seed, options=options, max_parts=max_parts)
    try:
        simulation.run()
    except BrokenPromise as broken:
        raise BrokenPromise(f"seed {seed}: {broken}\n  " + "\n  ".join(simulation.world.log)) from None
