"""Several processes count together, and one that dies holds its permits no longer than it said."""

from __future__ import annotations

import multiprocessing
import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from export_jobs.store.database.engine import create_store_engine
from export_jobs.store.findings.permits import Permit, Permits
from tests.integration.store.samples import Store

pytestmark = pytest.mark.integration


def take_and_die(dsn: dict[str, Any], times: int, seconds: float) -> None:
    """What a server does that is killed in the midst of its work."""
    permits = Permits(create_store_engine(dsn))
    for _ in range(times):
        assert permits.take("previews", 5, seconds).id
    os._exit(7)


def another_process_takes(store: Store, times: int, seconds: float) -> None:
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=take_and_die, args=(store.dsn, times, seconds))
    process.start()
    process.join(60)
    assert process.exitcode == 7


def test_two_processes_have_the_permits_of_one(store: Store) -> None:
    permits = Permits(store.engine)
    another_process_takes(store, 3, 600)
    taken = [permits.take("previews", 5, 600) for _ in range(3)]
    assert [bool(permit.id) for permit in taken] == [True, True, False]
    assert 1 <= taken[2].wait_s <= 600
    assert permits.take("look-ups", 1, 600).id, "each subject has its own"
    permits.give_back(taken[0])
    assert permits.take("previews", 5, 600).id


def test_what_a_dead_process_held_ends_by_itself(store: Store) -> None:
    another_process_takes(store, 5, 600)
    permits = Permits(store.engine)
    assert permits.take("previews", 5, 600).id is None
    store.hand("UPDATE export_jobs.permit SET taken_at = taken_at - interval '1 h', ends_at = ends_at - interval '1 h'")
    assert permits.take("previews", 5, 600).id
    assert store.hand("SELECT count(*) FROM export_jobs.permit") == [(1,)], "what has ended is forgotten"


def test_no_more_are_given_than_there_are_to_many_at_once(store: Store) -> None:
    permits = Permits(store.engine)

    def take(_: int) -> Permit:
        return permits.take("previews", 5, 600)

    with ThreadPoolExecutor(8) as threads:
        assert sum(permit.id is not None for permit in threads.map(take, range(40))) == 5


def test_no_lock_outlives_the_taking(store: Store) -> None:
    assert Permits(store.engine).take("previews", 1, 600).id
    locks = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = 5739203"
    assert store.hand(locks) == [(0,)]
