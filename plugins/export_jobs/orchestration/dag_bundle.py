"""The Dags of the export jobs as a Dag bundle of this package: one line of configuration, nothing to copy."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any

from airflow.dag_processing.bundles.local import LocalDagBundle

# The Dag processor forks for each parse: what it has imported here, no parse has to import again.
import export_jobs.orchestration.factory  # noqa: F401
from export_jobs import settings
from export_jobs.errors import ExportError, TransientError
from export_jobs.orchestration.airflow.connections import hand_down_store_login, task_store_engine
from export_jobs.orchestration.generator.airflow_dags import (
    begin_anew,
    has_database,
    make_missing_pools,
    request_parses,
)
from export_jobs.orchestration.generator.behind import ShardWatch
from export_jobs.orchestration.generator.definitions import last_good_rows
from export_jobs.orchestration.generator.shard import all_shards, write_shards
from export_jobs.store.definitions import Definitions

log = logging.getLogger(__name__)

DAGS_FOLDER = Path(__file__).with_name("dags")
REFRESH_INTERVAL_S = 4
"""Below Airflow's own five seconds between two looks at whether a bundle is due, so that it is at each of them."""
USUAL_SLOTS = 8
"""Of the pool of all tasks, where nobody has made it: as many as the README says."""


class ExportJobsDagBundle(LocalDagBundle):
    """Points Airflow at the generator file inside the installed package, or makes ``shards`` smaller ones.

    Configured in ``[dag_processor] dag_bundle_config_list`` beside the bundle of the team's own Dags::

        {"name": "export-jobs", "classpath": "export_jobs.orchestration.dag_bundle.ExportJobsDagBundle",
         "kwargs": {"shards": 64}}

    ``shards`` is the same in every process, and is not changed later without need: each Dag would move to another
    file, which makes a new version of it. With one, which is enough for some hundred jobs, nothing is written.
    """

    def __init__(self, *, shards: int = 1, refresh_interval: int = REFRESH_INTERVAL_S, **kwargs: Any) -> None:
        super().__init__(path=str(DAGS_FOLDER), refresh_interval=refresh_interval, **kwargs)
        self.shards = all_shards(shards)
        if len(self.shards) > 1:
            self._path = Path(self.base_dir) / f"{len(self.shards)}_shards"
        self._watch = ShardWatch(self.shards)

    def initialize(self) -> None:
        """Write the files. In the Dag processor, see that no Dag is lost because this process is new.

        Raises ``TransientError`` there while neither the store nor a snapshot on this disk can say which jobs there
        are: Airflow then keeps every Dag as it is, and asks again some seconds later.
        """
        if len(self.shards) > 1:
            write_shards(self._path, len(self.shards))
        if _is_dag_processor():
            hand_down_store_login()
            self._require_rows()
            begin_anew(self.name)
        super().initialize()

    def refresh(self) -> None:
        """Have the shards parsed first whose rows are newer than what was last parsed of them."""
        super().refresh()
        hand_down_store_login()
        self._make_pools()
        behind = self._watch.behind()
        for shard in behind:
            path = self._path / shard.file_name if shard.count > 1 else DAGS_FOLDER / "build_export_dags.py"
            if shard.count > 1:
                os.utime(path)  # Airflow puts the file that has changed last before all others
            request_parses(self.name, [path.name])

    def _make_pools(self) -> None:
        """Whatever keeps this from its work keeps no Dag from being parsed."""
        try:
            slots = {settings.pool(): USUAL_SLOTS}
            if settings.destination_slots():
                tags = [spec.tag for spec in Definitions(task_store_engine()).destinations()]
                slots |= {settings.destination_pool(tag): settings.destination_slots() for tag in tags}
            made = make_missing_pools(slots)
        except Exception as error:
            log.warning("Whether every pool is there cannot be told (%s)", type(error).__name__)
        else:
            if made:
                log.info("Made the pools %s; how many slots each has is yours to change", ", ".join(made))

    def _require_rows(self) -> None:
        try:
            Definitions(task_store_engine()).live_versions()
        except ExportError as error:
            empty = [shard for shard in self.shards if not last_good_rows(shard)]
            if not empty:
                return
            raise TransientError(
                f"Which export jobs there are is not known: {error.what}; {len(empty)} of {len(self.shards)} "
                "shards have no snapshot on this disk",
                "Every Dag stays as it is, and this is tried again",
            ) from None


def _is_dag_processor() -> bool:
    """Tasks make this bundle, too, and have no access to Airflow's database.

    The variable alone does not tell: a task of the LocalExecutor is a fork of the scheduler, and inherits it.
    """
    return os.environ.get("_AIRFLOW_PROCESS_CONTEXT") == "server" and has_database()
