"""A run of Airflow together with what the ledger knows about it, and what follows from that run alone. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from export_jobs.core.windows.rerun import DagRunSummary
from export_jobs.core.windows.window import ScheduledWindow

ACTIVE = {"queued", "running", "restarting"}
_CLOCKS_DIFFER = timedelta(minutes=1)
_REVERSED_FOR = timedelta(days=1)


@dataclass(frozen=True)
class AuditedRun:
    """A run of Airflow together with what the ledger knows about it.

    ``window_delivered``: some run has delivered its window; ``delivered``: this one has. ``owner_notified``: the
    ledger has its failure, so the owner has been mailed. ``last_event``: when one of its tasks last reported something.
    """

    run: DagRunSummary
    window_delivered: bool = False
    delivered: bool = False
    owner_notified: bool = False
    last_event: datetime | None = None

    @property
    def is_green_without_delivery(self) -> bool:
        """Whether Airflow reports success although no run has delivered its window."""
        return self.run.state == "success" and self.run.window is not None and not self.window_delivered

    @property
    def has_failed_unnoticed(self) -> bool:
        """Whether it has failed, no run has delivered its window, and nobody was notified."""
        is_failed = self.run.state == "failed" and self.run.window is not None
        return is_failed and not self.window_delivered and not self.owner_notified

    def waits_for_future(self, now: datetime) -> bool:
        """Whether it waits for a future logical date. Airflow may report it as running, but starts no task of it."""
        return self.run.state in ACTIVE and any(moment > now + _CLOCKS_DIFFER for moment in self._moments)

    def has_reversed_interval(self, now: datetime) -> bool:
        """Whether its data interval ends before it starts; reported for one day after the run has ended."""
        first, last = self.run.data_interval_start, self.run.data_interval_end
        return bool(first and last and first >= last) and (self.run.end is None or now - self.run.end < _REVERSED_FOR)

    def is_silent(self, now: datetime, patience: timedelta) -> bool:
        """Whether it is active, could be working, and has reported nothing for longer than ``patience``."""
        if self.run.state not in ACTIVE or self.waits_for_future(now):
            return False
        return self.last_sign is not None and now - self.last_sign > patience

    @property
    def last_start(self) -> datetime | None:
        """When it was last created, cleared or started.

        ``run_after`` is used only if neither is known: for a run that catches up it is long past.
        """
        known = [moment for moment in (self.run.start, self.run.queued_at) if moment is not None]
        return max(known, default=self.run.run_after)

    @property
    def last_sign(self) -> datetime | None:
        """When it last reported something, or was created or cleared; events before a rerun belong to earlier tries."""
        return max((moment for moment in (self.last_event, self.last_start) if moment is not None), default=None)

    def has_logical_date_of(self, first: ScheduledWindow) -> bool:
        """Whether it has been created by hand with the logical date that the schedule needs for ``first``."""
        return self.run.run_type != "scheduled" and self.run.logical_date == first.window.start

    @property
    def waits_until(self) -> str:
        """The instant before which Airflow starts none of its tasks."""
        return max(self._moments).isoformat() if self._moments else "an unknown time"

    @property
    def _moments(self) -> list[datetime]:
        return [moment for moment in (self.run.run_after, self.run.logical_date) if moment is not None]
