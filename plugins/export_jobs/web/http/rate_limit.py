"""How often somebody may do something. It is kept in this process: with several API servers each counts for itself."""

from __future__ import annotations

import math
import time
from collections import deque
from threading import Lock


class RateLimit:
    """At most ``limit`` times in ``seconds`` for each name."""

    def __init__(self, limit: int, seconds: float) -> None:
        self._limit, self._seconds = limit, seconds
        self._lock = Lock()
        self._times: dict[str, deque[float]] = {}

    def wait(self, name: str, now: float | None = None) -> int:
        """Count one time and return 0; or count nothing and return how many seconds are to be waited, at least 1."""
        moment = time.monotonic() if now is None else now
        with self._lock:
            self._forget(moment - self._seconds)
            times = self._times.setdefault(name, deque())
            if len(times) >= self._limit:
                return max(1, math.ceil(times[0] + self._seconds - moment))
            times.append(moment)
            return 0

    def _forget(self, before: float) -> None:
        for name in list(self._times):
            times = self._times[name]
            while times and times[0] <= before:
                times.popleft()
            if not times:
                del self._times[name]
