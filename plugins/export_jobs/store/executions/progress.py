"""How far each job has got, for all jobs at once: a list of a thousand jobs must not ask a thousand times."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine, text

from export_jobs.store.database.engine import transaction


def last_scheduled_ends(engine: Engine) -> dict[int, datetime]:
    """By job id, the end of the last window that the schedule made; a job without one is absent.

    Raises ``TransientError`` while the store is out of reach.
    """
    query = """SELECT job_id, max(window_end) AS until FROM export_jobs.execution
               WHERE run_type = 'scheduled' GROUP BY job_id"""
    with transaction(engine) as connection:
        return {row.job_id: row.until for row in connection.execute(text(query))}
