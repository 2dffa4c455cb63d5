"""What ``airflow providers list`` shows about this package."""

from __future__ import annotations

from export_jobs import __version__


def get_provider_info() -> dict[str, object]:
    """Return the fields that Airflow's schema of provider information requires."""
    return {
        "package-name": "airflow-export-jobs",
        "name": "Export Jobs",
        "description": "Export jobs: each definition row becomes a Dag that delivers verified files on a schedule.",
        "versions": [__version__],
    }
