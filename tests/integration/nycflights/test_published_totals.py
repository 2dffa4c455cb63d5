"""Aggregates of nycflights13 that its readers know, from files of this catalogue.

The source stands beside each figure, and each was counted in the CSV as well; one without a source is the CSV's alone.
R4DS: R for Data Science, 2nd edition, by chapter. R4DS1: its first edition. ModernDive: Statistical Inference via Data
Science. dplyr and data.table: their introductions. pandas: ``describe()`` of the same file.
"""

from __future__ import annotations

import pytest

from tests.integration.nycflights.conftest import Export, Rows

pytestmark = pytest.mark.integration

CARRIERS = {  # R4DS1, exercise 5.6.7: n and mean(arr_delay) by carrier
    "9E": (18460, "7.38"), "AA": (32729, "0.36"), "AS": (714, "-9.93"), "B6": (54635, "9.46"),
    "DL": (48110, "1.64"), "EV": (54173, "15.80"), "F9": (685, "21.92"), "FL": (3260, "20.12"),
    "HA": (342, "-6.92"), "MQ": (26397, "10.77"), "OO": (32, "11.93"), "UA": (58665, "3.56"),
    "US": (20536, "2.13"), "VX": (5162, "1.76"), "WN": (12275, "9.65"), "YV": (601, "15.56"),
}  # fmt: skip
MONTHS = (  # R4DS, Data transformation: avg_delay and n by month, six of them printed; the others from the CSV
    ("10.04", 27004), ("10.82", 24951), ("13.23", 28834), ("13.94", 28330), ("12.99", 28796), ("20.85", 28243),
    ("21.73", 29425), ("12.61", 29327), ("6.72", 27574), ("6.24", 28889), ("5.44", 27268), ("16.58", 28135),
)  # fmt: skip


def test_one_row_of_totals(export: Export) -> None:
    kpis = ["flights", "cancelled", "dep_delay_mean", "arr_delay_mean", "planes", "destinations", "carriers"]
    assert export({"kind": "custom", "kpis": kpis}) == [
        {
            "flights": "336776",  # R4DS, Data transformation
            "cancelled": "8255",  # R4DS, Logical vectors: filter(is.na(dep_time))
            "dep_delay_mean": "12.64",  # R4DS1, 5.6: 12.63907
            "arr_delay_mean": "6.90",  # pandas: 6.895377 over 327,346 flights
            "planes": "4043",  # R4DS, Numbers: 4,044 groups, of which one is NA
            "destinations": "105",  # R4DS, Numbers
            "carriers": "16",  # R4DS, Joins
        }
    ]


def test_by_origin(export: Export) -> None:
    """data.table: .N by origin; the means are over flights that departed."""
    template = {"kind": "custom", "kpis": ["flights", "dep_delay_mean"], "dimensions": ["origin_airport.faa"]}
    assert [tuple(row.values()) for row in export(template)] == [
        ("EWR", "120835", "15.11"),
        ("JFK", "111279", "12.11"),
        ("LGA", "104662", "10.35"),
    ]


def test_by_airline_and_its_name(export: Export) -> None:
    dimensions = ["airline.carrier", "airline"]
    rows = export({"kind": "custom", "kpis": ["flights", "arr_delay_mean"], "dimensions": dimensions})
    assert {row["airline.carrier"]: (int(row["flights"]), row["arr_delay_mean"]) for row in rows} == CARRIERS
    assert rows[0]["airline"] == "Endeavor Air Inc."


def test_airlines_in_the_order_of_their_delay(export: Export) -> None:
    template = {"kind": "custom", "kpis": ["arr_delay_mean"], "dimensions": ["airline.carrier"]}
    rows = export(template, order_by=["-arr_delay_mean"])
    assert [row["airline.carrier"] for row in rows[:3]] == ["F9", "FL", "EV"]
    assert [row["airline.carrier"] for row in rows[-2:]] == ["HA", "AS"]


def test_by_month(export: Export) -> None:
    rows = export({"kind": "custom", "kpis": ["dep_delay_mean", "flights"], "dimensions": ["month"]})
    assert [row["month"] for row in rows] == [f"2013-{month:02}-01" for month in range(1, 13)]
    assert tuple((row["dep_delay_mean"], int(row["flights"])) for row in rows) == MONTHS


def test_by_destination(export: Export) -> None:
    kpis = ["flights", "arr_delay_mean", "planes", "cancelled", "carriers"]
    rows = export({"kind": "custom", "kpis": kpis, "dimensions": ["destination"]}, order_by=["-flights"])
    assert len(rows) == 105
    assert _pairs(rows[:5], "flights") == [  # R4DS, Numbers: count(dest, sort = TRUE)
        ("ORD", "17283"), ("ATL", "17215"), ("LAX", "16174"), ("BOS", "15508"), ("MCO", "14082")
    ]  # fmt: skip
    assert {row["destination"] for row in rows if row["carriers"] == "7"} == {"ATL", "BOS", "CLT", "ORD", "TPA"}
    first = {row["destination"]: tuple(row.values())[1:5] for row in rows}
    assert first["ABQ"] == (
        "254",
        "4.38",
        "108",
        "0",
    )  # R4DS, Numbers; planes from dplyr
    assert first["ACK"] == ("265", "4.85", "58", "0")
    assert first["ALB"] == ("439", "14.40", "172", "20")
    assert first["ANC"] == ("8", "-2.50", "6", "0")
    assert first["ATL"] == ("17215", "11.30", "1179", "317")  # dplyr says 1180: R counts NA as a plane, SQL does not


def test_by_route(export: Export) -> None:
    """R4DS, Data transformation: count(origin, dest, sort = TRUE)."""
    template = {"kind": "custom", "kpis": ["flights"], "dimensions": ["origin_airport.faa", "destination"]}
    rows = [tuple(row.values()) for row in export(template, order_by=["-flights"])]
    assert len(rows) == 224
    assert rows[:6] == [
        ("JFK", "LAX", "11262"), ("LGA", "ATL", "10263"), ("LGA", "ORD", "8857"),
        ("JFK", "SFO", "8204"), ("LGA", "CLT", "6168"), ("EWR", "ORD", "6100"),
    ]  # fmt: skip


def test_by_plane_with_all_unknown_ones_in_one_group(export: Export) -> None:
    rows = export({"kind": "custom", "kpis": ["miles", "flights"], "dimensions": ["plane.tailnum"]})
    found = {row["plane.tailnum"]: row for row in rows}
    assert len(found) == len(rows) == 3322 + 1  # R4DS, Joins: planes has 3,322 rows
    assert found[""]["flights"] == "52606"
    # R4DS, Numbers: summarize(miles = sum(distance)) by tailnum
    assert [found[plane]["miles"] for plane in ("N10156", "N102UW", "N103US")] == ["115966", "25722", "24619"]


def test_a_label_has_a_group_for_each_id_and_an_attribute_one_for_each_value(export: Export) -> None:
    by_label = export({"kind": "custom", "kpis": ["flights"], "dimensions": ["plane"]})
    by_value = export({"kind": "custom", "kpis": ["flights"], "dimensions": ["plane.model"]})
    assert len(by_label) == 3322 + 1
    assert len(by_value) == len({row["plane"] for row in by_label}) == 127 + 1
    assert sum(int(row["flights"]) for row in by_label) == sum(int(row["flights"]) for row in by_value) == 336776


def test_a_dimension_left_out_is_not_grouped_by(export: Export) -> None:
    template = {"kind": "custom", "kpis": ["flights", "planes"], "dimensions": ["destination", "airline.carrier"]}
    rows = export(template, columns=["airline.carrier", "planes", "flights"])
    assert {row["airline.carrier"]: int(row["flights"]) for row in rows} == {key: n for key, (n, _) in CARRIERS.items()}


def test_temperatures(export: Export) -> None:
    """ModernDive, Data wrangling: mean temp of the year and by month."""
    template = {"kind": "custom", "kpis": ["temperature_mean"]}
    assert export(template) == [{"temperature_mean": "55.3"}]
    months = [row["temperature_mean"] for row in export({**template, "dimensions": ["month"]})]
    assert months == ["35.6", "34.3", "39.9", "51.7", "61.8", "72.2", "80.1", "74.5", "67.4", "60.1", "45.0", "38.4"]


def _pairs(rows: Rows, kpi: str) -> list[tuple[str, str]]:
    return [(row["destination"], row[kpi]) for row in rows]
