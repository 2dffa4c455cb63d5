"""What Celery needs to be told, where it runs the tasks: a version that imports, a broker that is patient enough."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version

from airflow.configuration import conf

from export_jobs import settings
from export_jobs.orchestration.doctor.result import CheckResult, Outcome, Surroundings

_FORGETFUL = ("redis", "rediss", "sentinel", "sqs")
"""Brokers that give a task to a second worker when it is not done within the visibility timeout."""
_USUAL_TIMEOUT_S = 86_400
"""Airflow's own for these."""
_FIRST_BROKEN = (5, 7)


def celery_fits(_: Surroundings) -> Iterator[CheckResult]:
    """Nothing where another executor runs the tasks."""
    if "CeleryExecutor" not in str(conf.get("core", "executor")):
        return
    try:
        installed = version("celery")
    except PackageNotFoundError:
        what = "the executor is Celery's, and celery is not installed here"
        remedy = "pip install 'airflow-export-jobs[celery]' where schedulers and workers run"
        yield CheckResult("celery", Outcome.WARNING, what, remedy)
    else:
        yield _version(installed)
    yield _broker()


def _version(installed: str) -> CheckResult:
    if tuple(int(part) for part in installed.split(".")[:2] if part.isdecimal()) >= _FIRST_BROKEN:
        what = f"celery {installed} is installed, beside which Airflow's provider does not import"
        return CheckResult("celery", Outcome.FAILED, what, "pip install 'celery<5.7'")
    return CheckResult.ok("celery", f"celery {installed} is installed")


def _broker() -> CheckResult:
    kind = str(conf.get("celery", "broker_url", fallback="")).partition(":")[0].partition("+")[0]
    longest = settings.task_timeout_s()
    told = conf.get("celery_broker_transport_options", "visibility_timeout", fallback=None)
    seconds = int(told) if told else _USUAL_TIMEOUT_S
    if kind in _FORGETFUL and seconds <= longest:
        what = f"the broker gives a task that runs for {seconds} s to a second worker, and a task may take {longest} s"
        remedy = (
            f"Set visibility_timeout in [celery_broker_transport_options] above {longest}, or lower "
            "EXPORT_JOBS_TASK_TIMEOUT_S"
        )
        return CheckResult("broker", Outcome.WARNING, what, remedy)
    return CheckResult.ok("broker", f"it waits longer for a task than the {longest} s that one may take")
