"""Airflow imports this file from ``$AIRFLOW_HOME/config`` when it starts; the demo puts it there.

Every task and every parse runs in a process forked from the scheduler, a Celery worker or the Dag processor. What these
have imported, each fork has for nothing; else each one spends about a second on imports, most of a small task's time.
"""

import sys
from contextlib import suppress
from importlib import import_module

FORKING = {"scheduler", "dag-processor", "celery"}
MODULES = (
    "export_jobs.orchestration.factory",
    "export_jobs.orchestration.tasks",
    "export_jobs.orchestration.publishing",
    "export_jobs.delivery.s3",
    "export_jobs.delivery.sftp",
    "airflow.providers.amazon.aws.hooks.base_aws",
    "airflow.providers.postgres.hooks.postgres",
    "airflow.providers.smtp.hooks.smtp",
    "airflow.sdk.execution_time.task_runner",
    "asyncssh",
    "boto3",
    "psycopg",
    "sqlglot",
)

if FORKING.intersection(sys.argv[1:2]):
    for module in MODULES:
        # A module that cannot be imported is the failure of the tasks that need it, not of the scheduler.
        with suppress(Exception):
            import_module(module)
