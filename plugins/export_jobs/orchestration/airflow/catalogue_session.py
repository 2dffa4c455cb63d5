"""Open the session in which the catalogue is checked against the database of an Airflow connection."""

from __future__ import annotations

from export_jobs.catalogue_check.session import CatalogueSession, DbApiSession, PostgresSession
from export_jobs.core.catalogue.dialect_names import POSTGRES
from export_jobs.orchestration.airflow.connections import open_warehouse, sql_hook
from export_jobs.streaming.cursor.errors import translate_connect_errors


def open_catalogue_session(connection_id: str, dialect: str) -> CatalogueSession:
    """Open a session; raise ``UserError`` for an unsuitable connection, and what opening a database raises."""
    with translate_connect_errors(connection_id):
        if dialect == POSTGRES:
            return PostgresSession(open_warehouse(connection_id))
        return DbApiSession(sql_hook(connection_id, dialect).get_conn(), dialect)
