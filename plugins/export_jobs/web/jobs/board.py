"""All jobs with how they stand: definitions x ledger x Airflow, for the list and for a single job."""

from __future__ import annotations

import time
from dataclasses import dataclass
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine

from export_jobs.core.windows.window import Delivery
from export_jobs.store.overview import JobOverview, JobProgress
from export_jobs.web.airflow import tables as airflow_tables
from export_jobs.web.http.state import Stamped
from export_jobs.web.jobs.facts import Facts, FactsOfAll
from export_jobs.web.jobs.standing import standing
from export_jobs.web.models.job_state import Cause, JobState


@dataclass(frozen=True, slots=True)
class Standing:
    """One job as it stands."""

    facts: Facts
    progress: JobProgress
    state: JobState
    cause: Cause
    is_paused: bool
    is_completed: bool

    @property
    def coming(self) -> Delivery | None:
        """The next window that will be made; None for a job that is paused, too."""
        return None if self.is_paused else self.facts.coming(self.progress.made_until)


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
        self._overview = JobOverview(engine)
        self._facts = FactsOfAll(self._overview)
        self._held: dict[int, Standing] = {}
        self._complete: dict[int, tuple[int, int | None]] = {}

    def read(self, stamped: Stamped, job_id: int | None = None) -> list[Standing]:
        """Every live job, or the one. Raises ``TransientError`` while the store is out of reach."""
        # Airflow first: a run that ends meanwhile is shown as running still, never as failed.
        running = airflow_tables.dags_in_progress()
        paused = airflow_tables.paused_dags()
        progress_rows = [self._progress(row) for row in self._overview.progress_rows(job_id)]
        facts = self._facts.of(progress_rows, stamped)
        present = [(facts[progress.job_id], progress) for progress in progress_rows if progress.job_id in facts]
        at = _Moment(running, paused, self._completed(present, running), time.time())
        return [self._standing(known, progress, at) for known, progress in present]

    def _progress(self, row: tuple[Any, ...]) -> JobProgress:
        held = self._held.get(row[0])
        return held.progress if held is not None and held.progress == row else JobProgress._make(row)

    def _standing(self, facts: Facts, progress: JobProgress, at: _Moment) -> Standing:
        is_paused = not facts.enabled or facts.dag_id in at.paused
        state, cause = standing(
            progress,
            is_running=facts.dag_id in at.running,
            is_broken=bool(facts.fault),
            due=None if is_paused else facts.due(progress.made_until),
            changed_at=facts.changed,
            now=at.now,
        )
        is_completed = progress.job_id in at.completed
        held = self._held.get(progress.job_id)
        if (
            held is not None
            and held.facts is facts
            and held.progress is progress
            and (held.state, held.cause, held.is_paused, held.is_completed) == (state, cause, is_paused, is_completed)
        ):
            return held
        made = Standing(facts, progress, state, cause, is_paused, is_completed)
        self._held[progress.job_id] = made
        return made

    def _completed(self, present: list[tuple[Facts, JobProgress]], running: set[str]) -> set[int]:
        """No window is left to make, and every one that was made is delivered; that stays true until a new run."""
        ended = {
            facts.job_id: (facts.version, progress.execution_id)
            for facts, progress in present
            if facts.schedule is not None and facts.due(progress.made_until) is None and facts.dag_id not in running
        }
        asked = [job_id for job_id, newest in ended.items() if self._complete.get(job_id) != newest]
        missing = self._overview.with_undelivered_windows(asked) if asked else set()
        self._complete.update({job_id: ended[job_id] for job_id in asked if job_id not in missing})
        return ended.keys() - missing


_LOCK = Lock()
_BOARDS: WeakKeyDictionary[Engine, Board] = WeakKeyDictionary()


def board_of(engine: Engine) -> Board:
    """This process's board of a store."""
    with _LOCK:
        return _BOARDS.get(engine) or _BOARDS.setdefault(engine, Board(engine))
