"""Every path that a job fills, and two jobs that would fill the same one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from export_jobs.core.definitions.job import JobSpec
from export_jobs.core.files.job_files import all_paths, find_collision, paths_of_window
from export_jobs.core.files.name_pattern import FileNumbers

DAYS = {"frequency": "daily", "from": "2026-01-01", "until": "2026-01-03"}


def job(name: str = "sales", templates: tuple[str, ...] = ("rows",), file: Any = None, **options: Any) -> JobSpec:
    uses = [{"template": template, "subfolder": "out"} for template in templates]
    definition = {"name": name, "owner": "a@example.com", "destination": "partner", "schedule": DAYS}
    return JobSpec.model_validate({**definition, "templates": uses, "file": file or options})


def test_a_run_fills_its_files_then_the_manifest_then_the_done_file() -> None:
    own = job(templates=("rows", "totals"), name="sales", done_file="ready_{window_start:%m%d}.ok")
    window = next(all_paths(own)).window
    assert [file.path for file in paths_of_window(own, window)] == [
        "out/sales__rows__2026-01-01.zip",
        "out/sales__totals__2026-01-01.zip",
        "sales__2026-01-01.manifest.json",
        "ready_0101.ok",
    ]


def test_the_name_of_a_job_takes_the_place_of_the_usual_one_and_the_ending_stays() -> None:
    own = job("s", compression="gzip")
    assert next(all_paths(own)).path.endswith(".csv.gz")
    named = own.model_copy(update={"file": own.file.model_copy(update={"name": "S_{window_start:%d}_{run_date:%y}"})})
    found = next(paths_of_window(named, next(all_paths(named)).window, datetime(2031, 5, 1, tzinfo=UTC)))
    assert found.path == "out/S_01_31.csv.gz"


def test_the_number_of_a_part_is_after_the_name_or_where_the_pattern_has_it() -> None:
    for name, path in (
        (None, "out/sales__rows__2026-01-01__part-0003.zip"),
        ("x_{window}", "out/x_2026-01-01__part-0003.zip"),
        ("{part}_x_{window}", "out/0003_x_2026-01-01.zip"),
    ):
        own = job(file={"split": {"rows": 5}, "name": name})
        window = next(all_paths(own)).window
        assert next(paths_of_window(own, window, part="0003")).path == path


@pytest.mark.parametrize(
    ("file", "sent"),
    [
        ({"manifest_folder": "control/in"}, ["control/in/sales__2026-01-01.manifest.json", "done_2026-01-01"]),
        ({"manifest": "none"}, ["done_2026-01-01"]),
    ],
)
def test_the_manifest_goes_to_a_folder_of_its_own_or_nowhere(file: dict[str, Any], sent: list[str]) -> None:
    own = job(file={"done_file": "done_{window}", **file})
    window = next(all_paths(own)).window
    assert [found.path for found in paths_of_window(own, window)][1:] == sent


def test_numbers_of_the_ledger_are_in_the_names_of_files_and_of_the_done_file() -> None:
    own = job(file={"name": "x_{sequence:03}_r{revision}", "done_file": "{sequence}.done", "split": {"rows": 5}})
    window = next(all_paths(own)).window
    found = paths_of_window(own, window, part="0002", numbers=FileNumbers(7, 2))
    assert [file.path for file in found] == [
        "out/x_007_r2__part-0002.zip",
        "sales__2026-01-01.manifest.json",
        "7.done",
    ]
    assert [file.path for file in paths_of_window(own, window)][0::2] == ["out/x_#_r#__part-#.zip", "#.done"]


@pytest.mark.parametrize(
    ("one", "two", "collides"),
    [
        ({}, {}, False),
        ({"split": {"rows": 5}}, {"split": {"rows": 5}}, False),
        ({"name": "x_{window}", "split": {"rows": 5}}, {"name": "x_{window}__part-0002"}, True),
        ({"name": "x{part}_{window}", "split": {"rows": 5}}, {"name": "x7_{window}"}, True),
        ({"name": "x{part}_{window}", "split": {"rows": 5}}, {"name": "y7_{window}"}, False),
        ({"name": "x1_{window}", "split": {"rows": 5}}, {"name": "x2_{window}", "split": {"rows": 5}}, False),
        ({"name": "x_{window}", "split": {"rows": 5}}, {"name": "x_{window}"}, False),
        ({"name": "x_{sequence}"}, {"name": "x_{sequence:04}"}, True),
        ({"name": "x_{sequence}"}, {"name": "y_{sequence}"}, False),
        ({"name": "x_{sequence}"}, {"name": "x_{window_start:%Y}"}, True),
        ({"name": "x_{sequence}"}, {"name": "x_{window}"}, False),
        ({"name": "x_{window}_r{revision}"}, {"name": "x_{window}_r{revision}"}, True),
        ({"name": "x_{window}_{revision}"}, {"name": "x_{revision}_{window_end}"}, False),
        ({"name": "x_{window_end:%d}_{revision}"}, {"name": "x_{revision}_{window_end:%d}"}, True),
        ({"manifest_folder": "out", "name": "{window}"}, {"name": "alpha__{window}"}, False),
        ({"done_file": "{sequence}.done"}, {"done_file": "{window_start:%d}.done"}, True),
        ({"name": "x_{window}"}, {"name": "X_{window}"}, True),
        ({"name": "x_{window}"}, {"name": "{job}_{window}"}, False),
        ({"name": "beta__rows__{window}"}, {}, True),
        ({"done_file": "beta__{window}.manifest.json"}, {}, True),
        ({"done_file": "done_{window}"}, {"done_file": "done_{window_end}"}, True),
        ({"name": "x_{window}", "compression": "gzip"}, {"name": "x_{window}"}, False),
        ({"name": "beta__{template}_{window}"}, {"name": "{job}__{template}_{window}"}, True),
        ({"name": "x_{run_date}_{window}"}, {"name": "x_{window_end}_{window}"}, True),
        ({"name": "x_{run_date:%Y%m%d}"}, {"name": "x_{window_start:%Y%m%d}"}, True),
        ({"name": "x_{run_date:%Y%m%d}"}, {"name": "x_{window_start:%Y-%m-%d}"}, False),
        ({"name": "x_{run_date}_{window}"}, {"name": "y_{run_date}_{window}"}, False),
        ({"name": "x_{window_start:%Y}-{window_end:%m%d}"}, {"name": "X_2026-{window_start:%m%d}"}, True),
    ],
)
def test_two_jobs_collide_when_a_path_is_the_same(one: dict[str, Any], two: dict[str, Any], collides: bool) -> None:
    first, second = (
        JobSpec.model_validate({**job(name).model_dump(by_alias=True), "file": file})
        for name, file in (("alpha", one), ("beta", two))
    )
    assert bool(find_collision(first, second)) is collides
    assert bool(find_collision(second, first)) is collides
