"""Check destinations, staging, mail, and Airflow itself through its API."""

from __future__ import annotations

from collections.abc import Iterator
from secrets import token_hex
from shlex import quote

from airflow.configuration import conf
from airflow.sdk import ObjectStoragePath

from export_jobs import settings
from export_jobs.core.definitions.job import DestinationSpec
from export_jobs.orchestration.airflow.api import AUDITOR_DAG_ID, AirflowApi
from export_jobs.orchestration.airflow.connections import airflow_connection, store_engine
from export_jobs.orchestration.airflow.pools import needed_pools, slots_over_api
from export_jobs.orchestration.doctor.result import CheckResult, Outcome, Surroundings
from export_jobs.orchestration.mail.server import MailServer
from export_jobs.store.definitions import Definitions

CONNECTION_TYPES = {"sftp": {"sftp", "ssh"}, "s3": {"aws"}, "ftps": {"ftp"}, "ftp": {"ftp"}, "download": {"aws"}}
"""The types of Airflow connection that each kind of destination is read from."""
ONE_MACHINE = {"LocalExecutor", "SequentialExecutor"}


def destinations_have_connections(_: Surroundings) -> Iterator[CheckResult]:
    """Check that each destination's connection exists and has the right type; no server is contacted."""
    specs = Definitions(store_engine()).destinations()
    if not specs:
        yield CheckResult.ok("destinations", "none yet")
    for spec in specs:
        subject = f"destination {spec.tag}"
        try:
            yield _connection_of(subject, spec)
        except Exception as error:
            yield CheckResult.of_error(subject, error)


def _connection_of(subject: str, spec: DestinationSpec) -> CheckResult:
    found = airflow_connection(spec.connection, f"the destination {spec.tag!r}")
    fitting = CONNECTION_TYPES[spec.kind]
    if found.conn_type not in fitting:
        what = (
            f"its connection {spec.connection!r} is of type {found.conn_type!r}, but the destination is of kind "
            f"{spec.kind}"
        )
        return CheckResult(subject, Outcome.FAILED, what, f"Set the type to {min(fitting)} under Admin > Connections")
    return CheckResult.ok(
        subject,
        f"connection {spec.connection!r}; `export-jobs check-destination {spec.tag}` logs in and writes a test file",
    )


def staging_is_shared(_: Surroundings) -> Iterator[CheckResult]:
    """Check that a file can be staged and read back, and that every machine that runs tasks sees it."""
    root = settings.staging_root()
    try:
        _write_and_read(root)
    except (ImportError, ValueError) as error:
        what = f"{root} cannot be opened ({type(error).__name__}: {error})"
        remedy = "Install the package that this kind of storage needs, such as 'airflow-export-jobs[s3-staging]'"
        yield CheckResult("staging", Outcome.FAILED, what, remedy)
        return
    except OSError as error:
        what = f"a file cannot be written to {root} and read back ({error.strerror or type(error).__name__})"
        yield CheckResult("staging", Outcome.FAILED, what, "Allow tasks to write there, or correct EXPORT_JOBS_STAGING")
        return
    executor = str(conf.get("core", "executor"))
    if not root.startswith("file:"):
        yield CheckResult.ok("staging", f"{root} can be written; the tasks of all machines share it")
    elif executor.rpartition(".")[2] in ONE_MACHINE:
        yield CheckResult.ok("staging", f"{root} can be written; it is local, which fits the {executor} on one machine")
    else:
        what = f"{root} is on this machine's disk, but the {executor} runs the tasks of one file on several machines"
        remedy = "Set EXPORT_JOBS_STAGING to an object store, such as s3://connection@bucket/staging"
        yield CheckResult("staging", Outcome.FAILED, what, remedy)


def _write_and_read(root: str) -> None:
    folder = ObjectStoragePath(root)
    folder.mkdir(parents=True, exist_ok=True)
    probe = folder / f"doctor-{token_hex(8)}"
    try:
        probe.write_bytes(b"probe")
        if probe.read_bytes() != b"probe":
            raise OSError("other bytes came back")
    finally:
        probe.unlink(missing_ok=True)


def mail_server_answers(_: Surroundings) -> Iterator[CheckResult]:
    """Check that the mail server accepts the login; no mail is sent."""
    with MailServer() as server:
        server.open()
        yield CheckResult.ok("mail", f"the server of the connection {settings.smtp_connection()!r} accepts the login")


def airflow_serves(surroundings: Surroundings) -> Iterator[CheckResult]:
    """Check that Airflow's API answers, the pool has slots, and the Dags of the export jobs are parsed."""
    api = surroundings.api()
    yield CheckResult.ok("api", f"Airflow {api.version()} answers at {api.base_url}")
    yield from _pools(api)
    yield _auditor(api.dag(AUDITOR_DAG_ID))


def _pools(api: AirflowApi) -> Iterator[CheckResult]:
    """Check the pool of all tasks and those of single destinations: a task waits forever for a missing pool."""
    slots = slots_over_api(api)
    tags = [spec.tag for spec in Definitions(store_engine()).destinations()] if settings.destination_slots() else []
    names = needed_pools(tags)
    for name in names:
        if not slots.get(name):
            what = f"there is no pool {name!r} with slots, so no task that reads or uploads can start"
            remedy = f"Run `airflow pools set {quote(name)} 8 'export jobs'`, or set EXPORT_JOBS_POOL to another pool"
            yield CheckResult("pool", Outcome.FAILED, what, remedy)
    if all(slots.get(name) for name in names):
        yield CheckResult.ok("pool", ", ".join(f"{name!r} has {slots[name]} slots" for name in names[:5]))


def _auditor(dag: dict[str, object]) -> CheckResult:
    if not dag or dag.get("is_stale"):
        what = f"Airflow has no Dag {AUDITOR_DAG_ID!r}: the file or bundle of the export jobs is not parsed"
        remedy = "Install dags/build_export_dags.py or the Dag bundle; then check `airflow dags list-import-errors`"
        return CheckResult("dags", Outcome.FAILED, what, remedy)
    if dag.get("is_paused"):
        what = f"the Dag {AUDITOR_DAG_ID!r} is paused, so nobody is notified of windows that never ran"
        return CheckResult("dags", Outcome.WARNING, what, "Unpause it in Airflow")
    return CheckResult.ok("dags", "parsed, and the auditor is not paused")
