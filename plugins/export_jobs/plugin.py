"""The plugin that Airflow registers, from the entry point of the wheel or from the plugins folder."""

from __future__ import annotations

from functools import cached_property
from importlib.metadata import entry_points
from typing import Any, ClassVar
from urllib.parse import urlsplit

from airflow.configuration import conf
from airflow.plugins_manager import AirflowPlugin

from export_jobs.orchestration.airflow import scheduler_listener
from export_jobs.orchestration.timetable import ExportTimetable
from export_jobs.web.page.stamp import STATIC_FOLDER, stamp


class ExportJobsPlugin(AirflowPlugin):
    """Registers the page, its API, and the timetable under the name that serialised Dags contain."""

    name = "export_jobs"
    timetables: ClassVar = [ExportTimetable]
    listeners: ClassVar = [scheduler_listener]

    @property
    def react_apps(self) -> list[dict[str, Any]]:
        """The page in the navigation, and a tab on the page of each Dag, if their files are installed."""
        below = urlsplit(conf.get("api", "base_url", fallback="")).path.rstrip("/")
        apps = {
            "page.js": {"name": "Export Schedules", "destination": "nav", "url_route": "export-schedules"},
            "dag_tab.js": {"name": "Export", "destination": "dag", "url_route": "export"},
        }
        return [
            {
                **app,
                "bundle_url": f"{below}/export-jobs/static/{stamp()}/{file}",
                "icon": f"{below}/export-jobs/static/icons/export.svg",
                "icon_dark_mode": f"{below}/export-jobs/static/icons/export_dark.svg",
            }
            for file, app in apps.items()
            if (STATIC_FOLDER / file).is_file()
        ]

    @cached_property
    def fastapi_apps(self) -> list[dict[str, Any]]:
        """Created on demand: every worker loads this file, but only the API server needs the imports of an app."""
        from export_jobs.web.app import PREFIX, create_app  # noqa: PLC0415

        return [{"name": "Export Jobs", "app": create_app(), "url_prefix": PREFIX}]


ENTRY_POINT_GROUP = "airflow.plugins"


def plugin_for_folder() -> type[ExportJobsPlugin] | None:
    """Return the plugin, unless an installed wheel already registers it: Airflow would report another one as broken."""
    module = ExportJobsPlugin.__module__
    is_installed = any(point.module == module for point in entry_points(group=ENTRY_POINT_GROUP))
    return None if is_installed else ExportJobsPlugin
