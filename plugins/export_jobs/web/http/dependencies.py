"""What routes depend on: the store, the ledger, the catalogue, the job in the path. Opened on first use."""

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
from export_jobs.errors import TerminalError, UserError
from export_jobs.orchestration.airflow.connections import store_engine
from export_jobs.orchestration.catalogue import load_configured_catalogue
from export_jobs.store.definitions import Definitions
from export_jobs.store.ledger import Ledger
from export_jobs.store.stored_job import StoredJob
from export_jobs.web.http.error_responses import RequestRefusal

ENGINE_CACHE_S = 60
"""How many seconds the store's connection is cached; a secrets backend can be slow."""

CATALOGUE_CACHE_S = 2
"""How many seconds the catalogue is used before its files are checked for changes again."""


@dataclass(frozen=True)
class StampedCatalogue:
    """The catalogue, with a stamp that changes when any of its files does."""

    catalogue: Catalogue
    stamp: str


def engine() -> Engine:
    """Return the store's engine. Raises ``TerminalError`` if no store is configured."""
    try:
        return _engine_of(int(time.monotonic() // ENGINE_CACHE_S))
    except UserError as error:
        raise TerminalError(error.what, error.remedy) from error


@lru_cache(maxsize=1)
def _engine_of(turn: int) -> Engine:  # noqa: ARG001  part of the cache key
    return store_engine()


def definitions() -> Definitions:
    """Return the stored jobs, templates and destinations."""
    return Definitions(engine())


def ledger() -> Ledger:
    """Return the ledger: what ran and what was delivered."""
    return Ledger(engine())


class _CatalogueCache:
    """Caches the catalogue, and loads it again when one of its files has changed."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._checked_at = -float(CATALOGUE_CACHE_S)
        self._loaded: StampedCatalogue | None = None

    def catalogue(self) -> StampedCatalogue:
        with self._lock:
            if self._loaded is None or time.monotonic() - self._checked_at >= CATALOGUE_CACHE_S:
                stamp = _stamp()
                if self._loaded is None or self._loaded.stamp != stamp:
                    self._loaded = StampedCatalogue(load_configured_catalogue(), stamp)
                self._checked_at = time.monotonic()
            return self._loaded


_CATALOGUE_CACHE = _CatalogueCache()


def stamped_catalogue() -> StampedCatalogue:
    """Return the catalogue with its stamp. Raises ``TerminalError`` if its folder is missing."""
    try:
        return _CATALOGUE_CACHE.catalogue()
    except UserError as error:
        raise TerminalError(error.what, error.remedy) from error


def catalogue() -> Catalogue:
    """Return the catalogue: what can be exported."""
    return stamped_catalogue().catalogue


def stored_job(dag_id: str) -> StoredJob:
    """Return the live job of the Dag in the path, or answer 404."""
    found = definitions().by_dag_id(dag_id)
    if found is None:
        raise RequestRefusal.because(
            404, f"there is no export job with the Dag {dag_id!r}", "Load the list of jobs again"
        )
    return found


def _stamp() -> str:
    folder = settings.catalogue_folder()
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    parts = [f"{path}:{(stat := path.stat()).st_mtime_ns}:{stat.st_size}" for path in files]
    return str(hash((tuple(parts), tuple(sorted(settings.catalogue_variables().items())))))


StoreEngineDep = Annotated[Engine, Depends(engine)]
StoreDep = Annotated[Definitions, Depends(definitions)]
LedgerDep = Annotated[Ledger, Depends(ledger)]
CatalogueDep = Annotated[Catalogue, Depends(catalogue)]
StampedCatalogueDep = Annotated[StampedCatalogue, Depends(stamped_catalogue)]
StoredJobDep = Annotated[StoredJob, Depends(stored_job)]
