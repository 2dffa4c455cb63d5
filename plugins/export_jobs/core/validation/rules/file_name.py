"""Rules for a job's own names of files: no two files share a path, and a name has no ending of its own."""

from __future__ import annotations

from collections.abc import Iterator

from export_jobs.core.base.issue import Issue
from export_jobs.core.base.text import quote_value
from export_jobs.core.catalogue.catalogue import Catalogue
from export_jobs.core.definitions.job import JobSpec
from export_jobs.core.files.job_files import JobFile, all_paths, paths_of_window
from export_jobs.core.files.name_pattern import (
    MAX_FILE_NAME_BYTES,
    device_issues,
    name_pattern_issues,
    parse_name_pattern,
)
from export_jobs.core.files.names import ARMOURED, ENCRYPTED, MANIFEST_SUFFIX, SUFFIXES
from export_jobs.core.files.open_number import ANY_NUMBER, TakenPaths
from export_jobs.core.validation.rule import RuleContext, Rules
from export_jobs.core.validation.rules.schedule import SCHEDULE_RULES
from export_jobs.core.windows.window import scheduled_windows

FILE_NAME_RULES: Rules[JobSpec] = Rules()
LONGEST_NUMBER = 5
"""Digits that the number of a window, part or revision may reach, unless it is padded to more."""
_ENDINGS = tuple(sorted((*SUFFIXES, ENCRYPTED, ARMOURED), key=len, reverse=True))
_OF_SCHEDULE = (
    "schedule.frequency", "schedule.execute_on", "schedule.from", "schedule.until", "schedule.time_zone",
    "schedule.deliver_after_days",
)  # fmt: skip


@FILE_NAME_RULES.reads("file.name")
def name_is_a_pattern(job: JobSpec) -> Iterator[Issue]:
    """A name has fields of the closed list and plain characters, but no ending."""
    name = job.file.name
    if name is None:
        return
    yield from name_pattern_issues("file.name", name)
    yield from device_issues("file.name", name)
    ending = next((ending for ending in _ENDINGS if name.lower().endswith(ending)), None)
    if ending:
        what = f"{quote_value(name)} ends with {quote_value(ending)}, which is added automatically"
        yield Issue("file.name", what, "Leave the ending out")


@FILE_NAME_RULES.reads("file.done_file")
def done_file_is_a_pattern(job: JobSpec) -> Iterator[Issue]:
    """A run sends one done file, so it cannot be named after a template."""
    name = job.file.done_file
    if name is None:
        return
    found = list(name_pattern_issues("file.done_file", name))
    yield from found
    yield from device_issues("file.done_file", name)
    for field in ("template", "part") if not found else ():
        if field in parse_name_pattern(name).fields:
            what = f"a run sends one done file, so it cannot be named after a {field}"
            yield Issue("file.done_file", what, f"Leave {{{field}}} out")


@FILE_NAME_RULES.reads("file.split", "file.name")
def part_is_of_a_split_file(job: JobSpec) -> Iterator[Issue]:
    """Only a split file has the number of a part."""
    name = job.file.name
    if job.file.split is not None or name is None or next(name_pattern_issues("", name), None):
        return
    if "part" in parse_name_pattern(name).fields:
        what = f"{quote_value(name)} contains {{part}}, but the files of this job are not split"
        yield Issue("file.name", what, "Leave {part} out, or split the files with file.split")


@FILE_NAME_RULES.reads("file.name", "file.done_file", "file.format", "file.compression", "templates", *_OF_SCHEDULE)
def each_file_has_a_path_of_its_own(job: JobSpec) -> Iterator[Issue]:
    """No two files of the schedule share a path: the second one would replace the first."""
    if (job.file.name is None and job.file.done_file is None) or not has_paths(job):
        return
    path = "file.name" if job.file.name is not None else "file.done_file"
    taken: TakenPaths[JobFile] = TakenPaths()
    folders: TakenPaths[str] = TakenPaths()
    for folder in _folders(job):
        folders.add(folder, folder)
    for file in _paths_to_compare(job):
        length = len(file.path.rpartition("/")[2].encode()) + file.path.count(ANY_NUMBER) * (LONGEST_NUMBER - 1)
        if length > MAX_FILE_NAME_BYTES:
            what = f"the name {quote_value(file.path)} is longer than {MAX_FILE_NAME_BYTES} bytes"
            yield Issue(path, what, "Use a shorter one")
            return
        if folders.find(file.path) is not None:
            what = f"a file would be called {quote_value(file.path)}, but this job has a folder of that name"
            yield Issue(path, what, "Give the file or the folder another name")
            return
        other = taken.find(file.path)
        if other and not _has_a_number_of_its_own(job, file, other):
            yield Issue(path, _collision_text(job, file, other), _collision_remedy(file, other))
            return
        taken.add(file.path, file)


def _folders(job: JobSpec) -> set[str]:
    """Return every folder below the destination's that the job uses, with its parent folders."""
    whole = {*(use.subfolder for use in job.templates), job.file.manifest_folder} - {""}
    return {
        "/".join(parts[:level]) for parts in (name.split("/") for name in whole) for level in range(1, len(parts) + 1)
    }


def _has_a_number_of_its_own(job: JobSpec, file: JobFile, other: JobFile) -> bool:
    """Whether only the running number of their windows distinguishes the two."""
    pattern = job.file.name if file.template else job.file.done_file
    if ANY_NUMBER not in file.path or pattern is None or (file.template, file.path) != (other.template, other.path):
        return False
    return file.window != other.window and "sequence" in parse_name_pattern(pattern).fields


def _paths_to_compare(job: JobSpec) -> Iterator[JobFile]:
    """Return the paths of the first window if no two windows can share a name, else those of all windows.

    Each Dag is checked at each parse, and a year of days takes forty times as long. A done file that ends like another
    file could have the name of a file of another window, so then all are compared.
    """
    done = job.file.done_file
    patterns = [parse_name_pattern(text) for text in (job.file.name, done) if text is not None]
    ends_alike = done is not None and done.lower().endswith((*_ENDINGS, MANIFEST_SUFFIX))
    if ends_alike or not all(pattern.names_each_window for pattern in patterns):
        return all_paths(job)
    first = next(scheduled_windows(job.schedule.model_copy(update={"anchor": None})), None)
    return paths_of_window(job, first.window) if first else iter(())


def has_paths(job: JobSpec) -> bool:
    """Whether the schedule and the patterns are valid, so that the job's paths are known."""
    patterns = (job.file.name, job.file.done_file)
    if any(pattern is not None and next(name_pattern_issues("", pattern), None) for pattern in patterns):
        return False
    return next(SCHEDULE_RULES.issues(job, RuleContext(Catalogue())), None) is None


def _collision_text(job: JobSpec, file: JobFile, other: JobFile) -> str:
    zone = job.schedule.time_zone
    days = " and ".join(str(window.days(zone)[0]) for window in dict.fromkeys((other.window, file.window)))
    whose = " and ".join(dict.fromkeys(name or "the run itself" for name in (other.template, file.template)))
    return f"two files would be called {quote_value(file.path)}: for {whose}, window from {days}"


def _collision_remedy(file: JobFile, other: JobFile) -> str:
    if file.window != other.window:
        return "Add the days to the name, such as {window_start:%Y%m%d}"
    return "Add {template} to the name, and give the done file another name"
