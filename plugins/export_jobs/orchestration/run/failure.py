"""Turn any exception that has stopped a step into what happened and what to do next.

This package's own errors already say both. From errors of other libraries only what cannot contain a secret is quoted:
the type, a number or a code, never the text, which may quote a connection string or a row.
"""

from __future__ import annotations

import errno
import os
from typing import NamedTuple

from airflow.sdk.exceptions import AirflowTaskTerminated, AirflowTaskTimeout

from export_jobs.errors import ExportError

_AGAIN = "It is retried automatically; if this continues, see the log of this task"
_LOOK_UP = "Look the code up in the service's manual, and correct the Airflow connection"
_KINDS: tuple[tuple[tuple[type[BaseException], ...], str, str], ...] = (
    (
        (AirflowTaskTimeout,),
        "Airflow ended the step {step} after {span}, the longest time that a task may take",
        "Find out what it waited for; if it needs longer, set EXPORT_JOBS_TASK_TIMEOUT_S",
    ),
    (
        (SystemExit, KeyboardInterrupt, AirflowTaskTerminated),
        "The step {step} was asked to stop: somebody cleared or marked it, or its machine is shutting down",
        "If nobody wanted this, clear the run",
    ),
    (
        (MemoryError,),
        "The step {step} ran out of memory",
        "Give the worker more memory, or let fewer tasks run on it at once",
    ),
    (
        (ImportError,),
        "The step {step} needs a Python package that is missing on this worker ({missing})",
        "Install it there, with the extra of airflow-export-jobs that includes it",
    ),
    (
        (ConnectionError, TimeoutError),
        "A network connection failed in the step {step} ({said})",
        _AGAIN,
    ),
    (
        (OSError,),
        "The operating system refused a request of the step {step} ({said})",
        _AGAIN,
    ),
    (
        (UnicodeError,),
        "The step {step} found text that its encoding cannot represent ({kind})",
        "Correct the text; see the log of this task for the whole error",
    ),
)
"""Exceptions of Python and of Airflow by their type; the first match applies."""

_LIBRARIES: tuple[tuple[set[str], str, str], ...] = (
    ({"botocore", "boto3", "s3transfer"}, "S3, or the login to it, refused the step {step} ({named})", _LOOK_UP),
    ({"psycopg", "psycopg2", "sqlalchemy"}, "A database refused the step {step} ({named})", _AGAIN),
    ({"asyncssh"}, "The SFTP server refused the step {step} ({named})", _AGAIN),
    ({"airflow"}, "Airflow refused the step {step} ({named})", _AGAIN),
)
"""Exceptions of libraries by the library's name, so that a library that is not installed is not imported."""

_FULL_DISK = {errno.ENOSPC, errno.EDQUOT}


class Failure(NamedTuple):
    """What happened and what to do, both without the last full stop, as in ``ExportError``."""

    what: str
    remedy: str

    def __str__(self) -> str:
        return " ".join(f"{part}." for part in self if part)


def failure_of(error: BaseException, step: str, timeout_s: float) -> Failure:
    """Return the failure for ``error``, which has stopped ``step``; Airflow lets the step run ``timeout_s`` seconds."""
    if isinstance(error, ExportError):
        return Failure(error.what, error.remedy)
    if isinstance(error, OSError) and error.errno in _FULL_DISK:
        return Failure(
            f"No space is left on the worker's disk for the step {step}", "Free some space, then clear the run"
        )
    library, kind, code = type(error).__module__.partition(".")[0], type(error).__name__, _code(error)
    values = {
        "step": step,
        "span": _span(timeout_s),
        "kind": kind,
        "named": f"{kind} {code}" if code else kind,
        "said": _system_word(error),
        "missing": _module_name(error),
    }
    by_type = ((what, remedy) for types, what, remedy in _KINDS if isinstance(error, types))
    by_library = ((what, remedy) for names, what, remedy in _LIBRARIES if library in names)
    unexpected = "The step {step} was stopped by an unexpected {named}", "See the log of this task, then rerun the job"
    what, remedy = next(by_type, None) or next(by_library, unexpected)
    return Failure(what.format(**values), remedy)


def killed(step: str) -> Failure:
    """Return the failure of a step that started but recorded no result, although Airflow gave it up."""
    return Failure(
        f"The process of the step {step} ended without recording a result: it was killed, perhaps because its machine "
        "ran out of memory, or the machine was lost",
        "See the log of this task and of its worker, then clear the run",
    )


def not_started(step: str) -> Failure:
    """Return the failure of a step that Airflow could not start."""
    return Failure(
        f"Airflow could not start the step {step}",
        "See the log of this task: the worker may not have this package, its Dag or the connection to the store",
    )


def _system_word(error: BaseException) -> str:
    """Return the system's text for the error number; the error's own text may name a file or a host that is secret."""
    number = error.errno if isinstance(error, OSError) else None
    return os.strerror(number) if isinstance(number, int) and number > 0 else type(error).__name__


def _module_name(error: BaseException) -> str:
    name = str(getattr(error, "name", None) or "")
    return name if name.replace(".", "").isidentifier() else type(error).__name__


def _code(error: BaseException) -> str:
    """Return S3's error code or the SQLSTATE, if it consists of letters, digits and full stops."""
    response = getattr(error, "response", None)
    answer = response.get("Error") if isinstance(response, dict) else None
    code = answer.get("Code") if isinstance(answer, dict) else getattr(error, "sqlstate", None)
    text = str(code or "")
    return text if len(text) <= 60 and text.replace(".", "").isalnum() else ""


def _span(seconds: float) -> str:
    if seconds >= 7200:
        return f"{seconds / 3600:g} hours"
    return f"{seconds / 60:g} minutes" if seconds >= 120 else f"{seconds:g} seconds"
