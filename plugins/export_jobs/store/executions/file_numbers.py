"""The numbers in file names: a sequence number for each window, and the revision of a window's content."""

from __future__ import annotations

from sqlalchemy import Connection, text

from export_jobs.core.files.name_pattern import FileNumbers

# One at a time for each job and template, so that two simultaneous new runs get two numbers.
_LOCK = """SELECT pg_advisory_xact_lock(hashtextextended('file_number ' || job_id || ' ' || :template, 0))
    FROM export_jobs.execution WHERE id = :execution_id"""
_GIVEN = """SELECT sequence, revision FROM export_jobs.file_number
    WHERE execution_id = :execution_id AND template = :template AND stage = :stage"""
_OF_JOB = """SELECT n.sequence, n.revision, n.made_of,
        (e.window_start, e.window_end) = (me.window_start, me.window_end) AS is_same_window
    FROM export_jobs.execution me JOIN export_jobs.execution e ON e.job_id = me.job_id
    JOIN export_jobs.file_number n ON n.execution_id = e.id AND n.template = :template
    WHERE me.id = :execution_id"""
_NUMBER = f"""INSERT INTO export_jobs.file_number (execution_id, template, stage, sequence, revision, made_of)
    SELECT CAST(:execution_id AS bigint), CAST(:template AS text), CAST(:stage AS text),
        coalesce(max(sequence) FILTER (WHERE is_same_window), max(sequence) + 1, 1),
        coalesce(max(revision) FILTER (WHERE is_same_window), 0)
            + CASE (array_agg(made_of ORDER BY revision DESC) FILTER (WHERE is_same_window))[1]
                WHEN :made_of THEN 0 ELSE 1 END,
        CAST(:made_of AS text)
    FROM ({_OF_JOB}) numbered
    RETURNING sequence, revision"""


def number_file(connection: Connection, execution_id: int, template: str, stage: str, made_of: str) -> FileNumbers:
    """Return the numbers of a template's file that is built from ``stage``; later calls return the same numbers.

    A window keeps its sequence number. It also keeps its revision while ``made_of``, a hash of everything that the
    content depends on, is that of the newest revision. ``template`` is empty for the done file of a run.
    """
    values = {"execution_id": execution_id, "template": template, "stage": stage, "made_of": made_of}
    connection.execute(text(_LOCK), values)
    given = connection.execute(text(_GIVEN), values).one_or_none()
    row = given if given is not None else connection.execute(text(_NUMBER), values).one()
    return FileNumbers(row.sequence, row.revision)
