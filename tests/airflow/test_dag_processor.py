"""A slow parse, a killed one, a new disk: whatever happens to a real Dag processor, it takes no Dag away."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator

import psycopg
import pytest

from demo.postgres import Postgres
from tests.servers.dag_processor import DagProcessor, dag_processor

pytestmark = [pytest.mark.integration, pytest.mark.slow]

JOBS, SHARDS = 24, 3
PATIENCE_S = 420
SETTINGS = {
    "CORE__DAGBAG_IMPORT_TIMEOUT": "6",
    "DAG_PROCESSOR__DAG_FILE_PROCESSOR_TIMEOUT": "20",
    "DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "1",
    "DAG_PROCESSOR__STALE_DAG_THRESHOLD": "15",
    "DAG_PROCESSOR__BUNDLE_REFRESH_CHECK_INTERVAL": "1",
    "SCHEDULER__PARSING_CLEANUP_INTERVAL": "1",
}
SLOW = """
import time
from export_jobs.orchestration import factory

quick = factory.job_dag

def slow(*arguments, **options):
    time.sleep(0.5)
    return quick(*arguments, **options)

factory.job_dag = slow
"""
KILLED_ONCE_A_SHARD = """
import os, signal
from pathlib import Path
from export_jobs.orchestration import factory

whole = factory.load_jobs

def killed(shard):
    try:
        (Path(os.environ["AIRFLOW_HOME"]) / f"killed-{shard.number}").touch(exist_ok=False)
    except FileExistsError:
        return whole(shard)
    os.kill(os.getpid(), signal.SIGKILL)

factory.load_jobs = killed
"""


@pytest.fixture(scope="module")
def filled(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DagProcessor]:
    """With all jobs parsed, and stopped: made once, since Airflow's tables take it longer than any test."""
    folder = tmp_path_factory.mktemp("processor")
    with dag_processor(folder, postgres, shards=SHARDS, settings=SETTINGS) as made:
        made.fill(JOBS)
        made.start()
        until("all Dags", made, lambda: made.live() == JOBS + 1)
        made.stop()
        yield made


@pytest.fixture
def processor(filled: DagProcessor) -> Iterator[DagProcessor]:
    """The one of this file with the settings that it began with, stopped."""
    settings = dict(filled.airflow.extra_env)
    yield filled
    if filled.airflow.is_started:
        filled.stop()
    filled.airflow.extra_env = settings


def until(what: str, made: DagProcessor, done: Callable[[], bool]) -> None:
    """Wait, and look all the while whether a Dag has been taken away."""
    deadline = time.monotonic() + PATIENCE_S
    while not done():
        assert made.stale() == 0, f"{made.stale()} Dags were taken away while waiting for {what}"
        assert time.monotonic() < deadline, f"waited in vain for {what}:\n{made.log()[-3000:]}"
        time.sleep(0.2)
    assert made.stale() == 0, f"{made.stale()} Dags were taken away before {what}"


def is_all_proven(made: DagProcessor) -> bool:
    """Whether every shard has noted that no job waits, which it writes as version -1."""
    notes = list((made.state / "parsed").glob("*.json"))
    return len(notes) == SHARDS and not any("-1" in note.read_text() for note in notes)


def test_a_slow_parse_takes_no_dag_away_and_goes_on_where_it_stopped(processor: DagProcessor) -> None:
    """All rows must be proven anew, in a shard for 4 s of which a parse may take less than 2; Airflow's limit is 6."""
    processor.airflow.extra_env["EXPORT_JOBS_RETRIES"] = "7"
    processor.age(hours=1)
    processor.start(SLOW)
    until("the first parse", processor, lambda: not is_all_proven(processor))
    until("all proven", processor, lambda: is_all_proven(processor))
    assert re.search(r"not ready in time", "".join(logs(processor)))


def test_a_parse_that_is_killed_as_the_first_after_a_restart_takes_no_dag_away(processor: DagProcessor) -> None:
    processor.age(hours=1)
    before = processor.oldest_parse()
    processor.start(KILLED_ONCE_A_SHARD)
    until("every shard to be killed", processor, lambda: len(list(processor.folder.glob("killed-*"))) == SHARDS)
    processor.describe(3, "changed after the kill")
    until("the change", processor, lambda: processor.description(3) == "changed after the kill")
    assert processor.oldest_parse() > before


def test_a_new_disk_while_the_store_is_away_takes_no_dag_away(processor: DagProcessor) -> None:
    processor.forget_the_disk()
    processor.age(hours=1)
    shut(processor, is_shut=True)
    processor.start()
    refused = "Every Dag stays as it is"
    until("three refusals", processor, lambda: processor.log().count(refused) >= 3)
    shut(processor, is_shut=False)
    processor.describe(5, "changed while the store was back")
    until("the change", processor, lambda: processor.description(5) == "changed while the store was back")


def test_the_pools_that_tasks_need_are_made_and_left_as_an_administrator_wants_them(processor: DagProcessor) -> None:
    """Airflow starts no task of a pool that is missing, and says so nowhere but in the scheduler's log."""
    assert processor.pools() == {"export_jobs": 8}
    processor.session.execute("UPDATE slot_pool SET slots = 3 WHERE pool = 'export_jobs'")
    processor.airflow.extra_env["EXPORT_JOBS_DESTINATION_SLOTS"] = "4"
    processor.start()
    wanted = {"export_jobs": 3, "export_jobs to partner": 4}
    until("a pool of the destination", processor, lambda: processor.pools() == wanted)


def test_a_changed_row_is_seen_though_nobody_asks_for_a_parse(processor: DagProcessor) -> None:
    processor.airflow.extra_env["AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL"] = "3600"
    processor.start()
    for number in (1, 2, 2):
        text = f"change at {time.monotonic()}"
        processor.describe(number, text)
        until("the change", processor, lambda number=number, text=text: processor.description(number) == text)  # type: ignore[misc]


def shut(made: DagProcessor, *, is_shut: bool) -> None:
    """Let nobody into the store, or everybody again."""
    name = made.databases["export_jobs"]
    made.engine.dispose()
    with psycopg.connect(**made.postgres.dsn("postgres", "postgres"), autocommit=True) as session:
        session.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS {not is_shut}".encode())
        if is_shut:
            session.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])


def logs(made: DagProcessor) -> Iterator[str]:
    """What the parses have written."""
    for path in (made.folder / "logs").rglob("*.log"):
        yield path.read_text(errors="replace")
