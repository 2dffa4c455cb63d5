"""All jobs with how they stand: definitions x ledger x Airflow, for the list and for a single job."""

from __future__ import annotations

import time
from dataclasses import dataclass
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine

from export_jobs.core.windows.window import Delivery
from export_jobs.store.executions.overview import Overview, Pulse
from export_jobs.web.airflow import tables as airflow_tables
from export_jobs.web.http.state import Stamped
from export_jobs.web.jobs.facts import Facts, FactsOfAll
from export_jobs.web.jobs.standing import standing
from export_jobs.web.models.job_state import Cause, JobState


@dataclass(frozen=True, slots=True)
class Standing:
    """One job as it stands."""

    facts: Facts
    pulse: Pulse
    state: JobState
    cause: Cause
    is_paused: bool
    is_completed: bool

    @property
    def coming(self) -> Delivery | None:
        """The next window that will be made; None for a job that is paused, too."""
        return None if self.is_paused else self.facts.coming(self.pulse.made_until)


@dataclass(frozen=True)
class _Moment:
    """What is true of all jobs when the board is read: ids of Dags, ids of jobs, seconds since 1970."""

    running: set[str]
    paused: set[str]
    completed: set[int]
    now: float


class Board:
    """The jobs of one store. One of these a process, since it keeps what did not change since it was last asked.

    What is kept is never changed, only replaced: threads may read it at once. Making ten thousand objects for every
    answer would send Python's garbage collector through all of Airflow at every other one.
    """

    def __init__(self, engine: Engine) -> None:
        self._overview = Overview(engine)
        self._facts = FactsOfAll(self._overview)
        self._held: dict[int, Standing] = {}
        self._complete: dict[int, tuple[int, int | None]] = {}

    def read(self, stamped: Stamped, job_id: int | None = None) -> list[Standing]:
        """Every live job, or the one. Raises ``TransientError`` while the store is out of reach."""
        # Airflow first: a run that ends meanwhile is shown as running still, never as failed.
        running = airflow_tables.dags_in_progress()
        paused = airflow_tables.paused_dags()
        pulses = [self._pulse(row) for row in self._overview.pulses(job_id)]
        facts = self._facts.of(pulses, stamped)
        present = [(facts[pulse.job_id], pulse) for pulse in pulses if pulse.job_id in facts]
        at = _Moment(running, paused, self._completed(present, running), time.time())
        return [self._standing(known, pulse, at) for known, pulse in present]

    def _pulse(self, row: tuple[Any, ...]) -> Pulse:
        held = self._held.get(row[0])
        return held.pulse if held is not None and held.pulse == row else Pulse._make(row)

    def _standing(self, facts: Facts, pulse: Pulse, at: _Moment) -> Standing:
        is_paused = not facts.enabled or facts.dag_id in at.paused
        state, cause = standing(
            pulse,
            is_running=facts.dag_id in at.running,
            is_broken=bool(facts.fault),
            due=None if is_paused else facts.due(pulse.made_until),
            changed_at=facts.changed,
            now=at.now,
        )
        is_completed = pulse.job_id in at.completed
        held = self._held.get(pulse.job_id)
        if (
            held is not None
            and held.facts is facts
            and held.pulse is pulse
            and (held.state, held.cause, held.is_paused, held.is_completed) == (state, cause, is_paused, is_completed)
        ):
            return held
        made = Standing(facts, pulse, state, cause, is_paused, is_completed)
        self._held[pulse.job_id] = made
        return made

    def _completed(self, present: list[tuple[Facts, Pulse]], running: set[str]) -> set[int]:
        """No window is left to make, and every one that was made is delivered; that stays true until a new run."""
        ended = {
            facts.job_id: (facts.version, pulse.execution_id)
            for facts, pulse in present
            if facts.schedule is not None and facts.due(pulse.made_until) is None and facts.dag_id not in running
        }
        asked = [job_id for job_id, newest in ended.items() if self._complete.get(job_id) != newest]
        missing = self._overview.undelivered(asked) if asked else set()
        self._complete.update({job_id: ended[job_id] for job_id in asked if job_id not in missing})
        return ended.keys() - missing


_LOCK = Lock()
_BOARDS: WeakKeyDictionary[Engine, Board] = WeakKeyDictionary()


def board_of(engine: Engine) -> Board:
    """This process's board of a store."""
    with _LOCK:
        return _BOARDS.get(engine) or _BOARDS.setdefault(engine, Board(engine))
