"""What routes work on: the store, the ledger, the catalogue, the job of the path. Opened when asked for."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Annotated

from fastapi import Depends
from sqlalchemy import Engine

from export_jobs import settings
from export_jobs.core.catalogue.catalogue import Catalogue
from export_jobs.core.catalogue.files import load_catalogue
from export_jobs.errors import TerminalError, UserError
from export_jobs.orchestration.airflow.connections import store_engine
from export_jobs.store.definitions import Definitions, StoredJob
from export_jobs.store.ledger import Ledger
from export_jobs.web.http.errors import Refused

FRESH_S = 60
"""For so many seconds the store's connection is not looked up again; a secrets backend may be slow."""

LOOKED_AT_S = 2
"""For so many seconds the catalogue's files are not looked at again."""


@dataclass(frozen=True)
class Stamped:
    """The catalogue, with a stamp that changes when any of its files does."""

    catalogue: Catalogue
    stamp: str


def engine() -> Engine:
    """The store's engine; raises ``TerminalError`` where no store is configured."""
    try:
        return _engine_of(int(time.monotonic() // FRESH_S))
    except UserError as error:
        raise TerminalError(str(error)) from error


@lru_cache(maxsize=1)
def _engine_of(turn: int) -> Engine:  # noqa: ARG001  forgets the one before
    return store_engine()


def definitions() -> Definitions:
    """Jobs, templates and destinations."""
    return Definitions(engine())


def ledger() -> Ledger:
    """What ran and what was delivered."""
    return Ledger(engine())


class _Files:
    """The catalogue as its files are now: read again when one of them has changed."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._looked_at = -float(LOOKED_AT_S)
        self._held: Stamped | None = None

    def catalogue(self) -> Stamped:
        with self._lock:
            if self._held is None or time.monotonic() - self._looked_at >= LOOKED_AT_S:
                stamp = _stamp()
                if self._held is None or self._held.stamp != stamp:
                    self._held = Stamped(
                        load_catalogue(settings.catalogue_folder(), settings.catalogue_variables()), stamp
                    )
                self._looked_at = time.monotonic()
            return self._held


_FILES = _Files()


def stamped_catalogue() -> Stamped:
    """What can be exported; raises ``TerminalError`` when its folder is missing."""
    try:
        return _FILES.catalogue()
    except UserError as error:
        raise TerminalError(str(error)) from error


def catalogue() -> Catalogue:
    """What can be exported."""
    return stamped_catalogue().catalogue


def stored_job(dag_id: str) -> StoredJob:
    """The live job of the Dag in the path, or 404."""
    found = definitions().by_dag_id(dag_id)
    if found is None:
        raise Refused.because(404, f"there is no export job with the Dag {dag_id!r}", "Load the list of jobs again")
    return found


def _stamp() -> str:
    folder = settings.catalogue_folder()
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    parts = [f"{path}:{(stat := path.stat()).st_mtime_ns}:{stat.st_size}" for path in files]
    return str(hash((tuple(parts), tuple(sorted(settings.catalogue_variables().items())))))


StoreEngine = Annotated[Engine, Depends(engine)]
Store = Annotated[Definitions, Depends(definitions)]
LedgerOf = Annotated[Ledger, Depends(ledger)]
CatalogueOf = Annotated[Catalogue, Depends(catalogue)]
StampedCatalogue = Annotated[Stamped, Depends(stamped_catalogue)]
StoredJobOf = Annotated[StoredJob, Depends(stored_job)]
