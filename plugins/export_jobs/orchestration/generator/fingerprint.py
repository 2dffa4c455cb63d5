"""What a validated Dag depends on besides its row: the same fingerprint means the same Dag."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import airflow
from airflow.configuration import AIRFLOW_CONFIG

import export_jobs
from export_jobs import settings
from export_jobs.core.catalogue.files import VARIABLES
from export_jobs.store.stored_job import StoredJob

_PREFIXES = ("EXPORT_JOBS_", "AIRFLOW__CORE__", "AIRFLOW__OPERATORS__")
_SECTIONS = ("facts", "kpis", "dimensions")
_PACKAGE = Path(export_jobs.__file__).parent


def surroundings_fingerprint() -> str:
    """Return a hash of catalogue, settings, this package, Airflow and Python; a change validates every row again."""
    found = hashlib.sha256(_code_fingerprint().encode())
    for part in (*_settings(), *_catalogue()):
        found.update(f"{len(part)}:".encode())
        found.update(part)
    return found.hexdigest()


def row_fingerprint(row: StoredJob) -> str:
    """Return a hash of the whole row."""
    return hashlib.sha256(json.dumps(vars(row), sort_keys=True).encode()).hexdigest()


@lru_cache(maxsize=1)
def _code_fingerprint() -> str:
    """Once a process, and so once for all parses of a Dag processor that has imported this: they run that code."""
    found = hashlib.sha256(f"{export_jobs.__version__} {airflow.__version__} {sys.version}".encode())
    for path in sorted(_PACKAGE.rglob("*.py")):  # a folder that was copied again can have an unchanged version
        state = path.stat()
        found.update(f"{path} {state.st_mtime_ns} {state.st_size}\n".encode())
    return found.hexdigest()


def _settings() -> Iterator[bytes]:
    for name, text in sorted(os.environ.items()):
        if name.startswith(_PREFIXES):
            yield f"{name}={text}".encode()
    yield _content(Path(AIRFLOW_CONFIG))


def _catalogue() -> Iterator[bytes]:
    folder = settings.catalogue_folder()
    yield f"{folder} {folder.is_dir()}".encode()
    for path in (folder / VARIABLES, *(path for name in _SECTIONS for path in sorted((folder / name).glob("*")))):
        yield path.name.encode()
        yield _content(path)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        return type(error).__name__.encode()
