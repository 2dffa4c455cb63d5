"""The store of the export jobs, with one login each for its owner, the page and the tasks."""

from __future__ import annotations

import psycopg

from demo.postgres import Postgres
from export_jobs.store.database.engine import create_store_engine
from export_jobs.store.schema import upgrade_store

DATABASE = "export_jobs"
OWNER, PAGE_LOGIN, TASKS_LOGIN = "export_jobs", "store_page", "store_tasks"
ROLES_OF_LOGINS = "GRANT export_jobs_page TO store_page; GRANT export_jobs_tasks TO store_tasks"


def make_store(postgres: Postgres) -> None:
    """Upgrade the store to the newest version, as its owner, and give Airflow's logins their roles."""
    engine = create_store_engine(postgres.dsn(DATABASE, OWNER))
    upgrade_store(engine)
    engine.dispose()
    with psycopg.connect(**postgres.dsn(DATABASE, OWNER)) as connection:
        connection.execute(ROLES_OF_LOGINS)
