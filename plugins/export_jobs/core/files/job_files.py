"""Every path that a job fills at its destination: by its own names, or by the usual ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from export_jobs.core.definitions.job import JobSpec
from export_jobs.core.files.name_pattern import NameValues, parse_name_pattern
from export_jobs.core.files.names import file_stem, manifest_path, target_path
from export_jobs.core.windows.window import Window, scheduled_windows

SOME_DAY = datetime(2000, 1, 1, tzinfo=UTC)
"""Stands for the day of a run that is not known yet: names that differ by it alone are not told apart."""


class JobFile(NamedTuple):
    """A path at the destination, and what stands there; ``template`` is empty for a file of the whole run."""

    path: str
    template: str
    window: Window


ANY_PART = "#"
"""Stands for the number of a part where all parts are meant; no name holds it."""


def delivered_stem(job: JobSpec, template: str, window: Window, run_began: datetime, part: str = "") -> str:
    """The name of a template's file without its ending. ``run_began`` (aware): when the run first began.

    ``part``: the number of the part, for a job that splits its files. It stands behind the name, or where the job's own
    pattern wants it.
    """
    zone = job.schedule.time_zone
    behind = f"__part-{part}" if part else ""
    if job.file.name is None:
        return file_stem(job.name, template, window, zone) + behind
    pattern = parse_name_pattern(job.file.name)
    name = pattern.render(NameValues(job.name, template, window, zone, run_began, part))
    return name if "part" in pattern.fields else name + behind


def done_path(job: JobSpec, window: Window, run_began: datetime) -> str | None:
    """Where the file goes that is sent last of all; None when the job has none."""
    if job.file.done_file is None:
        return None
    values = NameValues(job.name, "", window, job.schedule.time_zone, run_began)
    return parse_name_pattern(job.file.done_file).render(values)


def paths_of_window(
    job: JobSpec, window: Window, run_began: datetime = SOME_DAY, part: str = ANY_PART
) -> Iterator[JobFile]:
    """What a run of ``window`` fills, in the order in which it does; of a file that is split ``part`` alone."""
    for use in job.templates:
        stem = delivered_stem(job, use.template, window, run_began, part if job.file.split else "")
        yield JobFile(target_path(use, stem, job.file), use.template, window)
    yield JobFile(manifest_path(job.name, window, job.schedule.time_zone), "", window)
    done = done_path(job, window, run_began)
    if done is not None:
        yield JobFile(done, "", window)


def all_paths(job: JobSpec) -> Iterator[JobFile]:
    """What the present schedule fills, window by window; the schedule and the patterns must be valid."""
    whole = job.schedule.model_copy(update={"anchor": None})
    for scheduled in scheduled_windows(whole):
        yield from paths_of_window(job, scheduled.window)


def find_collision(job: JobSpec, other: JobSpec) -> JobFile | None:
    """The first file of ``job`` whose path ``other`` fills, too; upper and lower case are one, as on Windows."""
    if not any(a.startswith(b) or b.startswith(a) for a in _beginnings(job) for b in _beginnings(other)):
        return None
    taken = {file.path.lower() for file in all_paths(other)}
    open_ones = {key for path in taken for key in _with_a_number_open(path)} if job.file.split else set()
    for file in all_paths(job):
        path = file.path.lower()
        if path in taken or path in open_ones:
            return file
        if other.file.split and not taken.isdisjoint(_with_a_number_open(path)):
            return file
    return None


def _with_a_number_open(path: str) -> Iterator[str]:
    """``path`` as that of any part, for each number in its name that could be the number of one."""
    folder, slash, name = path.rpartition("/")
    for number in re.finditer(r"[0-9]+", name):
        yield f"{folder}{slash}{name[: number.start()]}{ANY_PART}{name[number.end() :]}"


def _beginnings(job: JobSpec) -> set[str]:
    """What the job's paths begin with, whatever the window: nearly always enough to tell two jobs apart."""
    usual = f"{job.name}__"
    found = {usual}  # the manifest
    for use in job.templates:
        name = job.file.name
        start = usual if name is None else parse_name_pattern(name).beginning(job.name, use.template)
        found.add(f"{use.subfolder}/{start}" if use.subfolder else start)
    if job.file.done_file is not None:
        found.add(parse_name_pattern(job.file.done_file).beginning(job.name, ""))
    return {start.lower() for start in found}
