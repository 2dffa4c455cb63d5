"""The app that Airflow's API server mounts under ``/export-jobs``."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from export_jobs import __version__
from export_jobs.web import api
from export_jobs.web.http import documentation
from export_jobs.web.http.error_responses import add_handlers
from export_jobs.web.http.guard import Guard
from export_jobs.web.lifespan import lifespan
from export_jobs.web.page import files as page

PREFIX = "/export-jobs"


class ExportJobsApp(FastAPI):
    """Stores the app that it is mounted in (Airflow) in the scope, before FastAPI overwrites it with itself."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        scope.setdefault("export_jobs.airflow", scope.get("app"))
        await super().__call__(scope, receive, send)


def create_app() -> FastAPI:
    """Create an app with every router of ``web/api``. Nothing is opened before the first request."""
    app = ExportJobsApp(
        title="Export Jobs for Apache Airflow",
        version=__version__,
        docs_url=None,  # FastAPI's are public; ours require a login
        redoc_url=None,
        openapi_url=None,
        lifespan=lifespan,
    )
    app.add_middleware(Guard)
    add_handlers(app)
    for module in _api_modules():
        app.include_router(module.router, prefix="/api")
    app.include_router(documentation.router, prefix="/api")
    app.include_router(page.router)
    return app


def _api_modules() -> list[Any]:
    """Return the modules of ``web/api``, one per noun, sorted by name."""
    names = sorted(module.name for module in pkgutil.iter_modules([str(Path(api.__file__).parent)]))
    return [importlib.import_module(f"{api.__name__}.{name}") for name in names]
