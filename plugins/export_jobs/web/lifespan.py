"""Warm up the job board at startup: the first list validates every job, which takes seconds."""

from __future__ import annotations

import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Thread

from fastapi import FastAPI

import export_jobs
from export_jobs.errors import ExportError
from export_jobs.store.findings.processes import Processes
from export_jobs.web.http.dependencies import engine, stamped_catalogue
from export_jobs.web.jobs.board import board_of

log = logging.getLogger(__name__)


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    """Start the server immediately, and read the board in the background."""
    Thread(target=_read_board, name="export-jobs-warming", daemon=True).start()
    yield


def _read_board() -> None:
    try:
        Processes(engine()).report(socket.gethostname(), "API server", export_jobs.__version__)
        board_of(engine()).read(stamped_catalogue())
    except ExportError as error:
        log.info("The list of jobs is not read ahead of the first request: %s", error)
    except Exception as error:  # a failed warm-up must not prevent the server from starting
        log.warning("The list of jobs is not read ahead of the first request (%s)", type(error).__name__)
