"""How often somebody may do something, and how many do so at once: over all API servers, since the store counts."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from export_jobs.core.base.text import storable_text
from export_jobs.errors import ExportError
from export_jobs.store.findings.permits import Permits
from export_jobs.web.http.dependencies import engine
from export_jobs.web.http.error_responses import RequestRefusal

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RateLimit:
    """At most ``limit`` times in ``seconds`` for each person; ``subject`` says of what."""

    subject: str
    limit: int
    seconds: float

    def wait(self, name: str) -> int:
        """Count one time and return 0; or count nothing and return how many seconds are to be waited, at least 1.

        While the store cannot count, nobody waits: who looks for the reason of that is to find it.
        """
        try:
            permit = Permits(engine()).take(storable_text(f"{self.subject} by {name}"), self.limit, self.seconds)
        except ExportError as error:
            log.warning("%s are not counted: %s", self.subject, error)
            return 0
        return permit.wait_s


@dataclass(frozen=True)
class SharedSlots:
    """At most ``limit`` at once, whoever asks. What a server that died has held is free after ``seconds``."""

    subject: str
    limit: int
    seconds: float

    @contextmanager
    def hold(self, what: str) -> Iterator[None]:
        """Hold one; raises ``RequestRefusal`` (429, ``what``) when all of them are taken."""
        permits = Permits(engine())
        permit = permits.take(self.subject, self.limit, self.seconds)
        if permit.id is None:
            raise RequestRefusal.because(429, what, "Try again in a few seconds")
        try:
            yield
        finally:
            try:
                permits.give_back(permit)
            except ExportError as error:
                log.warning("A slot for %s is free again after %d s only: %s", self.subject, self.seconds, error)
