"""A destination that is used by so many at once, and no more, whichever machine they are on."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import BinaryIO

from export_jobs.delivery.destination import Destination, Fence, Receipt, Target


class LimitedDestination:
    """Waits for a place before each login. ``place`` gives it back when its block ends."""

    def __init__(self, destination: Destination, place: Callable[[], AbstractContextManager[None]]) -> None:
        self._destination = destination
        self._place = place

    def check(self) -> None:
        """See ``Destination.check``."""
        with self._place():
            self._destination.check()

    def url(self, path: str) -> str:
        """See ``Destination.url``."""
        return self._destination.url(path)

    def deliver(self, source: BinaryIO, target: Target, fence: Fence) -> Receipt:
        """See ``Destination.deliver``."""
        with self._place():
            return self._destination.deliver(source, target, fence)
