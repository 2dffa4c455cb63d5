"""The timetable as Airflow's scheduler asks it."""

import itertools
from datetime import UTC, datetime

import pytest
from airflow.timetables.base import DataInterval, TimeRestriction

from export_jobs.core.definitions.job import Schedule
from export_jobs.core.windows.schedule_text import schedule_summary, schedule_text
from export_jobs.core.windows.window import scheduled_windows
from export_jobs.orchestration.timetable import ExportTimetable

ANY_TIME = TimeRestriction(earliest=datetime(1900, 1, 1, tzinfo=UTC), latest=None, catchup=True)


def schedule(**parts: object) -> Schedule:
    return Schedule.model_validate({"frequency": "daily", "from": "2026-03-27", "until": "2026-04-02", **parts})


def all_runs(timetable: ExportTimetable, last: DataInterval | None = None) -> list[tuple[DataInterval, datetime]]:
    runs = []
    while info := timetable.next_dagrun_info(last_automated_data_interval=last, restriction=ANY_TIME):
        last = info.data_interval
        runs.append((last, info.run_after))
    return runs


def test_runs_are_the_windows_of_the_schedule() -> None:
    berlin = schedule(time_zone="Europe/Berlin")
    expected = [((d.window.start, d.window.end), d.due) for d in scheduled_windows(berlin)]
    assert [(tuple(interval), due) for interval, due in all_runs(ExportTimetable(berlin))] == expected
    assert len(expected) == 7


def test_an_edited_schedule_takes_over_where_the_last_run_ended() -> None:
    daily = all_runs(ExportTimetable(schedule()))
    last = daily[2][0]
    weekly = schedule(frequency="weekly", execute_on="wednesday", time_zone="America/New_York")
    following = all_runs(ExportTimetable(weekly), last)
    assert following[0][0].start == last.end
    assert all(a[0].end == b[0].start for a, b in itertools.pairwise(following))


def test_paused_makes_no_run_and_loses_none() -> None:
    assert all_runs(ExportTimetable(schedule(), paused=True)) == []
    assert len(all_runs(ExportTimetable(schedule()))) == 7


def test_round_trip_gives_the_same_bytes_and_the_same_object() -> None:
    timetable = ExportTimetable(schedule(deliver_at="03:30", time_zone="Asia/Kolkata"))
    decoded = ExportTimetable.deserialize(timetable.serialize())
    assert decoded.serialize() == timetable.serialize()
    assert ExportTimetable.deserialize(timetable.serialize()) is decoded


def test_airflow_shows_the_words_of_our_page() -> None:
    timetable = ExportTimetable.deserialize(ExportTimetable(schedule(), paused=True).serialize())
    assert timetable.description == schedule_text(schedule())
    assert timetable.summary == f"{schedule_summary(schedule())}, paused"


def test_a_manual_run_takes_the_last_complete_window() -> None:
    interval = ExportTimetable(schedule()).infer_manual_data_interval(
        run_after=datetime(2026, 3, 30, 0, 0, 1, tzinfo=UTC)
    )
    assert (interval.start, interval.end) == (datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 3, 30, tzinfo=UTC))


def test_a_manual_run_may_not_take_a_logical_date_that_the_schedule_needs() -> None:
    with pytest.raises(ValueError, match="reserved for a scheduled run"):
        ExportTimetable(schedule()).infer_manual_data_interval(run_after=datetime(2026, 3, 30, tzinfo=UTC))


def test_a_manual_run_before_the_first_window_has_ended_is_refused() -> None:
    with pytest.raises(ValueError, match="no window of this job has ended yet"):
        ExportTimetable(schedule()).infer_manual_data_interval(run_after=datetime(2026, 3, 27, 12, tzinfo=UTC))


def test_a_backfill_of_a_part_makes_only_the_windows_in_it() -> None:
    part = TimeRestriction(datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 3, 31, tzinfo=UTC), catchup=True)
    timetable, last, starts = ExportTimetable(schedule()), None, []
    while info := timetable.next_dagrun_info(last_automated_data_interval=last, restriction=part):
        last = info.data_interval
        starts.append(last.start.day)
    assert starts == [29, 30, 31]
