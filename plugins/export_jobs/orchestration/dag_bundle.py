"""The Dags of the export jobs as a Dag bundle of this package: one line of configuration, nothing to copy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from airflow.dag_processing.bundles.local import LocalDagBundle

DAGS_FOLDER = Path(__file__).with_name("dags")


class ExportJobsDagBundle(LocalDagBundle):
    """Points Airflow at the generator file inside the installed package.

    Configured in ``[dag_processor] dag_bundle_config_list`` beside the bundle of the team's own Dags::

        {"name": "export-jobs", "classpath": "export_jobs.orchestration.dag_bundle.ExportJobsDagBundle", "kwargs": {}}
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(path=str(DAGS_FOLDER), **kwargs)
