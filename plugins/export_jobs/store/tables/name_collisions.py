"""Two jobs that would fill the same path of a destination: found when the second is saved."""

from __future__ import annotations

from sqlalchemy import Connection, text

from export_jobs.core.base.text import quote_value
from export_jobs.core.definitions.job import ExportJob
from export_jobs.core.files.job_files import all_paths, find_collision
from export_jobs.core.files.open_number import ANY_NUMBER
from export_jobs.core.validation.rules.file_name import has_paths
from export_jobs.errors import UserError
from export_jobs.store.stored_job import StoredJob

# Usual names begin with the job's own, so a job without names of its own can only be met by one that has some.
_NEIGHBOURS = """
    SELECT j.id AS job_id, j.dag_id, j.name, j.version, v.definition
    FROM export_jobs.job j JOIN export_jobs.job_version v ON v.job_id = j.id AND v.version = j.version
    WHERE j.deleted_at IS NULL AND j.id <> :job_id AND (j.destination = ANY(CAST(:destinations AS text[]))
            OR j.destinations && CAST(:destinations AS text[]))
        AND (j.name_pattern IS NOT NULL OR j.done_file IS NOT NULL OR lower(j.name) = ANY(CAST(:names AS text[]))
            OR :any_name)
"""


def refuse_collision(connection: Connection, job_id: int, job: ExportJob) -> None:
    """Raise ``UserError`` when another live job of the destination fills a path of this one.

    A job whose paths are unknown because its schedule is invalid is skipped: validation reports it.
    """
    if not has_paths(job):
        return
    has_names = job.file.name is not None or job.file.done_file is not None
    names = {file.path.rpartition("/")[2].lower().partition("__")[0] for file in all_paths(job)} if has_names else ()
    values = {"job_id": job_id, "destinations": list(job.destination_tags), "names": sorted(names)}
    values["any_name"] = any(ANY_NUMBER in name for name in names)
    for row in connection.execute(text(_NEIGHBOURS), values).mappings():
        other, _ = StoredJob(**row).read()
        file = find_collision(job, other) if other and has_paths(other) else None
        if other and file:
            shared = [tag for tag in job.destination_tags if tag in other.destination_tags]
            raise UserError(
                f"Job {job.name!r}: its file {quote_value(file.path)} would have the path of a file of job "
                f"{other.name!r} at the destination {shared[0]!r}",
                "Choose other names or another sub-folder, such as with {job} in the pattern",
            )
