"""Limits per person and limits on concurrency. The store counts, so they apply across all API servers."""

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
    """At most ``limit`` times in ``seconds`` per person. ``subject``: the name of the limited action."""

    subject: str
    limit: int
    seconds: float

    def wait(self, name: str) -> int:
        """Count one use and return 0. Over the limit, count nothing and return the seconds to wait, at least 1.

        While the store cannot count, there is no limit, so that people can find out why the store fails.
        """
        try:
            permit = Permits(engine()).take(storable_text(f"{self.subject} by {name}"), self.limit, self.seconds)
        except ExportError as error:
            log.warning("%s are not counted: %s", self.subject, error)
            return 0
        return permit.wait_s


@dataclass(frozen=True)
class SharedSlots:
    """At most ``limit`` at once, over all people. A slot of a server that died is free after ``seconds``."""

    subject: str
    limit: int
    seconds: float

    @contextmanager
    def hold(self, what: str) -> Iterator[None]:
        """Hold one slot. Raises ``RequestRefusal`` (429, ``what``) if all of them are taken."""
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
