"""Report to the store that a scheduler has this package, and which version. A scheduler without it cannot report.

Airflow calls this in the scheduler whenever it starts a run; a report for each of the auditor's runs is enough.
"""

from __future__ import annotations

import logging
import socket
import time
from threading import Thread
from typing import Any

from airflow.listeners import hookimpl

log = logging.getLogger(__name__)

SCHEDULER = "scheduler"
_PATIENCE_S = 6.0
"""Longer than a connection to the store may take, and far below the time after which a scheduler counts as dead."""
REPORT_PAUSE_S = 1800.0
"""How long to wait after the store could not be reached: a scheduler that waits for it creates no runs. The doctor
reports a missing scheduler after an hour.
"""
_store_is_away_until = 0.0


@hookimpl  # type: ignore[untyped-decorator]
def on_dag_run_running(dag_run: Any, msg: str) -> None:  # noqa: ARG001  Airflow names the arguments
    """Report this scheduler when it starts a run of the auditor."""
    from export_jobs.orchestration.airflow.api import AUDITOR_DAG_ID  # noqa: PLC0415  every process loads this file

    if dag_run.dag_id == AUDITOR_DAG_ID and time.monotonic() >= _store_is_away_until:
        # In a thread, since looking up a connection in Airflow's database ends the transaction of the thread's own
        # session, in which the scheduler starts runs. Waited for, since executors fork, and a fork copies held locks.
        thread = Thread(target=report_scheduler, name="export-jobs-report", daemon=True)
        thread.start()
        thread.join(_PATIENCE_S)


def report_scheduler() -> None:
    """Report to the store; an error here must not stop a run from being started."""
    global _store_is_away_until  # noqa: PLW0603  one a scheduler
    _store_is_away_until = time.monotonic() + REPORT_PAUSE_S  # also for a report that never returns
    try:
        import export_jobs  # noqa: PLC0415
        from export_jobs.orchestration.airflow.connections import task_store_engine  # noqa: PLC0415
        from export_jobs.store.findings.processes import Processes  # noqa: PLC0415

        Processes(task_store_engine()).report(socket.gethostname(), SCHEDULER, export_jobs.__version__)
    except Exception as error:
        log.warning("Could not report the version of this scheduler to the store (%s)", type(error).__name__)
    else:
        _store_is_away_until = 0.0
