"""Definitions by the Python door: saved whole, read back the same, changed where they may, versioned, deleted."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, time
from threading import Barrier
from traceback import format_exception
from typing import Any

import pytest

from demo.postgres import Postgres
from export_jobs.core.definitions.job import DestinationSpec, ExportJob, JobSpec, Template
from export_jobs.core.validation.changes import spec_of
from export_jobs.core.validation.definitions import validate_destination
from export_jobs.errors import TerminalError, UserError
from export_jobs.store.database.engine import transaction
from export_jobs.store.stored_job import StoredJob
from tests.integration.store.samples import Store, administrator, spec

pytestmark = pytest.mark.integration

EVERYTHING = spec(
    "Every-thing_1",
    description="Ünïcode, 'quotes', {{ braces }}, %s and :colons\nin two lines",
    recipients=["a@example.com", "b@example.com"],
    enabled=False,
    schedule={
        "frequency": "monthly",
        "execute_on": "last",
        "from": "2024-02-29",
        "until": "2025-02-28",
        "deliver_at": "23:59:59",
        "deliver_after_days": 5,
        "time_zone": "Pacific/Chatham",
    },
    templates=[
        {
            "template": "totals",
            "subfolder": "a/b",
            "date_basis": "event",
            "columns": [
                "day",
                {"column": "sales", "as": "Umsatz", "thousands_mark": "", "decimal_mark": ","},
                {"column": "ok", "true_text": "", "false_text": "nein"},
            ],
        },
        {"template": "rows", "date_basis": "updated"},
    ],
    file={
        "delimiter": ";",
        "quoting": "all",
        "header": False,
        "null_text": "\\N",
        "encoding": "iso-8859-1",
        "unencodable": "transliterate",
        "line_breaks": "blank",
        "date_format": "%d.%m.%Y",
        "timestamp_format": "%H:%M:%S.%L",
        "timestamptz_format": "%Y-%m-%dT%H:%M:%S.%f%:z",
        "decimal_mark": ",",
        "thousands_mark": "'",
        "true_text": "Ja",
        "false_text": "",
        "line_ending": "lf",
        "escape_formulas": True,
        "compression": "zstd",
        "empty_result": "fail",
        "max_bytes": 1,
        "name": "{job}_{template}_{window}",
        "done_file": "{job}_{window}.done",
        "manifest_folder": "control",
        "shape_change": "warn",
    },
)
FIXED = spec(
    "fixed",
    templates=[{"template": "rows", "columns": [{"column": "amount", "width": 12, "align": "left"}, "sold_at"]}],
    file={"preset": "sap-fixed", "header": True, "bom": False},
)
ONCE = spec("once", schedule={"frequency": "once", "deliver_on": "2026-02-03"}, file={"delimiter": "\t"})
IN_PARTS = spec("in-parts", file={"split": {"rows": 1000}})
IN_BYTES = spec("in-bytes", file={"split": {"bytes": 50_000_000}, "name": "{job}_{template}_{window}_{part}"})


@pytest.mark.parametrize(
    "written", [spec(), EVERYTHING, FIXED, ONCE, IN_PARTS, IN_BYTES], ids=lambda written: written.name
)
def test_what_is_saved_is_read_back(store: Store, written: JobSpec) -> None:
    stored = store.definitions.create(written, "anna")
    job = stored.parse()
    assert spec_of(job) == written
    assert (job.job_id, job.version, job.dag_id) == (stored.job_id, 1, f"export__{written.name}")
    assert [template.name for template in job.template_definitions] == [use.template for use in written.templates]
    assert store.definitions.job(written.name) == store.definitions.by_dag_id(job.dag_id) == stored
    assert store.definitions.version(stored.job_id, 1) == job


def test_the_session_does_not_decide_how_a_definition_is_written(store: Store) -> None:
    store.definitions.create(EVERYTHING, "anna")
    query = "SELECT export_jobs.job_definition(id)::text FROM export_jobs.job"
    usual = store.hand(query)
    odd = ["SET datestyle = 'German'", "SET timezone = 'Asia/Kathmandu'", "SET intervalstyle = 'iso_8601'"]
    assert store.hand(*odd, query) == usual


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
    assert said.endswith("Rerun the job with today's definition.")
    logged = "".join(format_exception(raised.value))
    assert "secret@example.com" not in logged and "fortnightly" not in logged


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"destination": "nowhere"}, "There is no destination of this tag"),
        ({"templates": [{"template": "rows"}, {"template": "rows"}]}, "names a template twice"),
        ({"name": "a/b"}, "The job's name is invalid"),
        ({"description": "nul \0"}, "holds the character NUL"),
        ({"description": "half \ud800"}, "holds half of a character"),
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


def test_destinations_are_changed_and_every_change_is_kept(store: Store) -> None:
    new = DestinationSpec(tag="partner", kind="s3", connection="partner_s3", folder="bucket/in", description="Moved")
    store.definitions.save_destination(new, "ben")
    store.definitions.save_destination(new, "carl")
    assert store.definitions.destinations() == [new]
    assert store.definitions.destination("none") is None
    assert store.hand(
        """SELECT changed_by, before ->> 'kind', after ->> 'kind' FROM export_jobs.definition_change
        WHERE noun = 'destination' ORDER BY id"""
    ) == [("anna", None, "sftp"), ("ben", "sftp", "s3")]


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


EVERY_OPTION: list[dict[str, Any]] = [
    {
        "kind": "sftp",
        "replace": "remove_then_rename",
        "foreign_file": "keep_both",
        "probe_folder": "/probes",
        "verify": "read_back",
        "temporary_name": "{stem}.{attempt}{ending}",
        "parallel": 4,
        "max_logins": 2,
        "legacy_algorithms": True,
        "host_keys": [f"SHA256:{mark * 43}" for mark in "ab"],
    },
    {"kind": "sftp", "publish": "direct", "probe": "login_only", "verify": "none", "foreign_file": "replace"},
    {
        "kind": "s3",
        "acl": "bucket-owner-full-control",
        "encryption": "aws:kms",
        "kms_key": "alias/out",
        "bucket_key": True,
        "storage_class": "STANDARD_IA",
        "object_lock": "compliance",
        "lock_days": 3650,
        "tags": {"team": "exports", "größe": "a:b"},
    },
    {"kind": "ftps", "verify": "read_back", "temporary_name": "{name}.{attempt}.tmp", "max_logins": 1},
    {"kind": "ftps", "replace": "remove_then_rename"},
    {"kind": "ftp", "plain_ftp": True, "foreign_file": "keep_both", "publish": "direct"},
]


@pytest.mark.parametrize("options", EVERY_OPTION, ids=["sftp", "direct", "s3", "ftps", "in steps", "ftp"])
def test_every_option_of_a_destination_is_kept(store: Store, options: dict[str, Any]) -> None:
    kept = DestinationSpec.model_validate({"tag": "partner", "connection": "c", "folder": "bucket/in", **options})
    store.definitions.save_destination(kept, "ben")
    assert store.definitions.destination("partner") == kept
    assert validate_destination(kept) == []


BY_HAND = {
    "publish = 'atomic'": "publish is unknown",
    "foreign_file = 'ask'": "foreign file is unknown",
    "probe = 'login_only', probe_folder = '/p'": "nothing is written",
    "temporary_name = '{name}.tmp'": r"lacks \{attempt\}",
    "publish = 'direct', parallel = 4": "publishes directly",
    "parallel = 9": "not between 1 and 8",
    "max_logins = 0": "not between 1 and 100",
    "host_keys = '{ssh-ed25519}'": "host keys are not fingerprints",
    "acl = 'private'": "an option of S3 and is of another kind",
    "kind = 's3', publish = 'direct'": "an option of SFTP servers",
    "kind = 'ftps', parallel = 4": "not for FTP",
    "kind = 'download', keep_days = 7, folder = '/srv/files'": "a folder of a machine",
    "kind = 's3', kms_key = 'alias/out'": "without encryption by KMS",
    "kind = 's3', acl = 'public-read'": "acl is unknown",
    "kind = 's3', tags = '[1]'": "not a mapping of keys to texts",
    "kind = 's3', tags = '{\"a\": 1}'": "not a mapping of keys to texts",
}


@pytest.mark.parametrize("change", BY_HAND)
def test_an_option_that_makes_no_sense_is_refused_in_the_table_too(store: Store, change: str) -> None:
    with pytest.raises(UserError, match=BY_HAND[change]), transaction(store.engine) as connection:
        connection.exec_driver_sql(f"UPDATE export_jobs.destination SET {change} WHERE tag = 'partner'")
