"""The timetable of an export job: the run's data interval *is* the window of :mod:`export_jobs.core.windows.window`."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from airflow.timetables.base import DagRunInfo, DataInterval, Timetable

from export_jobs.core.definitions.job import Frequency, Schedule
from export_jobs.core.windows.schedule_text import schedule_summary, schedule_text
from export_jobs.core.windows.window import last_complete_window, next_scheduled_window, scheduled_windows

if TYPE_CHECKING:
    from datetime import datetime

    from airflow.timetables.base import TimeRestriction
    from pendulum import DateTime


class ExportTimetable(Timetable):
    """Windows of one job's schedule; where a window has been made before, the next starts at that window's end.

    ``paused`` makes no runs and loses none: when it is lifted, the windows that were not made follow in order.
    """

    def __init__(self, schedule: Schedule, *, paused: bool = False) -> None:
        self.schedule = schedule
        self.paused = paused
        self.periodic = schedule.frequency is not Frequency.ONCE

    @property
    def summary(self) -> str:
        """What Airflow shows in its list."""
        return f"{schedule_summary(self.schedule)}{', paused' if self.paused else ''}"

    @property
    def description(self) -> str:
        """What Airflow shows beside it, in the words of our own page."""
        return schedule_text(self.schedule)

    def serialize(self) -> dict[str, Any]:
        """The schedule as JSON; the same rows give the same bytes."""
        return {
            "schedule": self.schedule.model_dump(mode="json", by_alias=True, exclude_defaults=True),
            "paused": self.paused,
        }

    @classmethod
    def deserialize(cls, data: dict[str, Any]) -> Timetable:
        """Airflow decodes a timetable a dozen times a parse, so equal text is decoded once (PERF: halves the sync)."""
        return _decode(json.dumps(data, sort_keys=True))

    def next_dagrun_info(
        self, *, last_automated_data_interval: DataInterval | None, restriction: TimeRestriction
    ) -> DagRunInfo | None:
        """The run of the window after the last one; ``catchup`` has no say, since no day may be lost."""
        if self.paused:
            return None
        after = last_automated_data_interval.end if last_automated_data_interval else None
        scheduled = next_scheduled_window(self.schedule, after)
        while scheduled and after is None and restriction.earliest and scheduled.window.start < restriction.earliest:
            # Only a backfill of a part of the schedule comes here: the Dag's own start date lies before every window.
            scheduled = next_scheduled_window(self.schedule, scheduled.window.end)
        if scheduled is None or (restriction.latest and scheduled.window.start > restriction.latest):
            return None
        return DagRunInfo(
            run_after=_to_pendulum(scheduled.due),
            data_interval=DataInterval(_to_pendulum(scheduled.window.start), _to_pendulum(scheduled.window.end)),
        )

    def infer_manual_data_interval(self, *, run_after: DateTime) -> DataInterval:
        """A run without an interval of its own takes the last complete window.

        Raises ``ValueError`` (Airflow answers 400 with the sentence) before the first window has ended, and for a
        logical date that the schedule itself will need: Airflow would then never create that scheduled run.
        """
        if any(scheduled.window.start == run_after for scheduled in scheduled_windows(self.schedule)):
            raise ValueError(
                f"The logical date {run_after.isoformat()} is reserved for a scheduled run of this job. "
                "Leave the date as it is now, or give the data interval to export again with another logical date."
            )
        window = last_complete_window(self.schedule, run_after)
        if window is None:
            raise ValueError(
                f"At {run_after.isoformat()} no window of this job has ended yet; "
                f"its data begins on {self.schedule.valid_from}. Wait for the first window, or give a data interval."
            )
        return DataInterval(_to_pendulum(window.start), _to_pendulum(window.end))


@lru_cache(maxsize=16384)
def _decode(text: str) -> ExportTimetable:
    data = json.loads(text)
    return ExportTimetable(Schedule.model_validate(data["schedule"]), paused=data["paused"])


def _to_pendulum(moment: datetime) -> DateTime:
    import pendulum  # noqa: PLC0415  Airflow has loaded it by the time this runs; the command line never needs it

    return pendulum.instance(moment)
