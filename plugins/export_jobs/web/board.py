"""All jobs with how they stand: definitions x ledger x Airflow, for the list and for a single job."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine

from export_jobs.core.window import Delivery
from export_jobs.store.overview import Overview, Pulse
from export_jobs.web import airflow_tables
from export_jobs.web.facts import Facts, FactsOfAll
from export_jobs.web.standing import Cause, JobState, standing
from export_jobs.web.state import Stamped

_FACTS = FactsOfAll()
_COMPLETE: dict[int, tuple[int, int | None]] = {}
"""Jobs of which everything is delivered, with their version and newest run; that stays true until either changes."""


@dataclass(slots=True)
class Standing:
    """One job as it stands. ``coming``: the next window that will be made, None for a job that is paused."""

    facts: Facts
    pulse: Pulse
    state: JobState
    cause: Cause
    is_paused: bool
    is_completed: bool
    coming: Delivery | None


@dataclass(frozen=True)
class Board:
    """The jobs of one moment. ``known``: the Dags that Airflow has parsed."""

    standings: list[Standing]
    known: frozenset[str]
    engine: Engine


def read_board(engine: Engine, stamped: Stamped, job_id: int | None = None) -> Board:
    """Every live job, or the one. Raises ``TransientError`` while the store is out of reach."""
    # Airflow first: a run that ends meanwhile is shown as running still, never as failed.
    running = airflow_tables.dags_in_progress()
    paused = airflow_tables.paused_dags()
    overview = Overview(engine)
    pulses = overview.pulses(job_id)
    facts = _FACTS.of(pulses, engine, stamped)
    now = datetime.now(UTC)
    standings = [
        _standing(facts[pulse.job_id], pulse, running, paused, now) for pulse in pulses if pulse.job_id in facts
    ]
    _mark_completed(standings, overview)
    return Board(standings, frozenset(paused), engine)


def _standing(facts: Facts, pulse: Pulse, running: set[str], paused: dict[str, bool], now: datetime) -> Standing:
    is_paused = not facts.enabled or paused.get(facts.dag_id, False)
    coming = None if is_paused else facts.coming(pulse.made_until)
    state, cause = standing(
        pulse,
        is_running=facts.dag_id in running,
        is_broken=bool(facts.fault),
        coming=coming,
        changed_at=facts.changed_at,
        now=now,
    )
    return Standing(facts, pulse, state, cause, is_paused, is_completed=False, coming=coming)


def _mark_completed(standings: list[Standing], overview: Overview) -> None:
    """No window is left to make, and every one that was made is delivered."""
    ended = [
        one
        for one in standings
        if one.facts.schedule is not None
        and one.state is not JobState.IN_PROGRESS
        and one.facts.coming(one.pulse.made_until) is None
    ]
    asked = [one for one in ended if _COMPLETE.get(one.facts.job_id) != _newest(one)]
    missing = overview.undelivered([one.facts.job_id for one in asked]) if asked else set()
    _COMPLETE.update({one.facts.job_id: _newest(one) for one in asked if one.facts.job_id not in missing})
    for one in ended:
        one.is_completed = one.facts.job_id not in missing


def _newest(one: Standing) -> tuple[int, int | None]:
    return one.facts.version, one.pulse.execution_id
