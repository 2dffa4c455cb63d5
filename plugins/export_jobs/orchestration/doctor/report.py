"""Run every check of an installation, one after another; a check that fails unexpectedly does not stop the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from export_jobs.orchestration.doctor import (
    celery_workers,
    dag_files,
    databases,
    definitions,
    due_together,
    encryption,
    installation,
    processes,
    services,
    store,
)
from export_jobs.orchestration.doctor.result import CheckResult, Outcome, Surroundings

CheckFunction = Callable[[Surroundings], Iterator[CheckResult]]
CHECKS: tuple[tuple[str, CheckFunction], ...] = (
    ("airflow", installation.airflow_fits),
    ("package", installation.one_copy_is_installed),
    ("plugin", installation.plugin_is_registered),
    ("store", store.store_is_current),
    ("catalogue", databases.catalogue_is_valid),
    ("warehouse", databases.warehouses_answer),
    ("definitions", definitions.definitions_are_valid),
    ("destinations", services.destinations_have_connections),
    ("gpg", encryption.files_can_be_encrypted),
    ("staging", services.staging_is_shared),
    ("celery", celery_workers.celery_fits),
    ("processes", processes.processes_agree),
    ("mail", services.mail_server_answers),
    ("api", services.airflow_serves),
    ("dag files", dag_files.dag_files_are_small),
    ("schedule", due_together.jobs_are_spread),
)


def examine(surroundings: Surroundings) -> list[CheckResult]:
    """Return the results of all checks, in the order in which an installation is set up."""
    return [result for subject, check in CHECKS for result in _results(subject, check, surroundings)]


def _results(subject: str, check: CheckFunction, surroundings: Surroundings) -> Iterator[CheckResult]:
    try:
        yield from check(surroundings)
    except Exception as error:
        yield CheckResult.of_error(subject, error)


def is_healthy(results: list[CheckResult]) -> bool:
    """Return whether no check failed; exports can run despite warnings."""
    return all(result.outcome is not Outcome.FAILED for result in results)
