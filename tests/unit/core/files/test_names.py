from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from export_jobs.core.definitions.job import FileOptions, Frequency, Schedule, TemplateUse
from export_jobs.core.files.names import content_name, file_stem, manifest_path, target_path, window_stem
from export_jobs.core.windows.window import Window, scheduled_windows
from tests.unit.core.samples import MONTH_DAYS, ZONES

BERLIN = "Europe/Berlin"


def window(start: str, end: str) -> Window:
    return Window(datetime.fromisoformat(start), datetime.fromisoformat(end))


@pytest.mark.parametrize(
    ("start", "end", "zone", "text"),
    [
        ("1996-12-31T23:00Z", "1997-01-01T23:00Z", BERLIN, "1997-01-01"),
        ("1997-01-05T23:00Z", "1997-01-12T23:00Z", BERLIN, "1997-01-06_1997-01-12"),
        ("2024-03-30T23:00Z", "2024-03-31T22:00Z", BERLIN, "2024-03-31"),  # 23 hours
        ("2023-04-27T22:00Z", "2023-04-28T21:00Z", "Africa/Cairo", "2023-04-28"),  # begins at 01:00
        ("1997-01-01T23:00Z", "1997-01-02T05:00Z", "America/New_York", "1997-01-01T1800-0500_1997-01-01"),
        ("1997-01-02T05:00Z", "1997-01-02T23:00Z", BERLIN, "1997-01-02T0600+0100_1997-01-02"),
        ("1997-01-01T08:00Z", "1997-01-01T09:30Z", "UTC", "1997-01-01T0800+0000_1997-01-01T0930+0000"),
        ("1997-01-01T00:00Z", "1997-01-01T09:30:15.5Z", "UTC", "1997-01-01_1997-01-01T093015.500000+0000"),
        ("1997-01-01T10:00Z", "1997-01-02T10:00Z", "Pacific/Honolulu", "1997-01-01"),
        ("2024-01-01T11:00Z", "2024-01-02T11:00Z", "Pacific/Auckland", "2024-01-02"),
        ("2024-01-01T10:00Z", "2024-01-02T10:00Z", "Pacific/Kiritimati", "2024-01-02T0000+1400_2024-01-03T0000+1400"),
    ],
)
def test_the_window_in_a_file_name(start: str, end: str, zone: str, text: str) -> None:
    assert window_stem(window(start, end), zone) == text
    assert file_stem("job", "sales", window(start, end), zone) == f"job__sales__{text}"
    assert manifest_path("job", window(start, end), zone) == f"job__{text}.manifest.json"


@st.composite
def edit_series(draw: st.DrawFn) -> list[tuple[Schedule, int]]:
    """Schedules of one job one after the other, each with the number of windows made before the next edit."""
    first = draw(st.dates(date(1970, 1, 5), date(2037, 6, 1)))
    series = []
    for _ in range(draw(st.integers(2, 5))):
        frequency = draw(st.sampled_from((Frequency.DAILY, Frequency.WEEKLY, Frequency.MONTHLY)))
        execute_on = {Frequency.WEEKLY: "sunday", Frequency.MONTHLY: draw(st.sampled_from(MONTH_DAYS))}.get(frequency)
        plan = Schedule(
            frequency=frequency,
            execute_on=execute_on,
            valid_from=first,
            valid_until=first + timedelta(days=90),
            time_zone=draw(st.sampled_from(ZONES)),
        )
        series.append((plan, draw(st.integers(1, 12))))
    return series


def _daily(zone: str, first: str) -> Schedule:
    return Schedule.model_validate({"frequency": "daily", "from": first, "until": "2024-03-31", "time_zone": zone})


@settings(max_examples=300)
@given(edit_series())
@example([(_daily("Pacific/Kiritimati", "2024-01-01"), 4), (_daily("Pacific/Pago_Pago", "2024-01-01"), 9)])
@example([(_daily("Pacific/Kiritimati", "2024-01-01"), 4), (_daily("Etc/GMT+12", "2024-01-01"), 9)])
@example([(_daily("Europe/Berlin", "2024-01-01"), 4), (_daily("America/New_York", "2024-01-01"), 4)])
def test_no_two_windows_of_a_job_share_a_name_whatever_edits_were_made(series: list[tuple[Schedule, int]]) -> None:
    names: list[str] = []
    after: datetime | None = None
    for plan, count in series:
        for each in itertools.islice(scheduled_windows(plan, after), count):
            names.append(window_stem(each.window, plan.time_zone))
            after = each.window.end
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("options", "path", "content"),
    [
        ({}, "a/b/stem.zip", "stem.csv"),
        ({"compression": "gzip"}, "a/b/stem.csv.gz", "stem.csv"),
        ({"compression": "zstd"}, "a/b/stem.csv.zst", "stem.csv"),
        ({"compression": "none"}, "a/b/stem.csv", "stem.csv"),
        ({"format": "jsonl"}, "a/b/stem.zip", "stem.jsonl"),
        ({"format": "jsonl", "compression": "gzip"}, "a/b/stem.jsonl.gz", "stem.jsonl"),
        ({"format": "parquet"}, "a/b/stem.parquet", "stem.parquet"),
        ({"format": "xlsx"}, "a/b/stem.xlsx", "stem.xlsx"),
    ],
)
def test_the_path_of_a_file(options: dict[str, str], path: str, content: str) -> None:
    file_options = FileOptions.model_validate(options)
    assert target_path(TemplateUse(template="t", subfolder="a/b"), "stem", file_options) == path
    assert target_path(TemplateUse(template="t"), "stem", file_options) == path.removeprefix("a/b/")
    assert content_name("stem", file_options) == content
