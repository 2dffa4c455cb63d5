"""What Airflow loads from the plugins folder: registration, nothing else."""

from functools import cached_property
from typing import Any, ClassVar

from airflow.plugins_manager import AirflowPlugin

from export_jobs.orchestration.timetable import ExportTimetable


class ExportJobsPlugin(AirflowPlugin):
    """Registers the timetable under the name that serialised Dags carry, the page, and the API behind it."""

    name = "export_jobs"
    timetables: ClassVar = [ExportTimetable]

    @cached_property
    def fastapi_apps(self) -> list[dict[str, Any]]:
        """Made on demand: every worker loads this file, and only the API server needs what an app imports."""
        from export_jobs.web.app import PREFIX, create_app  # noqa: PLC0415

        return [{"name": "Export Jobs", "app": create_app(), "url_prefix": PREFIX}]
