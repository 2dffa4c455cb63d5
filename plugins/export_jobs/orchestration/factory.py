"""Build Dags from ``ExportJob`` rows: one file of Dags, in which no row can affect another.

Airflow validates and serialises a file's Dags after the file has run, and one failure there removes every Dag of the
file. So each Dag is validated and serialised here, inside its own ``try``. One that fails is replaced by a Dag of the
same name that has no runs and says what is wrong.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, TaskGroup, get_parsing_context
from airflow.sdk.api.datamodels._generated import DagRunType

from export_jobs import settings
from export_jobs.core.base.issue import Issue, bullet_list
from export_jobs.core.catalogue.catalogue import Catalogue
from export_jobs.core.definitions.job import ExportJob
from export_jobs.core.definitions.names import EXTRACT, step_at, task_group
from export_jobs.errors import ExportError
from export_jobs.orchestration.airflow.api import AUDITOR_DAG_ID
from export_jobs.orchestration.auditor import auditor_dag
from export_jobs.orchestration.catalogue import load_configured_catalogue
from export_jobs.orchestration.compressing import Compress
from export_jobs.orchestration.extracting import Extract
from export_jobs.orchestration.generator.budget import Budget
from export_jobs.orchestration.generator.definitions import LoadedJob, load_job, load_jobs
from export_jobs.orchestration.generator.parse import parse_shard
from export_jobs.orchestration.generator.shard import AUDITOR_SHARD, Shard
from export_jobs.orchestration.generator.store_away import waiting_dag
from export_jobs.orchestration.notifying import NotifyOwner, NotifyRecipients
from export_jobs.orchestration.publishing import PublishManifest, RefuseInvalidDefinition
from export_jobs.orchestration.tasks import Upload, ValidateDestination
from export_jobs.orchestration.timetable import ExportTimetable, later_s

log = logging.getLogger(__name__)

BEFORE_ALL_WINDOWS = datetime(1900, 1, 1, tzinfo=UTC)
"""Airflow needs a start date and creates an empty successful run for anything before it, so it is before all data."""

MAX_RETRY_DELAY = timedelta(minutes=30)

RUN_TYPES = [kind for kind in DagRunType if kind.value != "backfill"]
"""Airflow continues after the newest scheduled *or backfill* run. A backfill of days that the schedule has not reached
yet would make it silently skip all windows before them, forever. Every window gets a run without backfills."""


def build_dags(shard: int = 0, shards: int = 1) -> dict[str, DAG]:
    """Build the Dags of a shard's jobs, by Dag id; shard 0 also has the auditor. A task's process builds only its Dag.

    ``shard``: from 0, of ``shards`` files; the defaults build every job.
    """
    wanted = get_parsing_context().dag_id
    if wanted is not None:
        return _needed_dag(wanted)
    budget, part = Budget(), Shard(shard, shards)
    watched = {AUDITOR_DAG_ID: auditor_dag()} if part.number == AUDITOR_SHARD else {}
    catalogue = cache(_catalogue)  # read only when a row has changed
    dags = parse_shard(part, load_jobs(part), lambda job: job_dag(job, catalogue(), check=True), budget)
    return {**watched, **dags}


def build_needed_dag() -> dict[str, DAG]:
    """Build the Dag of a task's process, elsewhere none: for a file whose Dags have all moved to shard files."""
    wanted = get_parsing_context().dag_id
    return _needed_dag(wanted) if wanted else {}


def _needed_dag(dag_id: str) -> dict[str, DAG]:
    """Build the Dag of the task that this process runs; none when no job has it."""
    if dag_id == AUDITOR_DAG_ID:
        return {AUDITOR_DAG_ID: auditor_dag()}
    try:
        found = load_job(dag_id)
        return {dag_id: job_dag(found, _catalogue(), check=False)} if found else {}
    except ExportError as error:
        return {dag_id: waiting_dag(dag_id, get_parsing_context().task_id, error)}
    except Exception:
        log.exception("The Dag %r cannot be built", dag_id)
        return {}


def job_dag(found: LoadedJob, catalogue: Catalogue, *, check: bool) -> DAG:
    """Build one job's Dag or, when its definition is invalid, the Dag that says why.

    ``check`` validates against the catalogue and serialises as Airflow will; a task's process does not need this.
    """
    if not check and found.job is not None:
        return _export_dag(found.job)
    issues = _issues(found, catalogue)
    if found.job is not None and not issues:
        try:
            dag = _export_dag(found.job)
            _check_serialisable(dag)
        except Exception as error:  # any error that a row causes in Airflow must affect only that row
            log.exception("The Dag of job %r cannot be built", found.name)
            remedy = "Correct the row, or report it: validation should have found this"
            issues = [Issue("job", f"Airflow refuses the Dag ({type(error).__name__}: {error})", remedy)]
        else:
            return dag
    return _invalid_dag(found, issues)


def _issues(found: LoadedJob, catalogue: Catalogue) -> list[Issue]:
    try:
        return list(found.issues(catalogue))
    except Exception as error:  # any error that a row causes in validation must affect only that row
        log.exception("Job %r cannot be validated", found.name)
        return [
            Issue("job", f"it cannot be validated ({type(error).__name__})", "Report it, with the log of this process")
        ]


def _export_dag(job: ExportJob) -> DAG:
    with DAG(
        dag_id=job.dag_id,
        dag_display_name=job.name,
        description=job.description or None,
        schedule=_timetable(job),
        start_date=BEFORE_ALL_WINDOWS,
        catchup=True,
        allowed_run_types=RUN_TYPES,
        max_active_runs=1,
        is_paused_upon_creation=False,
        tags=["export", job.schedule.frequency.value, *(f"to {tag}" for tag in job.destination_tags)],
        default_args=_task_defaults(job),
        fail_fast=False,
    ) as dag:
        arguments: dict[str, Any] = {"job_id": job.job_id, "job_version": job.version}
        places = [_place(job, tag) for tag in job.destination_tags]
        # A failure at one destination does not delay the others.
        if_any: dict[str, Any] = {"trigger_rule": "one_success"} if job.destinations else {}
        once_all_have_ended: dict[str, Any] = {"trigger_rule": "all_done_min_one_success"} if job.destinations else {}
        validate = [ValidateDestination(task_id=_task_id("validate_destination", to), **to) for to in places]
        extract = Extract(task_id=EXTRACT, execution_timeout=_extract_timeout(job), **if_any, **arguments)
        publish = [PublishManifest(task_id=_task_id("publish_manifest", to), **to) for to in places]
        for template in job.templates:
            with TaskGroup(group_id=task_group(template.template)):
                if get_parsing_context().task_id == f"{template.template}.{EXTRACT}":
                    # A worker runs a task of release 0.2.0: with a versioned bundle, an active run keeps its Dag.
                    Extract(task_id=EXTRACT, template=template.template, **arguments)
                compress = Compress(task_id="compress", template=template.template, **arguments)
                upload = [Upload(task_id=_task_id("upload", to), template=template.template, **to) for to in places]
            extract >> compress >> upload
            for checked, sent, published in zip(validate, upload, publish, strict=True):
                sent >> published
                if job.destinations:
                    checked >> sent
        validate >> extract
        notify = NotifyRecipients(task_id="notify_recipients", **once_all_have_ended, **arguments)
        # Airflow takes a run's state from its last tasks. The owner's mail succeeds when all else has failed, so an
        # empty task is another last task: without it, every failed run would be green.
        publish >> notify >> EmptyOperator(task_id="complete")
        notify >> NotifyOwner(task_id="notify_owner", trigger_rule="one_failed", **arguments)
    return dag


def _timetable(job: ExportJob) -> ExportTimetable:
    later = later_s(job.dag_id, job.schedule, settings.spread_minutes())
    return ExportTimetable(job.schedule, paused=not job.enabled, later_s=later)


def _place(job: ExportJob, tag: str) -> dict[str, Any]:
    """Return the arguments of a task at a destination. A slow partner's tasks only wait for each other."""
    at = {"tag": tag} if job.destinations else {}
    return {"pool": settings.destination_pool(tag), "job_id": job.job_id, "job_version": job.version, **at}


def _task_id(step: str, place: dict[str, Any]) -> str:
    return step_at(step, place.get("tag"))


def _extract_timeout(job: ExportJob) -> timedelta:
    """Return the timeout: the longest time of a task, for each template that is read."""
    return timedelta(seconds=settings.task_timeout_s()) * max(len(job.templates), 1)


def _task_defaults(job: ExportJob) -> dict[str, object]:
    return {
        "owner": job.owner,
        "pool": settings.pool(),
        "retries": settings.retries(),
        "retry_delay": timedelta(seconds=settings.retry_delay_s()),
        "retry_exponential_backoff": 2.0,
        "max_retry_delay": MAX_RETRY_DELAY,
        "execution_timeout": timedelta(seconds=settings.task_timeout_s()),
        # Same weight for every task of every job: Airflow then starts the run that was due first.
        "weight_rule": "absolute",
    }


def _invalid_dag(found: LoadedJob, issues: Iterable[Issue]) -> DAG:
    """Build a Dag without runs whose page says what is wrong; past runs remain, and the next valid row replaces it."""
    text = bullet_list(issues)
    note = f"This definition is invalid:\n\n{_code_block(text)}\n\nCorrect it, and the job continues where it stopped."
    log.warning("Job %r is invalid and makes no runs until it is corrected:\n%s", found.name, text)
    with DAG(
        dag_id=found.dag_id,
        dag_display_name=found.name,
        description="This definition is invalid; no run is made until it is corrected.",
        schedule=None,
        start_date=BEFORE_ALL_WINDOWS,
        catchup=False,
        is_paused_upon_creation=False,
        tags=["export", "invalid"],
        doc_md=note,
    ) as dag:
        RefuseInvalidDefinition(task_id="refuse_invalid_definition", job_id=found.job_id, retries=0)
    return dag


def _code_block(text: str) -> str:
    """Return ``text`` as a Markdown code block: no link to click, no picture for a browser to load."""
    fence = "`" * (1 + max((len(run) for run in re.findall(r"`+", text)), default=2))
    return f"{fence}text\n{text}\n{fence}"


def _check_serialisable(dag: DAG) -> None:
    """Do for one Dag what Airflow does later for the whole file; raise whatever Airflow would."""
    from airflow.serialization.serialized_objects import DagSerialization  # noqa: PLC0415  not needed by tasks

    dag.validate()
    DagSerialization.to_dict(dag)


def _catalogue() -> Catalogue:
    """Return the catalogue, or an empty one with the reason as an issue, so that each job's page can show it."""
    try:
        return load_configured_catalogue()
    except ExportError as error:
        remedy = "Restore the folder; no job can be checked without it"
        return Catalogue(issues=(Issue("catalogue", error.what, remedy),))
