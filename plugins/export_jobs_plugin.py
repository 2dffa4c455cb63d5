"""What Airflow loads from the plugins folder: registration, nothing else."""

from typing import ClassVar

from airflow.plugins_manager import AirflowPlugin

from export_jobs.orchestration.timetable import ExportTimetable


class ExportJobsPlugin(AirflowPlugin):
    """Registers the timetable under the name that serialised Dags carry."""

    name = "export_jobs"
    timetables: ClassVar = [ExportTimetable]
