"""What has stopped a step -> what happened and what to do next, for every exception there is.

Our own errors say it themselves. Of anybody else's only what cannot hold a secret is repeated: the type, a number or a
code, never the text, which may quote a connection string or a row.
"""

from __future__ import annotations

import errno
import os
from typing import NamedTuple

from airflow.sdk.exceptions import AirflowTaskTerminated, AirflowTaskTimeout

from export_jobs.errors import ExportError

_AGAIN = "It is tried again; if this goes on, see the log of this task"
_LOOK_UP = "Look the code up in the service's manual, and correct the Airflow connection"
_KINDS: tuple[tuple[tuple[type[BaseException], ...], str, str], ...] = (
    (
        (AirflowTaskTimeout,),
        "The step {step} was ended by Airflow after {span}, the time that a task may take",
        "Find out what it waited for; if it needs longer, set EXPORT_JOBS_TASK_TIMEOUT_S",
    ),
    (
        (SystemExit, KeyboardInterrupt, AirflowTaskTerminated),
        "The step {step} was told to stop: somebody cleared or marked it, or its machine shuts down",
        "If nobody wanted this, clear the run",
    ),
    (
        (MemoryError,),
        "The step {step} ran out of memory",
        "Give the worker more, or let fewer tasks run on it at once",
    ),
    (
        (ImportError,),
        "The step {step} needs a Python package that is missing on this worker ({missing})",
        "Install it there, with the extra of airflow-export-jobs that brings it",
    ),
    (
        (ConnectionError, TimeoutError),
        "A connection over the network failed in the step {step} ({said})",
        _AGAIN,
    ),
    (
        (OSError,),
        "The operating system refused something to the step {step} ({said})",
        _AGAIN,
    ),
    (
        (UnicodeError,),
        "The step {step} met a text that its encoding cannot hold ({kind})",
        "Correct the text; the log of this task has the whole error",
    ),
)
"""Exceptions of Python and of Airflow by their type; the first that fits counts."""

_LIBRARIES: tuple[tuple[set[str], str, str], ...] = (
    ({"botocore", "boto3", "s3transfer"}, "S3, or the login to it, refused the step {step} ({named})", _LOOK_UP),
    ({"psycopg", "psycopg2", "sqlalchemy"}, "A database refused the step {step} ({named})", _AGAIN),
    ({"asyncssh"}, "The SFTP server refused the step {step} ({named})", _AGAIN),
    ({"airflow"}, "Airflow refused the step {step} ({named})", _AGAIN),
)
"""Exceptions of libraries by the library's name, since one that is not installed need not be imported."""

_FULL_DISK = {errno.ENOSPC, errno.EDQUOT}


class Failure(NamedTuple):
    """Both parts without the last full stop, as in ``ExportError``."""

    what: str
    remedy: str

    def __str__(self) -> str:
        return " ".join(f"{part}." for part in self if part)


def failure_of(error: BaseException, step: str, timeout_s: float) -> Failure:
    """One sentence for ``error``, which has stopped ``step``; ``timeout_s`` is how long Airflow lets it run."""
    if isinstance(error, ExportError):
        return Failure(error.what, error.remedy)
    if isinstance(error, OSError) and error.errno in _FULL_DISK:
        return Failure(f"No space is left on the worker's disk for the step {step}", "Make room, then clear the run")
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
    """What is said of a step that began and has said nothing since, although Airflow gave it up."""
    return Failure(
        f"The process of the step {step} ended without a word: it was killed, perhaps since its machine had no memory "
        "left, or the machine was lost",
        "See the log of this task and of its worker, then clear the run",
    )


def never_begun(step: str) -> Failure:
    """The same for a step that Airflow could not even start."""
    return Failure(
        f"Airflow could not start the step {step}",
        "See the log of this task: the worker may be without this package, its Dag or the connection to the store",
    )


def _system_word(error: BaseException) -> str:
    """The system's word for an error's number; the error's own text may name a file or a host, which may be secret."""
    number = error.errno if isinstance(error, OSError) else None
    return os.strerror(number) if isinstance(number, int) and number > 0 else type(error).__name__


def _module_name(error: BaseException) -> str:
    name = str(getattr(error, "name", None) or "")
    return name if name.replace(".", "").isidentifier() else type(error).__name__


def _code(error: BaseException) -> str:
    """A code of letters, digits and full stops: S3's, or the SQLSTATE."""
    response = getattr(error, "response", None)
    answer = response.get("Error") if isinstance(response, dict) else None
    code = answer.get("Code") if isinstance(answer, dict) else getattr(error, "sqlstate", None)
    text = str(code or "")
    return text if len(text) <= 60 and text.replace(".", "").isalnum() else ""


def _span(seconds: float) -> str:
    if seconds >= 7200:
        return f"{seconds / 3600:g} hours"
    return f"{seconds / 60:g} minutes" if seconds >= 120 else f"{seconds:g} seconds"
