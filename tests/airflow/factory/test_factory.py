"""Rows in, Dags out: each row is a Dag with its tasks, and no row's text is ever a template."""

from __future__ import annotations

import json

import pytest

from export_jobs.core.definitions.job import DestinationSpec
from export_jobs.core.definitions.names import EXTRACT, RUN_TASK_IDS
from tests.airflow.factory.rows import AUDITOR, Rows
from tests.airflow.parser import Parsed

pytestmark = pytest.mark.integration


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


def test_each_shard_has_its_own_rows_and_the_first_the_auditor(rows: Rows) -> None:
    rows.create("a", "b", "c")
    whole = rows.parse()
    parts = [rows.parse(SHARD=f"{number} 2") for number in range(2)]
    assert set(parts[0].dags) == {AUDITOR, "export__b"}
    assert set(parts[1].dags) == {"export__a", "export__c"}
    assert {**parts[0].dags, **parts[1].dags} == whole.dags
    rows.hand("UPDATE export_jobs.job SET deleted_at = now() WHERE name = 'c'")
    assert set(rows.parse(SHARD="1 2").dags) == {"export__a"}


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
