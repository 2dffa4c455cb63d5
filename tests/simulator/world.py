"""Processes that take turns, one step at a time, as a seed decides; killed, frozen and woken between any two steps."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from greenlet import getcurrent, greenlet

STEP_S = 0.1


class KilledError(BaseException):
    """A process is gone. What it still does, such as cleaning up, has no effect any more."""


class BrokenPromise(Exception):  # noqa: N818  what the simulator looks for
    """One of the promises P1 to P3, or the safety of a foreign file, does not hold."""


class Process:
    """One attempt of one step. ``outcome`` is set when it has ended: a kind, and a value or an error."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.greenlet: greenlet
        self.is_dead = False
        self.is_frozen = False
        self.injected: Exception | None = None
        self.waits_until: float | None = None
        self.wanted_lock: object = None
        self.point = "begin"
        self.outcome: tuple[str, Any] | None = None


class World:
    """The clock, the processes, and who runs next."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.now = 0.0
        self.turn = 0
        self.alone_until = 0
        self.trap = ""  # where the next process that comes by is caught
        self.processes: list[Process] = []
        self.current: Process | None = None
        self.log: list[str] = []
        self._hub = getcurrent()

    def spawn(self, name: str, act: Callable[[], Any]) -> Process:
        """A new process; it begins when it is given its first turn."""
        process = Process(name)

        def run() -> None:
            try:
                process.outcome = ("success", act())
            except KilledError:
                process.outcome = ("killed", None)
            except BrokenPromise as broken:
                process.outcome = ("broken", broken)
            except Exception as error:
                process.outcome = (type(error).__name__, error)

        process.greenlet = greenlet(run, parent=self._hub)
        self.processes.append(process)
        return process

    def pause(self, point: str) -> None:
        """Where another process may have its turn, and where this one may be hit."""
        me = self.current
        if me is None:
            return
        if self.turn < self.alone_until and point != self.trap and me.injected is None and not me.is_dead:
            # Nobody else can move and nothing is to happen: the next turn is this one's, too.
            self.turn += 1
            self.now += STEP_S
            return
        if not me.is_dead:
            me.point = point
            self._hub.switch()
        if me.is_dead:
            raise KilledError
        if me.injected is not None and point != "discard":
            error, me.injected = me.injected, None
            raise error

    def give_turn(self, process: Process) -> None:
        """Let a process go on to its next pause."""
        self.turn += 1
        self.now += STEP_S
        self.current = process
        process.greenlet.switch()
        self.current = None
        if process.outcome is not None:
            self.processes.remove(process)
            self.log.append(f"{process.name}: {process.outcome[0]}")
            if process.outcome[0] == "broken":
                raise process.outcome[1]

    def kill(self, process: Process) -> None:
        """As SIGKILL: nothing that it still does has an effect."""
        process.is_dead = True
        process.is_frozen = False
        self.give_turn(process)

    def runnable(self) -> list[Process]:
        """Who could have the next turn."""
        return [one for one in self.processes if not one.is_frozen and one.waits_until is None]
