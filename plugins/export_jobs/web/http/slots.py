"""Limit concurrent requests per person, so that nobody takes every thread of Airflow's API server."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from export_jobs.web.http.error_responses import RequestRefusal

SLOTS_PER_PERSON = 4


class Slots:
    """At most ``limit`` at once per name."""

    def __init__(self, limit: int = SLOTS_PER_PERSON) -> None:
        self._limit = limit
        self._lock = Lock()
        self._held: Counter[str] = Counter()

    @contextmanager
    def hold(self, name: str) -> Iterator[None]:
        """Hold one slot. Raises ``RequestRefusal`` (429) if all of them are taken."""
        with self._lock:
            if self._held[name] >= self._limit:
                what = f"{self._limit} of your requests are already in progress"
                raise RequestRefusal.because(429, what, "Wait until they are done, then try again")
            self._held[name] += 1
        try:
            yield
        finally:
            with self._lock:
                self._held[name] -= 1
                if not self._held[name]:
                    del self._held[name]


WRITES = Slots()
