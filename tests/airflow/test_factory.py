"""Rows in, Dags out: no row harms another, no outage takes a Dag away, and no row's text is ever a template."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from demo.postgres import Postgres
from export_jobs.core.definitions.job import DestinationSpec, JobSpec, Template
from export_jobs.core.definitions.names import EXTRACT, RUN_TASK_IDS
from export_jobs.store.database.engine import create_store_engine
from export_jobs.store.definitions import Definitions
from export_jobs.store.schema import upgrade_store
from tests.airflow.parser import Parsed, Parser, parser

pytestmark = pytest.mark.integration

AUDITOR = "export_jobs_auditor"
CATALOGUE = Path(__file__).parents[2] / "include" / "sql"


@dataclass
class Rows:
    """A store with templates and no job yet, and what Airflow's Dag processor makes of it."""

    dsn: dict[str, Any]
    superuser: dict[str, Any]
    definitions: Definitions
    processor: Parser
    state: Path
    environment: dict[str, str] = field(default_factory=dict)

    def create(self, *names: str, **changes: Any) -> None:
        for name in names:
            definition = {
                "name": name,
                "owner": "owner@example.com",
                "destination": "partner",
                "recipients": ["partner@example.com"],
                "schedule": {"frequency": "daily", "from": "2026-01-01", "until": "2026-01-31"},
                "templates": [{"template": "all-purchases"}, {"template": "totals"}],
            }
            self.definitions.create(JobSpec.model_validate({**definition, **changes}), "anna")

    def template(self, name: str, **parts: Any) -> None:
        self.definitions.create_template(
            Template(name=name, **{"kind": "custom", "kpis": ("cds_sold",), **parts}), "anna"
        )

    def hand(self, statement: str, *, superuser: bool = False) -> None:
        with psycopg.connect(**(self.superuser if superuser else self.dsn)) as session:
            session.execute(statement.encode())

    def lose(self, condition: str) -> None:
        """Rows go without a trace, as in a restore of an old backup: no trigger, so no tombstone."""
        self.hand(
            "SET session_replication_role = replica;"
            f"DELETE FROM export_jobs.job_template WHERE job_id IN (SELECT id FROM export_jobs.job WHERE {condition});"
            f"DELETE FROM export_jobs.job WHERE {condition}",
            superuser=True,
        )

    def parse(self, dag_id: str | None = None, **environment: str) -> Parsed:
        """``dag_id``: as a worker, which has one Dag's task to run."""
        wanted = {"_AIRFLOW_PARSING_CONTEXT_DAG_ID": dag_id} if dag_id else {}
        return self.processor.parse({**self.environment, **wanted, **environment})


@pytest.fixture(scope="module")
def processor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parser]:
    with parser(tmp_path_factory.mktemp("airflow")) as running:
        yield running


@pytest.fixture(scope="module")
def empty_database(postgres: Postgres) -> Iterator[str]:
    """A database with the schema that the migrations make, to be copied for every test."""
    name = "factory_empty"
    postgres.create_database(name, "export_jobs")
    engine = create_store_engine(postgres.dsn(name, "export_jobs"))
    upgrade_store(engine)
    engine.dispose()
    yield name
    postgres.drop_database(name)


@pytest.fixture
def rows(postgres: Postgres, empty_database: str, processor: Parser, tmp_path: Path) -> Iterator[Rows]:
    with psycopg.connect(**postgres.dsn("postgres", "postgres"), autocommit=True) as session:
        session.execute("DROP DATABASE IF EXISTS factory_rows")
        session.execute(f"CREATE DATABASE factory_rows TEMPLATE {empty_database} OWNER export_jobs".encode())
    dsn, superuser = (postgres.dsn("factory_rows", role) for role in ("export_jobs", "postgres"))
    engine = create_store_engine(dsn)
    found = Rows(dsn, superuser, Definitions(engine), processor, tmp_path)
    found.environment = {
        "AIRFLOW_CONN_EXPORT_JOBS_STORE": connection(dsn),
        "EXPORT_JOBS_STATE": str(tmp_path),
    }
    with found.definitions.transaction("anna") as within:
        within.save_destination(DestinationSpec(tag="partner", kind="sftp", connection="partner_sftp", folder="in"))
        within.create_template(Template(name="all-purchases", kind="standard", fact="purchases"))
        within.create_template(Template(name="totals", kind="custom", kpis=("cds_sold",), dimensions=("store",)))
    yield found
    engine.dispose()
    postgres.drop_database("factory_rows")


def connection(dsn: dict[str, Any]) -> str:
    login = {"login": dsn["user"], "password": dsn["password"], "schema": dsn["dbname"]}
    return json.dumps({"conn_type": "postgres", "host": dsn["host"], "port": dsn["port"], **login})


def test_every_row_becomes_a_dag_beside_the_auditor(rows: Rows) -> None:
    rows.create("a", "b", "c")
    parsed = rows.parse()
    assert set(parsed.dags) == {AUDITOR, "export__a", "export__b", "export__c"}
    assert parsed.invalid == set()
    assert {name.split()[1] for name in parsed.arguments if name.startswith("export__a ")} == {
        *(f"{name}.{step}" for name in ("all-purchases", "totals") for step in ("compress", "upload")),
        *RUN_TASK_IDS,
        EXTRACT,
    }, "a task of every run that core/definitions/names.py does not reserve could share its name with a template"


def test_l1_no_backfill_makes_the_schedule_pass_over_windows(rows: Rows) -> None:
    """Airflow goes on behind a backfill of later days: it is told to refuse one, and to take any other run."""
    rows.create("a")
    allowed = rows.parse().dags["export__a"]["allowed_run_types"]
    assert {"scheduled", "manual", "operator_triggered"} <= set(allowed) and "backfill" not in allowed


def test_each_of_several_destinations_has_tasks_of_its_own(rows: Rows) -> None:
    """What goes wrong at one keeps none of the others waiting, and the run is red all the same."""
    with rows.definitions.transaction("anna") as within:
        within.save_destination(DestinationSpec(tag="archive", kind="s3", connection="archive_s3", folder="kept"))
    rows.create("both", destination=None, destinations=["partner", "archive"])
    parsed = rows.parse(EXPORT_JOBS_DESTINATION_SLOTS="2")
    assert parsed.invalid == set()
    assert {"to partner", "to archive"} <= parsed.tags("export__both")
    tasks = {task["__var"]["task_id"]: task["__var"] for task in parsed.dags["export__both"]["tasks"]}
    followers = {task_id: set(task.get("downstream_task_ids", ())) for task_id, task in tasks.items()}
    for tag in ("partner", "archive"):
        check, manifest = f"validate_destination__{tag}", f"publish_manifest__{tag}"
        uploads = {f"{template}.upload__{tag}" for template in ("all-purchases", "totals")}
        assert followers[check] == {EXTRACT, *uploads}
        assert followers[manifest] == {"notify_recipients"}
        for task_id in uploads:
            assert followers[task_id] == {manifest}
        assert {tasks[task_id]["pool"] for task_id in (check, manifest, *uploads)} == {f"export_jobs to {tag}"}
        assert parsed.arguments[f"export__both {manifest}"]["tag"] == tag
    rules = {task_id: task["trigger_rule"] for task_id, task in tasks.items() if task.get("trigger_rule")}
    assert rules == {
        EXTRACT: "one_success",
        "notify_recipients": "all_done_min_one_success",
        "notify_owner": "one_failed",
    }
    assert followers["notify_recipients"] == {"complete", "notify_owner"}


def test_a_worker_finds_a_task_of_the_release_before_in_a_run_that_is_kept_on_it(rows: Rows) -> None:
    """A versioned bundle does that to a run that was in flight when the package was upgraded."""
    rows.create("a")
    asked = rows.parse("export__a", _AIRFLOW_PARSING_CONTEXT_TASK_ID="totals.extract")
    assert asked.arguments["export__a totals.extract"]["template"] == "totals"
    assert "export__a all-purchases.extract" not in asked.arguments
    assert "export__a totals.extract" not in rows.parse("export__a").arguments


def test_without_a_job_there_is_the_auditor(rows: Rows) -> None:
    assert set(rows.parse().dags) == {AUDITOR}


def test_tasks_are_given_ids_and_nothing_else(rows: Rows) -> None:
    """Everything else a task reads from the store when it runs, at the version that the run is bound to."""
    rows.create("a", description="canary-d", recipients=["canary-r@example.com"])
    rows.hand("UPDATE export_jobs.job SET owner = 'canary-o@example.com'")
    parsed = rows.parse()
    (job,) = rows.definitions.jobs()
    ids = {"job_id": job.job_id, "job_version": 2}
    given = {name.split()[1]: said for name, said in parsed.arguments.items() if name.startswith("export__a ")}
    assert given.pop("complete") == {}
    for task_id, said in given.items():
        template = task_id.split(".")[0] if "." in task_id else None
        assert said == {**ids, "template": template}, task_id
    assert "canary-r" not in parsed.text
    assert "canary-d" not in json.dumps(parsed.dags["export__a"]["tasks"])


@pytest.mark.parametrize(
    "text", ["{{ 7777*7777 }}", "{% for i in range(10**9) %}x{% endfor %}", "{{ macros.json.codecs }}"]
)
def test_x08_no_text_of_a_row_reaches_a_template_field(rows: Rows, text: str) -> None:
    """What a row says is shown as it stands, and no task has a field that Airflow would render."""
    rows.create("a")
    rows.hand(f"UPDATE export_jobs.job SET description = '{text}'")
    parsed = rows.parse()
    assert parsed.invalid == set()
    assert parsed.dags["export__a"]["description"] == text
    assert [name for name, fields in parsed.template_fields.items() if fields] == []
    assert "60481729" not in parsed.text


def test_x08_a_name_typed_past_the_store_is_no_template_either(rows: Rows) -> None:
    """Even where a superuser switches the guards off, the text stays text and harms its own row alone."""
    rows.create("a", "b")
    rows.hand("ALTER TABLE export_jobs.job DROP CONSTRAINT job_name_is_plain", superuser=True)
    rows.hand(
        "SET session_replication_role = replica; UPDATE export_jobs.job_version SET "
        "definition = jsonb_set(definition, '{name}', '\"{{ 7777*7777 }}\"') WHERE job_id = 1;"
        "UPDATE export_jobs.job SET name = '{{ 7777*7777 }}' WHERE id = 1",
        superuser=True,
    )
    parsed = rows.parse()
    assert parsed.invalid == {"export__a"}
    assert "{{ 7777*7777 }}" in parsed.doc("export__a")
    assert "60481729" not in parsed.text
    assert [name for name, fields in parsed.template_fields.items() if fields] == []


def test_s19_a_bad_row_is_a_dag_that_says_why_and_hides_no_other(rows: Rows) -> None:
    rows.create("first")
    rows.template("of-nothing", kpis=("no_such_kpi",))
    rows.create("bad-kpi", templates=[{"template": "of-nothing"}])
    rows.create("bad-zone", "last")
    rows.hand("UPDATE export_jobs.job SET time_zone = 'Mars/Olympus' WHERE name = 'bad-zone'")
    parsed = rows.parse()
    assert set(parsed.dags) == {AUDITOR, *(f"export__{name}" for name in ("first", "bad-kpi", "bad-zone", "last"))}
    assert parsed.invalid == {"export__bad-kpi", "export__bad-zone"}
    assert "no_such_kpi" in parsed.doc("export__bad-kpi")
    assert "Mars/Olympus" in parsed.doc("export__bad-zone")
    assert "Null" in str(parsed.dags["export__bad-zone"]["timetable"]), "an invalid job makes no runs"
    assert "'bad-zone' is invalid" in parsed.log


def test_a_row_without_the_shape_of_a_job_says_why(rows: Rows) -> None:
    rows.create("a", "b")
    rows.hand(
        "SET session_replication_role = replica;"
        "UPDATE export_jobs.job_version SET definition = definition - 'owner' WHERE job_id = 1",
        superuser=True,
    )
    parsed = rows.parse()
    assert parsed.invalid == {"export__a"}
    assert "owner" in parsed.doc("export__a")


def test_what_only_airflow_refuses_is_that_rows_trouble(rows: Rows) -> None:
    """A template's name is its task group's, and `complete` is a task already."""
    rows.template("complete")
    rows.template("publish_manifest")
    rows.create("a")
    rows.create("b", templates=[{"template": "publish_manifest"}])
    rows.create("c", templates=[{"template": "complete"}])
    parsed = rows.parse()
    assert set(parsed.dags) == {AUDITOR, "export__a", "export__b", "export__c"}
    assert parsed.invalid == {"export__b", "export__c"}
    assert "publish_manifest" in parsed.doc("export__b")
    assert "complete" in parsed.doc("export__c")


def test_a_corrected_row_is_a_job_again(rows: Rows) -> None:
    rows.create("a")
    rows.hand("UPDATE export_jobs.job SET time_zone = 'Mars/Olympus'")
    assert rows.parse().invalid == {"export__a"}
    rows.hand("UPDATE export_jobs.job SET time_zone = 'Europe/Berlin'")
    assert rows.parse().invalid == set()


def test_a_worker_builds_the_dag_of_its_task_alone(rows: Rows) -> None:
    rows.create("a", "b")
    whole = rows.parse()
    for dag_id in ("export__b", AUDITOR):
        alone = rows.parse(dag_id)
        assert set(alone.dags) == {dag_id}
        assert alone.dags[dag_id] == whole.dags[dag_id]
    assert set(rows.parse("export__no-such-job").dags) == set()


def test_a_disabled_job_keeps_its_dag(rows: Rows) -> None:
    rows.create("a", enabled=False)
    parsed = rows.parse()
    assert parsed.invalid == set()
    assert "'paused': True" in str(parsed.dags["export__a"]["timetable"])


@pytest.mark.parametrize("outage", ["no server", "no table", "no connection"])
def test_q15_while_the_store_is_away_every_dag_stays(rows: Rows, outage: str, tmp_path: Path) -> None:
    rows.create("a", "b")
    before = rows.parse()
    away = {}
    if outage == "no server":
        away["AIRFLOW_CONN_EXPORT_JOBS_STORE"] = connection({**rows.dsn, "host": str(tmp_path), "password": "canary"})
    elif outage == "no connection":
        away["AIRFLOW_CONN_EXPORT_JOBS_STORE"] = ""
    else:
        rows.hand("ALTER TABLE export_jobs.job RENAME TO elsewhere")
    during = rows.parse(**away)
    assert during.text == before.text
    assert "2 Dags come from the last good snapshot" in during.log
    assert "canary" not in during.log
    alone = rows.parse("export__b", **away)
    assert alone.dags == {"export__b": before.dags["export__b"]}
    assert "comes from the last good snapshot" in alone.log


def test_q15_without_store_and_snapshot_the_auditor_stands(rows: Rows, tmp_path: Path) -> None:
    parsed = rows.parse(AIRFLOW_CONN_EXPORT_JOBS_STORE=connection({**rows.dsn, "host": str(tmp_path)}))
    assert set(parsed.dags) == {AUDITOR}
    assert "cannot be read" in parsed.log


def test_q15_a_new_disk_while_the_store_is_away_loses_no_dag_where_staging_is_elsewhere(
    rows: Rows, tmp_path: Path
) -> None:
    """A Dag file in a Dags folder cannot refuse to start, as the Dag bundle does."""
    rows.create("a", "b")
    shared = {"EXPORT_JOBS_STAGING": f"file://{tmp_path}/bucket"}
    before = rows.parse(**shared)
    away = connection({**rows.dsn, "host": str(tmp_path)})
    new_disk = {**shared, "EXPORT_JOBS_STATE": str(tmp_path / "new"), "AIRFLOW_CONN_EXPORT_JOBS_STORE": away}
    during = rows.parse(**new_disk)
    assert during.dags == before.dags
    assert "2 Dags come from the last good snapshot" in during.log
    assert (tmp_path / "bucket" / "definitions").stat().st_mode & 0o077 == 0


def test_the_copy_of_the_definitions_is_written_when_they_have_changed_and_once_a_day(
    rows: Rows, tmp_path: Path
) -> None:
    shared = {"EXPORT_JOBS_STAGING": f"file://{tmp_path}/bucket"}
    copy, mark = tmp_path / "bucket" / "definitions" / "definitions.json", tmp_path / "parsed" / "all.copied"
    rows.create("a")
    rows.parse(**shared)
    copy.unlink()
    rows.parse(**shared)
    assert not copy.exists()
    rows.create("b")
    rows.parse(**shared)
    assert {entry["name"] for entry in json.loads(copy.read_text())} == {"a", "b"}
    copy.unlink()
    os.utime(mark, (0, 0))
    rows.parse(**shared)
    assert copy.exists()


def test_a_staging_root_that_nobody_can_open_takes_no_dag(rows: Rows) -> None:
    rows.create("a")
    parsed = rows.parse(EXPORT_JOBS_STAGING="nothing-of-this-name://bucket/staging")
    assert set(parsed.dags) == {AUDITOR, "export__a"}
    assert "copy of the definitions cannot be written" in parsed.log


@pytest.mark.parametrize("lost", ["true", "name = 'b'"])
def test_q16_rows_that_vanish_keep_their_dags(rows: Rows, lost: str) -> None:
    rows.create("a", "b")
    before = rows.parse()
    rows.lose(lost)
    for _ in range(2):  # the snapshot must not forget them at the first parse that misses them
        after = rows.parse()
        assert after.text == before.text
        assert "Rows have vanished from the store without being deleted" in after.log
    assert rows.parse("export__b").dags == {"export__b": before.dags["export__b"]}


@pytest.mark.parametrize("door", ["command line", "by hand"])
def test_s17_a_deleted_job_is_gone_and_is_not_missed(rows: Rows, door: str) -> None:
    rows.create("a", "b", "c")
    rows.parse()
    if door == "by hand":
        rows.hand("DELETE FROM export_jobs.job WHERE name = 'b'")
    else:
        rows.definitions.delete("b", "anna")
    for _ in range(2):
        parsed = rows.parse()
        assert set(parsed.dags) == {AUDITOR, "export__a", "export__c"}
        assert "vanished" not in parsed.log
    assert set(rows.parse("export__b").dags) == set()


def test_s17_a_name_used_again_is_another_dag(rows: Rows) -> None:
    rows.create("a", "b")
    rows.definitions.delete("a", "anna")
    rows.create("a")
    parsed = rows.parse()
    assert set(parsed.dags) == {AUDITOR, "export__b", "export__a__2"}
    assert parsed.dags["export__a__2"]["dag_display_name"] == "a"


def test_each_shard_has_its_own_rows_and_the_first_the_auditor(rows: Rows) -> None:
    rows.create("a", "b", "c")
    whole = rows.parse()
    parts = [rows.parse(SHARD=f"{number} 2") for number in range(2)]
    assert set(parts[0].dags) == {AUDITOR, "export__b"}
    assert set(parts[1].dags) == {"export__a", "export__c"}
    assert {**parts[0].dags, **parts[1].dags} == whole.dags
    rows.hand("UPDATE export_jobs.job SET deleted_at = now() WHERE name = 'c'")
    assert set(rows.parse(SHARD="1 2").dags) == {"export__a"}


def test_a_shard_that_was_never_parsed_has_its_rows_from_the_snapshot_of_all(rows: Rows, tmp_path: Path) -> None:
    """Whoever divides the file while the store is away loses nothing."""
    rows.create("a", "b", "c")
    rows.parse()
    away = connection({**rows.dsn, "host": str(tmp_path)})
    assert set(rows.parse(SHARD="1 2", AIRFLOW_CONN_EXPORT_JOBS_STORE=away).dags) == {"export__a", "export__c"}


def test_an_unchanged_row_is_not_proven_again_and_gives_the_same_bytes(rows: Rows) -> None:
    rows.create("a", "b")
    rows.hand("UPDATE export_jobs.job SET time_zone = 'Mars/Olympus' WHERE name = 'b'")
    first = rows.parse()
    assert first.proven == ["a", "b"]
    second = rows.parse()
    assert second.proven == []
    assert second.text == first.text, "also that of the invalid row, with its reason"
    rows.hand("UPDATE export_jobs.job SET description = 'new' WHERE name = 'a'")
    third = rows.parse()
    assert third.proven == ["a"]
    assert third.dags["export__a"]["description"] == "new"


@pytest.mark.parametrize("change", ["a setting", "the catalogue", "a damaged file", "Airflow's settings"])
def test_what_a_dag_depends_on_beside_its_row_makes_all_rows_be_proven_again(
    rows: Rows, tmp_path: Path, change: str
) -> None:
    rows.create("a", "b")
    folder = tmp_path / "catalogue"
    shutil.copytree(CATALOGUE, folder)
    rows.environment["EXPORT_JOBS_CATALOGUE"] = str(folder)
    rows.parse()
    assert rows.parse().proven == []
    if change == "a setting":
        rows.environment["EXPORT_JOBS_RETRIES"] = "9"
    elif change == "Airflow's settings":
        rows.environment["AIRFLOW__CORE__MAX_ACTIVE_TASKS_PER_DAG"] = "9"
    elif change == "the catalogue":
        (folder / "kpis" / "cds_sold.sql").write_text("/* no KPI any more */")
    else:
        next((tmp_path / "proven").glob("*")).write_bytes(b"no pickle")
    parsed = rows.parse()
    assert parsed.proven == ["a", "b"]
    assert parsed.invalid == ({"export__a", "export__b"} if change == "the catalogue" else set())
    if change == "a setting":
        assert '"retries": 9' in parsed.text


def test_a_row_that_is_not_ready_in_time_keeps_its_older_dag(rows: Rows) -> None:
    """Without an older one it comes later; no parse raises, and none is without a Dag that the one before had."""
    rows.create("a", "b")
    before = rows.parse()
    rows.hand("UPDATE export_jobs.job SET description = 'new' WHERE name = 'a'")
    rows.create("c")
    late = rows.parse(AIRFLOW__CORE__DAGBAG_IMPORT_TIMEOUT="0.001")
    assert late.dags == before.dags
    assert "3 of 3 jobs were not ready in time" in late.log, "the shorter limit is a change of all, too"
    then = rows.parse()
    assert then.dags["export__a"]["description"] == "new"
    assert "export__c" in then.dags


def test_a_worker_that_can_read_neither_store_nor_snapshot_tries_again_later(rows: Rows, tmp_path: Path) -> None:
    """Airflow's own "Dag not found" would not count as a try of the task."""
    rows.create("a")
    away = {
        "AIRFLOW_CONN_EXPORT_JOBS_STORE": connection({**rows.dsn, "host": str(tmp_path)}),
        "EXPORT_JOBS_STATE": str(tmp_path / "new"),
        "_AIRFLOW_PARSING_CONTEXT_TASK_ID": "totals.compress",
    }
    parsed = rows.parse("export__a", **away)
    assert [task["__var"]["task_id"] for task in parsed.dags["export__a"]["tasks"]] == ["totals.compress"]
    assert "no snapshot on this machine has the Dag" in parsed.log
    assert "comes from the last good snapshot" not in parsed.log


def test_tasks_at_a_destination_may_have_a_pool_of_its_own(rows: Rows) -> None:
    """Else sixteen slow jobs of one partner hold every slot, and the fast ones of all others wait for them."""
    rows.create("a")
    assert pools(rows.parse()) == {"export_jobs"}
    parsed = rows.parse(EXPORT_JOBS_DESTINATION_SLOTS="4")
    assert pools(parsed) == {"export_jobs", "export_jobs to partner"}
    there = {
        task["__var"]["task_id"].rpartition(".")[2]
        for task in parsed.dags["export__a"]["tasks"]
        if task["__var"].get("pool") == "export_jobs to partner"
    }
    assert there == {"validate_destination", "upload", "publish_manifest"}
    assert weights(parsed) == {("absolute", 1)}, "of equal weights Airflow takes the earliest window: nobody starves"


def weights(parsed: Parsed) -> set[tuple[str, int]]:
    tasks = [task["__var"] for task in parsed.dags["export__a"]["tasks"]]
    defaults = parsed.dags["export__a"]["default_args"]["__var"]
    rule, weight = defaults.get("weight_rule", "downstream"), defaults.get("priority_weight", 1)
    return {(task.get("weight_rule", rule), task.get("priority_weight", weight)) for task in tasks}


def pools(parsed: Parsed) -> set[str]:
    tasks = [task["__var"] for task in parsed.dags["export__a"]["tasks"]]
    default = parsed.dags["export__a"]["default_args"]["__var"]["pool"]
    return {task.get("pool", default) for task in tasks}


def test_a_missing_catalogue_is_said_on_every_page(rows: Rows, tmp_path: Path) -> None:
    rows.create("a", "b")
    parsed = rows.parse(EXPORT_JOBS_CATALOGUE=str(tmp_path / "nowhere"))
    assert parsed.invalid == {"export__a", "export__b"}
    assert "nowhere" in parsed.doc("export__a")


def test_a_setting_that_is_no_number_is_said_and_raises_nothing(rows: Rows) -> None:
    rows.create("a")
    parsed = rows.parse(EXPORT_JOBS_RETRIES="many")
    assert parsed.invalid == {"export__a"}
    assert "EXPORT_JOBS_RETRIES" in parsed.doc("export__a")


def test_s26_the_same_rows_give_the_same_bytes(rows: Rows) -> None:
    """Airflow makes a new version of a Dag when its bytes change; the order of hashing must have no say."""
    rows.create("a", "b")
    rows.hand("UPDATE export_jobs.job SET time_zone = 'Mars/Olympus' WHERE name = 'b'")
    once, twice = rows.parse(), rows.parse()
    assert once.text == twice.text
    with parser(rows.processor.home, PYTHONHASHSEED="4711") as other:
        assert other.parse(rows.environment).text == once.text
