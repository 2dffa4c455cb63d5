"""One action on a job at a time, from however many processes they come."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from export_jobs.store.action_lock import BusyError, action_lock
from tests.integration.store.samples import Store

pytestmark = pytest.mark.integration


def test_of_four_at_once_one_acts_and_three_are_told(store: Store) -> None:
    begun, judged = Barrier(4, timeout=30), Barrier(4, timeout=30)

    def act(_: int) -> str:
        begun.wait()
        try:
            with action_lock(store.engine, 7, "weekly"):
                judged.wait()
                return "acted"
        except BusyError as error:
            judged.wait()
            return error.what

    with ThreadPoolExecutor(max_workers=4) as threads:
        outcomes = sorted(threads.map(act, range(4)))
    assert outcomes.count("acted") == 1
    assert sum("weekly" in outcome for outcome in outcomes) == 3


def test_other_jobs_are_free_and_the_lock_ends_with_the_action(store: Store) -> None:
    with action_lock(store.engine, 7, "weekly"), action_lock(store.engine, 8, "daily"):
        pass
    with action_lock(store.engine, 7, "weekly"):
        pass
