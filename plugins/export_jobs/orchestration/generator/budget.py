"""How long a parse may validate Dags, so that Airflow never has to kill it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from airflow.configuration import conf

FOR_NEWER_DAGS = 0.3
"""Share of Airflow's limit after which changed rows keep their older Dag until the next parse."""
FOR_NEW_DAGS = 0.6
"""The same for rows without an older Dag: without one, Airflow would remove a job that it knows. The remaining time is
for Airflow, which serialises the Dags.
"""


def parse_limit_s() -> float:
    """Return the seconds of wall clock after which Airflow kills a parse and removes every Dag of the file."""
    whole: float = conf.getfloat("dag_processor", "dag_file_processor_timeout")
    importing: float = conf.getfloat("core", "dagbag_import_timeout")
    return min(whole, importing) if importing > 0 else whole


@dataclass(frozen=True)
class Budget:
    """The time of one parse, from the creation of this object."""

    limit_s: float = field(default_factory=parse_limit_s)
    began: float = field(default_factory=time.monotonic)

    def is_left(self, share: float) -> bool:
        """Return whether less than ``share`` of the limit has passed."""
        return time.monotonic() - self.began < self.limit_s * share
