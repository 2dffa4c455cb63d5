"""What Airflow is called by those who use it."""

from __future__ import annotations

from airflow.configuration import conf


def airflow_address() -> str:
    """Airflow's ``[api] base_url`` without its last slash; empty where none is configured."""
    return str(conf.get("api", "base_url", fallback="")).rstrip("/")
