"""Days are those of New York through both changes of its clocks, while the columns hold instants."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.integration.nycflights.conftest import Export
from tests.integration.nycflights.data import published

pytestmark = pytest.mark.integration

BY_DAY = {"kind": "custom", "kpis": ["flights", "observations"], "dimensions": ["day"]}
HOURS = {"kind": "standard", "fact": "weather", "columns": ["time_hour", "origin"]}


def local_days(table: str) -> Iterator[str]:
    """The day of every row as the publishers wrote it down in New York, beside the time in UTC."""
    for row in csv.DictReader(io.StringIO(published(table))):
        yield f"{row['year']}-{int(row['month']):02}-{int(row['day']):02}"


def test_every_day_of_both_facts(export: Export) -> None:
    flights, observations = Counter(local_days("flights")), Counter(local_days("weather"))
    found = {row["day"]: (int(row["flights"]), int(row["observations"] or 0)) for row in export(BY_DAY)}
    assert found == {day: (count, observations[day]) for day, count in flights.items()}
    assert len(found) == 365
    assert [found[f"2013-01-0{day}"][0] for day in range(1, 6)] == [842, 943, 914, 915, 720]  # dplyr: per_day


def test_by_origin_and_month_of_both_facts(export: Export) -> None:
    """Each fact is counted alone: a join of the two would count every flight once an observation."""
    dimensions = ["origin_airport.faa", "month"]
    rows = export({"kind": "custom", "kpis": ["flights", "observations"], "dimensions": dimensions})
    assert len(rows) == 36
    totals: dict[str, Counter[str]] = {"flights": Counter(), "observations": Counter()}
    for row in rows:
        for kpi, total in totals.items():
            total[row["origin_airport.faa"]] += int(row[kpi])
    assert totals["flights"] == {"EWR": 120835, "JFK": 111279, "LGA": 104662}  # data.table: .N by origin
    assert totals["observations"] == {"EWR": 8703, "JFK": 8706, "LGA": 8706}  # 26,115 in all: ?weather
    january = [tuple(row.values())[2:] for row in rows if row["month"] == "2013-01-01"]
    assert january == [("9893", "742"), ("9161", "742"), ("7950", "742")]


def test_the_hour_that_is_not_there(export: Export) -> None:
    at_jfk = [{"column": "origin", "op": "equals", "values": ["JFK"]}]
    hours = [row["time_hour"] for row in export(HOURS, "2013-03-10", "2013-03-10", filters=at_jfk)]
    assert len(hours) == 23
    assert (hours[0], hours[-1]) == ("2013-03-10 00:00:00-05", "2013-03-10 23:00:00-04")
    assert hours[1:3] == ["2013-03-10 01:00:00-05", "2013-03-10 03:00:00-04"]


def test_the_hour_that_is_there_twice(export: Export) -> None:
    """R4DS1, chapter 13.3: the one hour that weather holds twice at each airport, counted by its local time."""
    hours = Counter(row["time_hour"][:13] for row in export(HOURS, "2013-11-03", "2013-11-03"))
    assert {hour: count for hour, count in hours.items() if count > 3} == {"2013-11-03 01": 6}


@pytest.mark.parametrize(
    ("first", "last", "flights"),
    [
        ("2013-01-01", "2013-01-01", "842"),  # R4DS, Data transformation: month == 1 & day == 1
        ("2013-01-01", "2013-02-28", "51955"),  # R4DS, Data transformation: month %in% c(1, 2)
        ("2013-11-01", "2013-12-31", "55403"),  # R4DS, Logical vectors: month == 11 | month == 12
        ("2013-07-01", "2013-09-30", "86326"),  # R4DS1, exercise 5.2.4: departed in summer
        ("2014-01-01", "2014-01-31", "0"),  # though some of 31 December are in 2014, seen from London
    ],
)
def test_windows(export: Export, first: str, last: str, flights: str) -> None:
    assert export({"kind": "custom", "kpis": ["flights"]}, first, last) == [{"flights": flights}]


def test_delays_by_day(export: Export) -> None:
    """R4DS1, chapter 5.6, by_day; and R4DS, Data transformation: flights to Houston by day."""
    template = {"kind": "custom", "kpis": ["dep_delay_mean", "arr_delay_mean"], "dimensions": ["day"]}
    days = export(template, "2013-01-01", "2013-01-06")
    assert [row["dep_delay_mean"] for row in days] == ["11.55", "13.86", "10.99", "8.95", "5.73", "7.15"]
    houston = export(template, filters=[{"column": "dest", "op": "equals", "values": ["IAH"]}])
    assert len(houston) == 365
    assert [row["arr_delay_mean"] for row in houston[:5]] == ["17.85", "7.00", "18.32", "-3.20", "20.23"]
