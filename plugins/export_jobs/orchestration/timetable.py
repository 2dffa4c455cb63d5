"""The timetable of an export job: the run's data interval *is* the window of :mod:`export_jobs.core.windows.window`."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from airflow.timetables.base import DagRunInfo, DataInterval, Timetable

from export_jobs.core.definitions.job import Frequency, Schedule
from export_jobs.core.windows.schedule_text import schedule_summary, schedule_text
from export_jobs.core.windows.window import (
    Window,
    closed_at,
    last_complete_window,
    next_scheduled_window,
    scheduled_windows,
)

if TYPE_CHECKING:
    from airflow.timetables.base import TimeRestriction
    from airflow.utils.types import DagRunType
    from pendulum import DateTime

CLOCK_TOLERANCE = timedelta(minutes=1)
"""How much the clocks of two machines may differ before a time counts as in the future."""


_AUTOMATED = {"scheduled", "backfill"}
"""Types of runs after which Airflow's schedule continues; releases before 0.3.0 allowed backfills."""


class ExportTimetable(Timetable):
    """Windows of one job's schedule; after a window with a run, the next one starts at that window's end.

    ``paused`` creates no runs and loses none: after it is unset, the missing windows follow in order.
    ``later_s``: seconds by which each run starts later, so that not all jobs start at the same moment.
    """

    def __init__(self, schedule: Schedule, *, paused: bool = False, later_s: int = 0) -> None:
        self.schedule = schedule
        self.paused = paused
        self.later_s = later_s
        self.periodic = schedule.frequency is not Frequency.ONCE

    @property
    def summary(self) -> str:
        """The text that Airflow shows in its list."""
        return f"{schedule_summary(self.schedule)}{', paused' if self.paused else ''}"

    @property
    def description(self) -> str:
        """The text that Airflow shows beside the summary, the same as on our own page."""
        return schedule_text(self.schedule)

    def serialize(self) -> dict[str, Any]:
        """Return the schedule as JSON; the same rows give the same bytes."""
        return {
            "schedule": self.schedule.model_dump(mode="json", by_alias=True, exclude_defaults=True),
            "paused": self.paused,
            **({"later_s": self.later_s} if self.later_s else {}),
        }

    @classmethod
    def deserialize(cls, data: dict[str, Any]) -> Timetable:
        """Decode equal text once: Airflow decodes a timetable a dozen times a parse (PERF: halves the sync)."""
        return _decode(json.dumps(data, sort_keys=True))

    def next_dagrun_info(
        self, *, last_automated_data_interval: DataInterval | None, restriction: TimeRestriction
    ) -> DagRunInfo | None:
        """Return the run of the window after the last one; ``catchup`` is ignored, because no day may be lost."""
        if self.paused:
            return None
        after = last_automated_data_interval.end if last_automated_data_interval else None
        scheduled = next_scheduled_window(self.schedule, after)
        while scheduled and after is None and restriction.earliest and scheduled.window.start < restriction.earliest:
            # Reached only by a backfill of a part of the schedule: the Dag's start date is before every window.
            scheduled = next_scheduled_window(self.schedule, scheduled.window.end)
        if scheduled is None or (restriction.latest and scheduled.window.start > restriction.latest):
            return None
        return DagRunInfo(
            run_after=_to_pendulum(scheduled.due + timedelta(seconds=self.later_s)),
            data_interval=DataInterval(_to_pendulum(scheduled.window.start), _to_pendulum(scheduled.window.end)),
        )

    def next_dagrun_info_v2(
        self, *, last_dagrun_info: DagRunInfo | None, restriction: TimeRestriction
    ) -> DagRunInfo | None:
        """Return ``next_dagrun_info``; skip a logical date that a manual run has taken, but not its window.

        Airflow creates one run for each logical date. It would look for the run of that date forever, find the manual
        run, and never create another window's run.
        """
        if not isinstance(last_dagrun_info, _OtherDate):
            return super().next_dagrun_info_v2(last_dagrun_info=last_dagrun_info, restriction=restriction)
        start = last_dagrun_info.date.replace(microsecond=0)  # windows begin on whole seconds
        info = self.next_dagrun_info(last_automated_data_interval=DataInterval(start, start), restriction=restriction)
        return _OtherDate.of(info, last_dagrun_info.date + timedelta(microseconds=1)) if info else None

    def run_info_from_dag_run(self, *, dag_run: Any) -> DagRunInfo:
        """Return the run that the next window follows; a manual run counts only if it took its logical date."""
        info = super().run_info_from_dag_run(dag_run=dag_run)
        return info if dag_run.run_type in _AUTOMATED else _OtherDate.of(info, dag_run.logical_date)

    def next_run_info_from_dag_model(self, *, dag_model: Any) -> DagRunInfo | None:
        """Return the next run as it was computed, with the logical date that it got then."""
        info = super().next_run_info_from_dag_model(dag_model=dag_model)
        if info is None or info.data_interval is None or dag_model.next_dagrun == info.data_interval.start:
            return info
        return _OtherDate.of(info, dag_model.next_dagrun)

    def generate_run_id(
        self, *, run_type: DagRunType, run_after: DateTime, data_interval: DataInterval | None, **extra: Any
    ) -> str:
        """Return the id of a new run. Airflow calls this before it creates a run, so bad manual runs are refused here.

        Raise ``ValueError`` (Airflow answers 400 with the sentence) for a manual run that could only fail, or that
        would block the schedule. A run with an id of its own is refused by its first task instead.
        """
        if run_type.value not in _AUTOMATED:
            now = datetime.now(UTC)
            if run_after > now + CLOCK_TOLERANCE:
                raise ValueError(
                    f"A run that waits until {run_after.isoformat()} would also block this job's windows, because a "
                    "job has one run at a time. Trigger it at the time when it should start."
                )
            if data_interval is not None and not self._is_closed(data_interval, now):
                raise ValueError(
                    f"There is no complete window from {data_interval.start.isoformat()} to "
                    f"{data_interval.end.isoformat()}: a window must end after it begins, and be over for as "
                    "long as the job waits for its data. Correct the interval, or wait."
                )
        return str(
            super().generate_run_id(run_type=run_type, run_after=run_after, data_interval=data_interval, **extra)
        )

    def infer_manual_data_interval(self, *, run_after: DateTime) -> DataInterval:
        """Return the last complete window, for a run without an interval of its own.

        Raise ``ValueError`` (Airflow answers 400 with the sentence) before the first window has ended, for a logical
        date that the schedule itself will need, and for a date in the future: Airflow starts no task of such a run,
        and creates no other run of the job meanwhile.
        """
        if run_after > datetime.now(UTC) + CLOCK_TOLERANCE:
            raise ValueError(
                f"The logical date {run_after.isoformat()} is in the future, and until then no window of this job "
                "would be exported. Leave the date as it is now."
            )
        if any(scheduled.window.start == run_after for scheduled in scheduled_windows(self.schedule)):
            raise ValueError(
                f"The logical date {run_after.isoformat()} is reserved for a scheduled run of this job. "
                "Leave the date as it is now, or give the data interval to export again with another logical date."
            )
        window = last_complete_window(self.schedule, run_after)
        if window is None:
            raise ValueError(
                f"At {run_after.isoformat()} no window of this job is complete yet; "
                f"its data begins on {self.schedule.valid_from}. Wait for the first window, or give a data interval."
            )
        return DataInterval(_to_pendulum(window.start), _to_pendulum(window.end))

    def _is_closed(self, interval: DataInterval, now: datetime) -> bool:
        is_window = interval.start < interval.end
        return is_window and closed_at(self.schedule, Window(interval.start, interval.end)) <= now


class _OtherDate(DagRunInfo):
    """A run whose logical date is not the start of its window."""

    date: DateTime

    @classmethod
    def of(cls, info: DagRunInfo, date: DateTime) -> _OtherDate:
        other = cls(*info)
        other.date = date
        return other

    @property
    def logical_date(self) -> DateTime:
        return self.date


@lru_cache(maxsize=16384)
def _decode(text: str) -> ExportTimetable:
    data = json.loads(text)
    schedule = Schedule.model_validate(data["schedule"])
    return ExportTimetable(schedule, paused=data["paused"], later_s=data.get("later_s", 0))


def later_s(dag_id: str, schedule: Schedule, spread_minutes: int) -> int:
    """Return by how many seconds a job starts later, within ``spread_minutes``: always the same for one job.

    A job that runs once starts on time, because somebody is waiting for it.
    """
    if not spread_minutes or schedule.frequency is Frequency.ONCE:
        return 0
    return int.from_bytes(sha256(dag_id.encode()).digest()[:8]) % (spread_minutes * 60)


def _to_pendulum(moment: datetime) -> DateTime:
    import pendulum  # noqa: PLC0415  Airflow has loaded it by the time this runs; the command line never needs it

    return pendulum.instance(moment)
