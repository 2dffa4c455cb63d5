"""The address at which users open Airflow."""

from __future__ import annotations

from airflow.configuration import conf


def airflow_address() -> str:
    """Return Airflow's ``[api] base_url`` without its last slash; empty if none is configured."""
    return str(conf.get("api", "base_url", fallback="")).rstrip("/")
