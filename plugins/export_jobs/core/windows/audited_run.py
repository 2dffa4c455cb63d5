"""A run of Airflow with the ledger's word on it, and what one can tell of that run alone. Pure."""

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
    """A run of Airflow with the ledger's word on it.

    ``window_delivered``: some run has delivered its window; ``delivered``: this one has. ``told``: the ledger holds
    that it failed, so its owner has been mailed. ``last_event``: when one of its tasks last said something.
    """

    run: DagRunSummary
    window_delivered: bool = False
    delivered: bool = False
    told: bool = False
    last_event: datetime | None = None

    @property
    def is_green_without_delivery(self) -> bool:
        """Whether Airflow calls it a success and nobody has delivered its window."""
        return self.run.state == "success" and self.run.window is not None and not self.window_delivered

    @property
    def has_failed_in_silence(self) -> bool:
        """Whether it has failed, nobody has delivered its window, and nobody was told."""
        is_failed = self.run.state == "failed" and self.run.window is not None
        return is_failed and not self.window_delivered and not self.told

    def waits_for_future(self, now: datetime) -> bool:
        """Airflow may call such a run running: it starts no task of one whose logical date is yet to come."""
        return self.run.state in ACTIVE and any(moment > now + _CLOCKS_DIFFER for moment in self._moments)

    def is_turned(self, now: datetime) -> bool:
        """Whether its data interval ends before it begins; told for a day after it has ended."""
        first, last = self.run.data_interval_start, self.run.data_interval_end
        return bool(first and last and first >= last) and (self.run.end is None or now - self.run.end < _REVERSED_FOR)

    def is_silent(self, now: datetime, patience: timedelta) -> bool:
        """Whether it is under way, could be at work, and has said nothing for longer than ``patience``."""
        if self.run.state not in ACTIVE or self.waits_for_future(now):
            return False
        return self.last_sign is not None and now - self.last_sign > patience

    @property
    def begun(self) -> datetime | None:
        """When it was last made, cleared or started.

        The time after which it may run is none of these: that of a run that catches up is long past.
        """
        known = [moment for moment in (self.run.start, self.run.queued_at) if moment is not None]
        return max(known, default=self.run.run_after)

    @property
    def last_sign(self) -> datetime | None:
        """When it last said something, or was made or cleared: events before a rerun are of the runs before it."""
        return max((moment for moment in (self.last_event, self.begun) if moment is not None), default=None)

    def takes_boundary(self, first: ScheduledWindow) -> bool:
        """Whether somebody has given it the logical date that the schedule needs for ``first``."""
        return self.run.run_type != "scheduled" and self.run.logical_date == first.window.start

    @property
    def waits_until(self) -> str:
        """The instant before which Airflow starts nothing of it."""
        return max(self._moments).isoformat() if self._moments else "an unknown time"

    @property
    def _moments(self) -> list[datetime]:
        return [moment for moment in (self.run.run_after, self.run.logical_date) if moment is not None]
