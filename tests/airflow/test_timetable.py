"""The timetable as Airflow's scheduler asks it."""

import itertools
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pendulum
import pytest
from airflow.timetables.base import DataInterval, TimeRestriction
from airflow.utils.types import DagRunType

from export_jobs.core.definitions.job import Schedule
from export_jobs.core.windows.schedule_text import schedule_summary, schedule_text
from export_jobs.core.windows.window import scheduled_windows
from export_jobs.orchestration.timetable import ExportTimetable, later_s

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
    interval = ExportTimetable(schedule()).infer_manual_data_interval(run_after=pendulum.datetime(2026, 3, 30, 0, 0, 1))
    assert (interval.start, interval.end) == (datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 3, 30, tzinfo=UTC))


def test_a_manual_run_may_not_take_a_logical_date_that_the_schedule_needs() -> None:
    with pytest.raises(ValueError, match="reserved for a scheduled run"):
        ExportTimetable(schedule()).infer_manual_data_interval(run_after=pendulum.datetime(2026, 3, 30))


def test_a_manual_run_before_the_first_window_has_ended_is_refused() -> None:
    with pytest.raises(ValueError, match="no window of this job is complete yet"):
        ExportTimetable(schedule()).infer_manual_data_interval(run_after=pendulum.datetime(2026, 3, 27, 12))


def test_500_jobs_of_one_time_start_over_the_minutes_that_are_set_each_at_its_own() -> None:
    daily = schedule()
    starts = [later_s(f"export__job_{number}", daily, 10) for number in range(500)]
    assert starts == [later_s(f"export__job_{number}", daily, 10) for number in range(500)]
    in_minutes = Counter(second // 60 for second in starts)
    assert sorted(in_minutes) == list(range(10))
    assert max(in_minutes.values()) < 100  # 50 on average, and all 500 in one second without
    assert {later_s(f"export__job_{number}", daily, 0) for number in range(500)} == {0}
    once = schedule(frequency="once", until="2026-03-27")
    assert {later_s(f"export__job_{number}", once, 10) for number in range(500)} == {0}


def test_a_run_that_starts_later_has_the_window_that_it_had() -> None:
    at_once, later = all_runs(ExportTimetable(schedule())), ExportTimetable(schedule(), later_s=77)
    assert all_runs(later) == [(window, due + timedelta(seconds=77)) for window, due in at_once]
    decoded = ExportTimetable.deserialize(later.serialize())
    assert isinstance(decoded, ExportTimetable) and all_runs(decoded) == all_runs(later)
    assert "later_s" not in ExportTimetable(schedule()).serialize()  # no new version of a Dag that starts at its time


def test_a_backfill_of_a_part_makes_only_the_windows_in_it() -> None:
    part = TimeRestriction(datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 3, 31, tzinfo=UTC), catchup=True)
    timetable, last, starts = ExportTimetable(schedule()), None, []
    while info := timetable.next_dagrun_info(last_automated_data_interval=last, restriction=part):
        last = info.data_interval
        starts.append(last.start.day)
    assert starts == [29, 30, 31]


class Model:
    """A Dag as Airflow's scheduler keeps it, and what it does with it (``_create_dag_runs``)."""

    def __init__(self, timetable: ExportTimetable) -> None:
        self.timetable = timetable
        self.runs: dict[datetime, SimpleNamespace] = {}
        self.next_dagrun_partition_key = self.next_dagrun_partition_date = None
        self.follow(None)

    def post(self, logical_date: datetime, interval: tuple[datetime, datetime]) -> None:
        """A run through Airflow's own doors, with an interval of its own."""
        self.runs[logical_date] = self._run("manual", logical_date, DataInterval(*map(pendulum.instance, interval)))

    def follow(self, run: SimpleNamespace | None) -> None:
        last = self.timetable.run_info_from_dag_run(dag_run=run) if run else None
        info = self.timetable.next_dagrun_info_v2(last_dagrun_info=last, restriction=ANY_TIME)
        self.next_dagrun = info.logical_date if info else None
        self.next_dagrun_data_interval = info.data_interval if info else None
        self.next_dagrun_create_after = info.run_after if info else None

    def loop(self) -> None:
        if self.next_dagrun is None:
            return
        existing = self.runs.get(self.next_dagrun)
        if existing is not None:
            self.follow(existing)
            return
        info = self.timetable.next_run_info_from_dag_model(dag_model=self)
        assert info is not None
        assert info.logical_date not in self.runs, "Airflow refuses a second run of a logical date"
        self.runs[info.logical_date] = self._run("scheduled", info.logical_date, info.data_interval)
        self.follow(self.runs[info.logical_date])

    def parse(self) -> None:
        """What the Dag processor does at every parse: follow the automated run of the latest logical date."""
        automated = [run for run in self.runs.values() if run.run_type == "scheduled"]
        self.follow(max(automated, key=lambda run: run.logical_date, default=None))

    def scheduled(self) -> list[tuple[datetime, datetime]]:
        made = sorted(date for date, run in self.runs.items() if run.run_type == "scheduled")
        return [(self.runs[date].data_interval_start, self.runs[date].data_interval_end) for date in made]

    def _run(self, run_type: str, logical_date: datetime, interval: DataInterval) -> SimpleNamespace:
        return SimpleNamespace(
            run_type=run_type,
            logical_date=pendulum.instance(logical_date),
            run_after=pendulum.instance(logical_date),
            data_interval_start=interval.start,
            data_interval_end=interval.end,
            partition_key=None,
            partition_date=None,
        )


BOUNDARIES = [scheduled.window.start for scheduled in scheduled_windows(schedule())]


@pytest.mark.parametrize("parses", [0, 1, 3], ids=["never parsed", "parsed each loop", "parsed often"])
@pytest.mark.parametrize("offset_us", [0, 1, 2])
@pytest.mark.parametrize("days", [(-3, -2), (0, 1), (-2, 3), (5, 2)], ids=["past", "own", "wide", "reversed"])
def test_l6_no_run_of_a_person_stalls_the_schedule(parses: int, offset_us: int, days: tuple[int, int]) -> None:
    """At every boundary, and at the dates that stepping over would take, a run with an interval of its own."""
    model = Model(ExportTimetable(schedule()))
    for boundary in BOUNDARIES:
        for shift in range(offset_us + 1):
            at = boundary + timedelta(microseconds=shift)
            model.post(at, (boundary + timedelta(days=days[0]), boundary + timedelta(days=days[1])))
    for _ in range(60):
        model.loop()
        if parses == 3:
            model.parse()
            model.loop()
        if parses:
            for _ in range(4):
                model.loop()
            model.parse()
    expected = [(scheduled.window.start, scheduled.window.end) for scheduled in scheduled_windows(schedule())]
    assert model.scheduled() == expected


def test_l6_a_run_that_another_dag_triggers_is_none_of_the_schedules() -> None:
    """``TriggerDagRunOperator``, on a date that the schedule comes to need, with a window far behind or ahead of it."""
    for days in ((-20, -19), (5, 6)):
        model = Model(ExportTimetable(schedule()))
        model.post(BOUNDARIES[3], (BOUNDARIES[3] + timedelta(days=days[0]), BOUNDARIES[3] + timedelta(days=days[1])))
        model.runs[BOUNDARIES[3]].run_type = "operator_triggered"
        for _ in range(20):
            model.loop()
        assert len(model.scheduled()) == len(BOUNDARIES)


def test_l6_windows_made_before_are_followed_by_the_next_one() -> None:
    """A Dag whose runs were made by an earlier release, under the start of each window."""
    model = Model(ExportTimetable(schedule()))
    for _ in range(3):
        model.loop()
    assert sorted(model.runs) == BOUNDARIES[:3]
    model.post(BOUNDARIES[3], (BOUNDARIES[0], BOUNDARIES[1]))
    for _ in range(20):
        model.loop()
    assert len(model.scheduled()) == len(BOUNDARIES)
    assert sorted(model.runs)[4] == BOUNDARIES[3] + timedelta(microseconds=1)


@pytest.mark.parametrize(
    "interval",
    [(date(2026, 3, 2), date(2026, 3, 1)), (date(2026, 3, 1), date(2026, 3, 1)), (date(2026, 3, 1), date(2190, 3, 2))],
    ids=["reversed", "empty", "not over"],
)
def test_l1_airflow_is_told_to_refuse_a_run_without_a_complete_window(interval: tuple[date, date]) -> None:
    start, end = (pendulum.instance(datetime(day.year, day.month, day.day, tzinfo=UTC)) for day in interval)
    with pytest.raises(ValueError, match="There is no complete window from"):
        ExportTimetable(schedule()).generate_run_id(
            run_type=DagRunType.MANUAL, run_after=pendulum.now("UTC"), data_interval=DataInterval(start, end)
        )


def test_a_run_of_a_complete_window_or_of_the_schedule_gets_its_id() -> None:
    over = DataInterval(*(pendulum.datetime(2026, 3, day) for day in (1, 2)))
    not_over = DataInterval(pendulum.datetime(2026, 3, 1), pendulum.datetime(2190, 3, 2))
    timetable, now = ExportTimetable(schedule()), pendulum.now("UTC")
    for run_type, interval in ((DagRunType.MANUAL, over), (DagRunType.MANUAL, None), (DagRunType.SCHEDULED, not_over)):
        made = timetable.generate_run_id(run_type=run_type, run_after=now, data_interval=interval)
        assert made.startswith(f"{run_type.value}__")


def test_l6_a_run_that_would_wait_for_years_is_refused() -> None:
    timetable = ExportTimetable(schedule())
    with pytest.raises(ValueError, match="would also block this job's windows"):
        timetable.generate_run_id(
            run_type=DagRunType.MANUAL, run_after=pendulum.datetime(2190, 1, 1), data_interval=None
        )
    with pytest.raises(ValueError, match="is in the future"):
        timetable.infer_manual_data_interval(run_after=pendulum.datetime(2190, 1, 1))
