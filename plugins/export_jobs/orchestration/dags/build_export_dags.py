"""One Airflow Dag for every export-job row; export_jobs/orchestration/factory.py says how."""

from export_jobs.orchestration.factory import build_dags

globals().update(build_dags())
