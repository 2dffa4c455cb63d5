"""Check Celery where it runs the tasks: its version can be imported, and its broker waits long enough for a task."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version

from airflow.configuration import conf

from export_jobs import settings
from export_jobs.orchestration.doctor.result import CheckResult, Outcome, Surroundings

_REDELIVERING_BROKERS = ("redis", "rediss", "sentinel", "sqs")
"""Brokers that give a task to a second worker when it does not end within the visibility timeout."""
_DEFAULT_TIMEOUT_S = 86_400
"""Airflow's default for these brokers."""
_FIRST_BROKEN_VERSION = (5, 7)


def celery_fits(_: Surroundings) -> Iterator[CheckResult]:
    """Check the version and the broker; yield nothing where another executor runs the tasks."""
    if "CeleryExecutor" not in str(conf.get("core", "executor")):
        return
    try:
        installed = version("celery")
    except PackageNotFoundError:
        what = "Airflow uses the CeleryExecutor, but celery is not installed here"
        remedy = "Run `pip install 'airflow-export-jobs[celery]'` on every machine that runs a scheduler or a worker"
        yield CheckResult("celery", Outcome.WARNING, what, remedy)
    else:
        yield _version(installed)
    yield _broker()


def _version(installed: str) -> CheckResult:
    if tuple(int(part) for part in installed.split(".")[:2] if part.isdecimal()) >= _FIRST_BROKEN_VERSION:
        what = f"celery {installed} is installed, and Airflow's Celery provider cannot be imported with it"
        return CheckResult("celery", Outcome.FAILED, what, "Run `pip install 'celery<5.7'`")
    return CheckResult.ok("celery", f"celery {installed} is installed")


def _broker() -> CheckResult:
    kind = str(conf.get("celery", "broker_url", fallback="")).partition(":")[0].partition("+")[0]
    longest = settings.task_timeout_s()
    configured = conf.get("celery_broker_transport_options", "visibility_timeout", fallback=None)
    seconds = int(configured) if configured else _DEFAULT_TIMEOUT_S
    if kind in _REDELIVERING_BROKERS and seconds <= longest:
        what = f"the broker gives a task to a second worker after {seconds} s, but one task may take up to {longest} s"
        remedy = (
            f"Set visibility_timeout in [celery_broker_transport_options] above {longest}, or lower "
            "EXPORT_JOBS_TASK_TIMEOUT_S"
        )
        return CheckResult("broker", Outcome.WARNING, what, remedy)
    return CheckResult.ok("broker", f"it waits longer than the {longest} s that one task may take")
