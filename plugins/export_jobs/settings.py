"""Every setting, read from the environment when it is used, never at import.

Every setting has a default that works in a plain Airflow installation; README lists them.
"""

from __future__ import annotations

import os
from pathlib import Path

from export_jobs.errors import UserError

STORE_CONNECTION = "export_jobs_store"
STORE_TASKS_CONNECTION = "export_jobs_store_tasks"
STORE_OWNER_CONNECTION = "export_jobs_store_owner"
API_CONNECTION = "export_jobs_airflow_api"
MAX_SPREAD_MINUTES = 45


def catalogue_folder() -> Path:
    """Folder with ``facts/``, ``kpis/`` and ``dimensions/``; by default ``include/sql`` beside ``plugins/``."""
    beside_plugins = Path(__file__).resolve().parents[2] / "include" / "sql"
    return Path(os.environ.get("EXPORT_JOBS_CATALOGUE") or beside_plugins)


def catalogue_variables() -> dict[str, str]:
    """Values for ``{{ name }}`` in catalogue files: ``EXPORT_JOBS_VARIABLE_SCHEMA`` overrides ``schema``."""
    prefix = "EXPORT_JOBS_VARIABLE_"
    return {name.removeprefix(prefix).lower(): text for name, text in os.environ.items() if name.startswith(prefix)}


def state_folder() -> Path:
    """Local folder for the last good snapshot of the definitions; by default ``$AIRFLOW_HOME/export_jobs``."""
    airflow_home = Path(os.environ.get("AIRFLOW_HOME") or Path("~/airflow").expanduser())
    return Path(os.environ.get("EXPORT_JOBS_STATE") or airflow_home / "export_jobs")


def staging_root() -> str:
    """Where tasks put files between steps, an ``ObjectStoragePath`` URL; workers on several machines share it."""
    return os.environ.get("EXPORT_JOBS_STAGING") or f"file://{state_folder()}/staging"


def pool() -> str:
    """Airflow pool of tasks that read, compress and upload; its size limits the load on warehouse and network."""
    return os.environ.get("EXPORT_JOBS_POOL", "export_jobs")


def destination_slots() -> int:
    """How many tasks of all jobs may use one destination at a time, in a pool for it; 0: one pool for all."""
    return _whole_number("EXPORT_JOBS_DESTINATION_SLOTS", 0)


def destination_pool(tag: str) -> str:
    """Airflow pool of the tasks that use a destination."""
    return f"{pool()} to {tag}" if destination_slots() else pool()


def spread_minutes() -> int:
    """Over how many minutes after their time the starts of recurring jobs are spread; at most 45.

    Each job always starts at the same second. The page calls a job overdue after an hour.
    """
    name = "EXPORT_JOBS_SPREAD_MINUTES"
    minutes = _whole_number(name, 0)
    if minutes > MAX_SPREAD_MINUTES:
        raise UserError(f"The environment variable {name} is {minutes}", f"Set it to at most {MAX_SPREAD_MINUTES}")
    return minutes


def smtp_connection() -> str:
    """Airflow connection of the mail server."""
    return os.environ.get("EXPORT_JOBS_SMTP_CONNECTION", "smtp_default")


def operators_mail() -> tuple[str, ...]:
    """Addresses that get every alarm in addition to the jobs' owners; comma-separated, or none."""
    return tuple(filter(None, (part.strip() for part in os.environ.get("EXPORT_JOBS_OPERATORS_MAIL", "").split(","))))


def retries() -> int:
    """How often a task is retried after a transient error."""
    return _whole_number("EXPORT_JOBS_RETRIES", 5)


def retry_delay_s() -> int:
    """Seconds before the first retry; each further one waits twice as long, at most half an hour."""
    return _whole_number("EXPORT_JOBS_RETRY_DELAY_S", 60)


def statement_timeout_s() -> int:
    """Seconds after which the database ends a query."""
    return _whole_number("EXPORT_JOBS_STATEMENT_TIMEOUT_S", 4 * 3600)


def deflate_level() -> int:
    """Compression level of staged rows, from 1 to 3: higher is smaller and slower; see docs/adr/0011."""
    name = "EXPORT_JOBS_DEFLATE_LEVEL"
    level = _whole_number(name, 2)
    if not 1 <= level <= 3:
        raise UserError(f"The environment variable {name} is {level}", "Set it to 1, 2 or 3")
    return level


def download_max_bytes() -> int:
    """Size of the largest file that people can download from the page; a larger one fails its run."""
    return _whole_number("EXPORT_JOBS_DOWNLOAD_MAX_BYTES", 2 * 1024**3)


def settle_delay_s() -> int:
    """Seconds from a window's end until it is read on the *updated* date from a database other than PostgreSQL."""
    return _whole_number("EXPORT_JOBS_SETTLE_DELAY_S", 900)


def task_timeout_s() -> int:
    """Seconds after which Airflow ends a task, so that a stuck one cannot block a job's next windows forever."""
    return _whole_number("EXPORT_JOBS_TASK_TIMEOUT_S", 6 * 3600)


def connect_timeout_s() -> int:
    """Seconds to wait for a database or an S3 endpoint that does not answer."""
    return _whole_number("EXPORT_JOBS_CONNECT_TIMEOUT_S", 15)


def stall_timeout_s() -> int:
    """Seconds without progress after which an upload is stopped and retried."""
    return _whole_number("EXPORT_JOBS_STALL_TIMEOUT_S", 120)


def _whole_number(name: str, default: int) -> int:
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    if not text.isdecimal():
        raise UserError(f"The environment variable {name} is {text!r}", f"Set it to a whole number, such as {default}")
    return int(text)
