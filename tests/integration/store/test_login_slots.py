"""At most so many logins at once, over all machines; a place whose holder dies is free again."""

from __future__ import annotations

import threading

import pytest

from export_jobs.errors import TransientError
from export_jobs.store.executions.login_slots import login_slot
from tests.integration.store.samples import Store

pytestmark = pytest.mark.integration


def test_there_are_as_many_places_as_the_destination_says(store: Store) -> None:
    with login_slot(store.engine, "partner", 2, 0), login_slot(store.engine, "partner", 2, 0):
        third = login_slot(store.engine, "partner", 2, 0)
        with pytest.raises(TransientError, match="All 2 logins that the destination 'partner' may have at once"), third:
            pass
        with login_slot(store.engine, "other", 1, 0):
            pass
    with login_slot(store.engine, "partner", 1, 0):
        pass


def test_who_waits_gets_the_place_that_is_freed(store: Store) -> None:
    taken, done = threading.Event(), threading.Event()

    def hold() -> None:
        with login_slot(store.engine, "partner", 1, 0):
            taken.set()
            done.wait(20)

    thread = threading.Thread(target=hold)
    thread.start()
    assert taken.wait(20)
    threading.Timer(0.3, done.set).start()
    with login_slot(store.engine, "partner", 1, 20):
        pass
    thread.join()


def test_a_session_that_is_gone_holds_no_place(store: Store) -> None:
    with login_slot(store.engine, "partner", 1, 0):
        store.hand(
            """SELECT pg_terminate_backend(l.pid) FROM pg_locks l
            WHERE l.locktype = 'advisory' AND l.classid = 5739202 AND l.pid <> pg_backend_pid()"""
        )
        with login_slot(store.engine, "partner", 1, 20):
            pass


def test_a_machine_that_goes_without_a_word_holds_no_place_for_hours(store: Store) -> None:
    """The server finds out by itself: nothing is sent over that session while a file is uploaded."""
    asked = "SELECT reset_val::integer FROM pg_settings WHERE starts_with(name, 'tcp_keepalives_') ORDER BY name"
    with store.engine.connect() as connection:  # what holds for a session over TCP; here it is a socket of this machine
        count, idle, interval = connection.exec_driver_sql(asked).scalars()
    assert 0 < idle + interval * count <= 60
