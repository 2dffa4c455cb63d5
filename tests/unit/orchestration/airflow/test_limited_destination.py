"""A place is taken for each login, and given back whatever comes of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from export_jobs.delivery.memory import MemoryDestination
from export_jobs.errors import TerminalError
from export_jobs.orchestration.airflow.limited_destination import LimitedDestination
from tests.servers.sites import Lease, staged


def test_a_place_is_held_while_the_server_is_in_use_and_no_longer() -> None:
    memory = MemoryDestination()
    held: list[str] = []

    @contextmanager
    def place() -> Iterator[None]:
        held.append("taken")
        try:
            yield
        finally:
            held.append("given back")

    limited = LimitedDestination(memory, place)
    assert limited.url("a.zip") == memory.url("a.zip")
    assert held == [], "an address takes no login"
    limited.check()
    limited.deliver(*staged(b"content", "a.zip"), Lease().fence())
    assert memory.files == {"a.zip": b"content"}
    memory.fail_next(TerminalError("No login"), at="check")
    with pytest.raises(TerminalError, match="No login"):
        limited.check()
    assert held == ["taken", "given back"] * 3
