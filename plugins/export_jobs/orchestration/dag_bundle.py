"""The Dags of the export jobs as a Dag bundle of this package: one line of configuration, nothing to copy."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any

from airflow.dag_processing.bundles.local import LocalDagBundle

# The Dag processor forks for each parse: no parse has to import again what is imported here.
import export_jobs.orchestration.factory  # noqa: F401
from export_jobs import settings
from export_jobs.errors import ExportError, TransientError
from export_jobs.orchestration.airflow.connections import hand_down_store_login, task_store_engine
from export_jobs.orchestration.generator.airflow_dags import (
    create_missing_pools,
    has_database,
    request_parses,
    reset_dag_ages,
)
from export_jobs.orchestration.generator.behind import ShardWatch
from export_jobs.orchestration.generator.definitions import last_good_rows
from export_jobs.orchestration.generator.shard import all_shards, write_shards
from export_jobs.store.definitions import Definitions

log = logging.getLogger(__name__)

DAGS_FOLDER = Path(__file__).with_name("dags")
REFRESH_INTERVAL_S = 4
"""Below Airflow's five seconds between two checks of which bundles are due, so that this one is always due."""
DEFAULT_SLOTS = 8
"""The slots of the pool of all tasks, if it does not exist yet: as many as in the README."""


class ExportJobsDagBundle(LocalDagBundle):
    """Points Airflow at the generator file inside the installed package, or writes ``shards`` smaller ones.

    Configured in ``[dag_processor] dag_bundle_config_list`` beside the bundle of the team's own Dags::

        {"name": "export-jobs", "classpath": "export_jobs.orchestration.dag_bundle.ExportJobsDagBundle",
         "kwargs": {"shards": 64}}

    ``shards`` must be the same in every process, and should not change later: each Dag would move to another file,
    which creates a new version of it. With one shard, which is enough for some hundred jobs, nothing is written.
    """

    def __init__(self, *, shards: int = 1, refresh_interval: int = REFRESH_INTERVAL_S, **kwargs: Any) -> None:
        super().__init__(path=str(DAGS_FOLDER), refresh_interval=refresh_interval, **kwargs)
        self.shards = all_shards(shards)
        if len(self.shards) > 1:
            self._path = Path(self.base_dir) / f"{len(self.shards)}_shards"
        self._watch = ShardWatch(self.shards)

    def initialize(self) -> None:
        """Write the files. In the Dag processor, make sure that no Dag is lost because this process is new.

        There, raise ``TransientError`` while neither the store nor a snapshot on this disk shows which jobs exist:
        Airflow then keeps every Dag as it is, and tries again some seconds later.
        """
        if len(self.shards) > 1:
            write_shards(self._path, len(self.shards))
        if _is_dag_processor():
            hand_down_store_login()
            self._require_rows()
            reset_dag_ages(self.name)
        super().initialize()

    def refresh(self) -> None:
        """Ask Airflow to parse first the shards whose rows have changed since their last parse."""
        super().refresh()
        hand_down_store_login()
        self._make_pools()
        behind = self._watch.behind()
        for shard in behind:
            path = self._path / shard.file_name if shard.count > 1 else DAGS_FOLDER / "build_export_dags.py"
            if shard.count > 1:
                os.utime(path)  # Airflow parses the file that has changed last first
            request_parses(self.name, [path.name])

    def _make_pools(self) -> None:
        """Create missing pools; an error here must not stop Dags from being parsed."""
        try:
            slots = {settings.pool(): DEFAULT_SLOTS}
            if settings.destination_slots():
                tags = [spec.tag for spec in Definitions(task_store_engine()).destinations()]
                slots |= {settings.destination_pool(tag): settings.destination_slots() for tag in tags}
            made = create_missing_pools(slots)
        except Exception as error:
            log.warning("Could not check whether every pool exists (%s)", type(error).__name__)
        else:
            if made:
                log.info("Created the pools %s; you can change their numbers of slots", ", ".join(made))

    def _require_rows(self) -> None:
        try:
            Definitions(task_store_engine()).live_versions()
        except ExportError as error:
            empty = [shard for shard in self.shards if not last_good_rows(shard)]
            if not empty:
                return
            raise TransientError(
                f"It is not known which export jobs exist: {error.what}; {len(empty)} of {len(self.shards)} "
                "shards have no snapshot on this disk",
                "Every Dag stays as it is, and this is retried automatically",
            ) from None


def _is_dag_processor() -> bool:
    """Return whether this process may use Airflow's database: tasks also create this bundle, but may not use it.

    The variable alone is not enough: a task of the LocalExecutor is a fork of the scheduler and inherits it.
    """
    return os.environ.get("_AIRFLOW_PROCESS_CONTEXT") == "server" and has_database()
