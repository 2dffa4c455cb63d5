"""A destination with a limit on simultaneous logins, over all machines."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import BinaryIO

from export_jobs.delivery.destination import Destination, Fence, Receipt, Target


class LimitedDestination:
    """Waits for a login slot before each login. The slot of ``place`` is released when its block ends."""

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
