"""Definitions by the Python door: changed where they may, versioned, deleted; what is refused is a sentence."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, time
from threading import Barrier
from traceback import format_exception
from typing import Any

import pytest

from demo.postgres import Postgres
from export_jobs.core.definitions.job import DestinationSpec, ExportJob, Template
from export_jobs.errors import TerminalError, UserError
from export_jobs.store.stored_job import StoredJob
from tests.integration.store.samples import Store, administrator, spec

pytestmark = pytest.mark.integration


def test_all_jobs_in_one_query(store: Store, queries: Callable[[], int]) -> None:
    for number in range(5):
        store.create(f"job-{number}")
    before = queries()
    names = [job.name for job in store.definitions.jobs()]
    assert names == [f"job-{number}" for number in range(5)]
    assert queries() == before + 1


def test_names_are_told_apart_without_capitals(store: Store, job: StoredJob) -> None:
    found = store.definitions.job("SALES")
    assert found is not None
    assert found.job_id == job.job_id
    with pytest.raises(UserError, match="There is a job of this name already"):
        store.create("Sales")
    assert store.definitions.job("none") is None
    assert store.definitions.by_dag_id("export__none") is None


def test_a_change_is_a_version_with_its_author(store: Store, job: StoredJob) -> None:
    changed = spec(description="New", owner="new@example.com", schedule={"deliver_at": "04:30"})
    stored = store.definitions.update(changed, "ben", expected_version=1)
    assert stored.version == 2
    assert stored.parse().schedule.deliver_at == time(4, 30)
    versions = store.definitions.versions(job.job_id)
    assert [(one.version, one.changed, one.created_by) for one in versions] == [
        (1, ("created",), "anna"),
        (2, ("description", "owner", "schedule.deliver_at"), "ben"),
    ]
    assert store.definitions.version(job.job_id, 1) == job.parse()


def test_saving_the_same_again_is_no_version(store: Store, job: StoredJob) -> None:
    assert store.definitions.update(spec(), "ben") == job


def test_who_has_an_old_version_does_not_overwrite(store: Store, job: StoredJob) -> None:
    store.definitions.update(spec(description="first"), "ben", expected_version=1)
    with pytest.raises(UserError, match="changed by somebody else: you have version 1, the store has 2"):
        store.definitions.update(spec(description="second"), "carl", expected_version=1)


def test_of_two_who_save_at_once_one_is_told(store: Store, job: StoredJob) -> None:
    both_ready = Barrier(2)

    def save(description: str) -> str:
        with store.definitions.transaction(description) as within:
            both_ready.wait(10)
            try:
                within.update(spec(description=description), expected_version=1)
            except UserError as error:
                return str(error)
        return "saved"

    with ThreadPoolExecutor() as pool:
        answers = sorted(pool.map(save, ["ben", "carl"]), key=len)
    assert answers[0] == "saved"
    assert "changed by somebody else: you have version 1, the store has 2" in answers[1]
    assert len(store.definitions.versions(job.job_id)) == 2


def test_all_that_is_refused_is_said_at_once(store: Store, job: StoredJob) -> None:
    store.run(job)
    changed = spec(
        destination="elsewhere",
        file={"delimiter": ";", "bom": True},
        templates=[{"template": "rows"}],
        schedule={"from": "2026-01-02"},
    )
    with pytest.raises(UserError) as raised:
        store.definitions.update(changed, "ben")
    assert str(raised.value) == (
        "Job 'sales': destination, templates, templates[rows].subfolder, file.delimiter, file.bom cannot change once "
        'the job exists, since receivers rely on it. Job "sales": its first window has been made, so the first day '
        "(2026-01-01) cannot move. Create a new job instead. To export earlier days, create a once job for them."
    )
    assert store.definitions.job("sales") == job


def test_a_row_that_is_no_job_can_still_be_deleted(store: Store, job: StoredJob) -> None:
    check = "CONSTRAINT job_frequency_is_known"
    query = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'job_frequency_is_known'"
    ((definition,),) = store.hand(query)
    store.hand(f"ALTER TABLE export_jobs.job DROP {check}")
    try:
        store.hand("UPDATE export_jobs.job SET frequency = 'hourly'")
        with pytest.raises(UserError, match="its row cannot be read as a job"):
            store.definitions.update(spec(), "ben")
        store.definitions.delete("sales", "ben")
    finally:
        store.hand(f"ALTER TABLE export_jobs.job ADD {check} {definition} NOT VALID")
    assert store.definitions.jobs() == []


def test_several_changes_are_saved_together_or_not_at_all(store: Store, job: StoredJob) -> None:
    with pytest.raises(UserError, match="no template of this name"), store.definitions.transaction("ben") as within:
        within.save_destination(DestinationSpec(tag="new", kind="s3", connection="s3", folder="bucket"))
        within.update(spec(description="changed"))
        assert within.destination("new") is not None
        within.create(spec("second", templates=[{"template": "missing"}]))
    assert store.definitions.destination("new") is None
    assert store.definitions.jobs() == [job]


def test_a_dry_run_refuses_what_a_change_would_and_saves_nothing(store: Store, job: StoredJob) -> None:
    with store.definitions.dry_run() as trial:
        assert trial.update(spec(description="changed")).version == job.version + 1
        trial.delete("sales")
        assert trial.jobs() == []
    with pytest.raises(UserError, match="cannot change once the job exists"), store.definitions.dry_run() as trial:
        trial.update(spec(destination="elsewhere"))
    assert store.definitions.jobs() == [job]
    assert len(store.definitions.versions(job.job_id)) == 1
    with store.definitions.transaction("ben") as within:
        changed = within.update(spec(description="changed"))
        with within.dry_run() as trial:
            trial.delete("sales")
        assert within.jobs() == [changed]


def test_a_deleted_name_can_be_used_again_and_the_histories_stay_apart(store: Store, job: StoredJob) -> None:
    store.run(job)
    store.definitions.delete("sales", "ben")
    assert store.definitions.jobs() == []
    assert store.definitions.tombstones() == {job.job_id}
    again = store.create("Sales")
    assert (again.job_id, again.dag_id) == (job.job_id + 1, "export__Sales__2")
    assert store.ledger.executions(again.job_id) == []
    assert len(store.ledger.executions(job.job_id)) == 1
    assert store.definitions.version(job.job_id, 1) == job.parse()
    store.definitions.delete("sales", "ben")
    assert store.create().dag_id == "export__sales__3"


@pytest.mark.parametrize("what", ["update", "delete"])
def test_an_unknown_job_is_a_sentence(store: Store, what: str) -> None:
    with pytest.raises(UserError, match="There is no job 'sales'"):
        store.definitions.update(spec()) if what == "update" else store.definitions.delete("sales")


def test_an_unknown_version_is_a_sentence(store: Store, job: StoredJob) -> None:
    with pytest.raises(UserError, match="no version 7 of job 1"):
        store.definitions.version(job.job_id, 7)


def test_a_version_of_another_release_is_a_sentence_without_values(
    store: Store, job: StoredJob, postgres: Postgres, database: str
) -> None:
    with administrator(postgres, database) as session:
        session.execute("SET session_replication_role = replica")  # past the guard that keeps versions as they were
        session.execute("""UPDATE export_jobs.job_version SET definition = definition
            || '{"recipients": "secret@example.com"}' || jsonb_build_object('schedule',
                (definition -> 'schedule') || '{"frequency": "fortnightly"}')""")
    with pytest.raises(TerminalError) as raised:
        store.definitions.version(job.job_id, 1)
    said = str(raised.value)
    assert "Version 1 of job 'sales'" in said
    assert "recipients" in said and "schedule.frequency" in said
    assert said.endswith("Rerun the job with the current definition.")
    logged = "".join(format_exception(raised.value))
    assert "secret@example.com" not in logged and "fortnightly" not in logged


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"destination": "nowhere"}, "There is no destination of this tag"),
        ({"templates": [{"template": "rows"}, {"template": "rows"}]}, "names a template twice"),
        ({"name": "a/b"}, "The job's name is invalid"),
        ({"description": "nul \0"}, "contains the character NUL"),
        ({"description": "half \ud800"}, "contains half of a character"),
        ({"owner": "=?utf-8?q?a=0D=0Ax?=@example.com"}, "The owner is not a plain mail address"),
        ({"recipients": ["a@example.com", "a,b@example.com"]}, "A recipient is not a plain mail address"),
        ({"schedule": {"until": "2027-01-01"}}, "longer than a year"),
        ({"schedule": {"frequency": "weekly"}}, "Execute-on does not fit the frequency"),
    ],
)
def test_what_constraints_refuse_is_a_sentence(store: Store, change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        store.definitions.create(spec(**{"name": "sales", **change}), "anna")
    assert store.definitions.jobs() == []


def test_a_refusal_by_a_constraint_says_what_is_wrong_and_what_to_do(store: Store) -> None:
    with pytest.raises(UserError) as raised:
        store.definitions.create(spec("a/b"), "anna")
    assert raised.value.what == "The job's name is invalid"
    assert raised.value.remedy == "Use letters, digits, - and single _, at most 64"


def test_templates_are_created_and_deleted_and_both_is_kept(store: Store, job: StoredJob) -> None:
    spare = Template(name="spare", kind="dimension", dimensions=("store",), columns=("id",), description="Spare")
    store.definitions.create_template(spare, "ben")
    assert [template.name for template in store.definitions.templates()] == ["rows", "spare", "totals"]
    assert store.definitions.templates()[1] == spare
    with pytest.raises(UserError, match="There is a template of this name already"):
        store.definitions.create_template(spare, "ben")
    with pytest.raises(UserError, match='Template "rows" cannot be deleted: it is used by sales'):
        store.definitions.delete_template("rows", "ben")
    store.definitions.delete_template("spare", "carl")
    with pytest.raises(UserError, match="There is no template 'spare'"):
        store.definitions.delete_template("spare", "carl")
    assert store.hand(
        "SELECT changed_by, after IS NULL FROM export_jobs.definition_change WHERE name = 'spare' ORDER BY id"
    ) == [("ben", False), ("carl", True)]


def test_a_template_of_deleted_jobs_can_go(store: Store, job: StoredJob) -> None:
    store.definitions.delete("sales", "ben")
    store.definitions.delete_template("rows", "ben")
    kept: ExportJob = store.definitions.version(job.job_id, 1)
    assert kept.template("rows").fact == "purchases"
    assert kept.schedule.valid_until == date(2026, 1, 31)


def test_a_job_whose_file_would_have_the_path_of_another_jobs_file_is_not_saved(store: Store) -> None:
    store.create("first", file={"name": "SALES_{template}_{window_start:%Y%m%d}"})
    with pytest.raises(
        UserError, match=r"its file 'daily/sales_rows_20260101\.zip' would have the path .* job 'first'"
    ):
        store.create("second", file={"name": "sales_{template}_{window_end:%Y%m%d}"})
    with pytest.raises(UserError, match=r"'first__2026-01-01\.manifest\.json'"):
        store.create("second", file={"done_file": "first__{window}.manifest.json"})
    assert store.definitions.job("second") is None
    store.create("second", file={"name": "{job}_{template}_{window}"})


def test_a_changed_schedule_is_looked_at_too(store: Store) -> None:
    days = {"from": "2026-02-01", "until": "2026-02-28"}
    store.create("first", file={"name": "X_{template}_{window}"})
    store.create("second", schedule=days, file={"name": "X_{template}_{window}"})
    with pytest.raises(UserError, match="would have the path of a file of job 'first'"):
        store.definitions.update(spec("second", file={"name": "X_{template}_{window}"}), "anna")
    store.definitions.delete("first", "anna")
    store.definitions.update(spec("second", file={"name": "X_{template}_{window}"}), "anna")
