"""How long a parse may go on proving Dags, so that Airflow never has to end it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from airflow.configuration import conf

FOR_NEWER_DAGS = 0.3
"""Share of Airflow's limit that may pass before rows with an older Dag keep that one until the next parse."""
FOR_NEW_DAGS = 0.6
"""The same for rows that have none: of these, a job that Airflow knows would be taken away. The rest is Airflow's, who
serialises what we give.
"""


def parse_limit_s() -> float:
    """Seconds of wall clock after which Airflow ends a parse and takes every Dag of the file away."""
    whole: float = conf.getfloat("dag_processor", "dag_file_processor_timeout")
    importing: float = conf.getfloat("core", "dagbag_import_timeout")
    return min(whole, importing) if importing > 0 else whole


@dataclass(frozen=True)
class Budget:
    """The time of one parse, from the moment when this was made."""

    limit_s: float = field(default_factory=parse_limit_s)
    began: float = field(default_factory=time.monotonic)

    def is_left(self, share: float) -> bool:
        """Whether less than ``share`` of the limit has passed."""
        return time.monotonic() - self.began < self.limit_s * share
