"""Every path of a job's files at its destination, by its own names or by the default ones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from export_jobs.core.definitions.job import JobSpec
from export_jobs.core.files.name_pattern import FileNumbers, NameValues, parse_name_pattern
from export_jobs.core.files.names import file_stem, manifest_path, target_path
from export_jobs.core.files.open_number import ANY_NUMBER, TakenPaths
from export_jobs.core.windows.window import Window, scheduled_windows

SOME_DAY = datetime(2000, 1, 1, tzinfo=UTC)
"""Used for the day of a run that is not known yet: names that differ only by it count as the same."""


class JobFile(NamedTuple):
    """A path at the destination, and its template and window; ``template`` is empty for a file of the whole run."""

    path: str
    template: str
    window: Window


OPEN_NUMBERS = FileNumbers()
"""Used for the numbers of a run that is not known yet."""


def has_numbered_files(job: JobSpec) -> bool:
    """Whether the names of the templates' files contain a number from the ledger."""
    return job.file.name is not None and parse_name_pattern(job.file.name).is_numbered


def delivered_stem(
    job: JobSpec,
    template: str,
    window: Window,
    run_began: datetime | None,
    *,
    part: str = "",
    numbers: FileNumbers = OPEN_NUMBERS,
) -> str:
    """Return a template's file name without its ending. ``run_began`` (aware): when the run first began; None: any day.

    ``part``: the number of the part, for a job that splits its files. It is at the end of the name, or where the job's
    own pattern has it.
    """
    zone = job.schedule.time_zone
    behind = f"__part-{part}" if part else ""
    if job.file.name is None:
        return file_stem(job.name, template, window, zone) + behind
    pattern = parse_name_pattern(job.file.name)
    name = pattern.render(NameValues(job.name, template, window, zone, run_began, part, numbers))
    return name if "part" in pattern.fields else name + behind


def done_path(
    job: JobSpec, window: Window, run_began: datetime | None, numbers: FileNumbers = OPEN_NUMBERS
) -> str | None:
    """Return where the done file goes, which is sent last; None when the job has none."""
    if job.file.done_file is None:
        return None
    values = NameValues(job.name, "", window, job.schedule.time_zone, run_began, numbers=numbers)
    return parse_name_pattern(job.file.done_file).render(values)


def sent_manifest_path(job: JobSpec, window: Window) -> str | None:
    """Return where the manifest goes; None when the job sends none."""
    if job.file.manifest == "none":
        return None
    name = manifest_path(job.name, window, job.schedule.time_zone)
    return f"{job.file.manifest_folder}/{name}" if job.file.manifest_folder else name


def paths_of_window(
    job: JobSpec,
    window: Window,
    run_began: datetime | None = SOME_DAY,
    part: str = ANY_NUMBER,
    numbers: FileNumbers = OPEN_NUMBERS,
) -> Iterator[JobFile]:
    """Yield the files of a run of ``window``, in the order of delivery; of a split file only ``part``."""
    for use in job.templates:
        stem = delivered_stem(
            job, use.template, window, run_began, part=part if job.file.split else "", numbers=numbers
        )
        yield JobFile(target_path(use, stem, job.file), use.template, window)
    manifest = sent_manifest_path(job, window)
    if manifest is not None:
        yield JobFile(manifest, "", window)
    done = done_path(job, window, run_began, numbers)
    if done is not None:
        yield JobFile(done, "", window)


def all_paths(job: JobSpec, run_began: datetime | None = SOME_DAY) -> Iterator[JobFile]:
    """Yield the files of the present schedule, window by window; the schedule and the patterns must be valid."""
    whole = job.schedule.model_copy(update={"anchor": None})
    for scheduled in scheduled_windows(whole):
        yield from paths_of_window(job, scheduled.window, run_began)


def find_collision(job: JobSpec, other: JobSpec) -> JobFile | None:
    """Return the first file of ``job`` whose path ``other`` has too. Case is ignored, as on Windows."""
    if not any(a.startswith(b) or b.startswith(a) for a in _beginnings(job) for b in _beginnings(other)):
        return None
    taken: TakenPaths[JobFile] = TakenPaths()
    # The days of the runs are not known, and the run date of one job can be a day of data of the other.
    for file in all_paths(other, None):
        taken.add(file.path, file)
    return next((file for file in all_paths(job, None) if taken.find(file.path)), None)


def _beginnings(job: JobSpec) -> set[str]:
    """Return what the job's paths begin with for any window: nearly always enough to distinguish two jobs."""
    usual = f"{job.name}__"
    folder = job.file.manifest_folder
    found = {f"{folder}/{usual}" if folder else usual}  # the manifest
    for use in job.templates:
        name = job.file.name
        start = usual if name is None else parse_name_pattern(name).beginning(job.name, use.template)
        found.add(f"{use.subfolder}/{start}" if use.subfolder else start)
    if job.file.done_file is not None:
        found.add(parse_name_pattern(job.file.done_file).beginning(job.name, ""))
    return {start.lower() for start in found}
