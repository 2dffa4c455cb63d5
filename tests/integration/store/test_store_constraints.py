"""Rows typed by hand that say what no job can mean: each is refused by a constraint whose name says why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from export_jobs.core.definitions.names import name_issues
from export_jobs.core.validation.rules.schedule import validity_is_one_year
from export_jobs.errors import UserError
from export_jobs.store.database.constraints import CONSTRAINT_MESSAGES
from export_jobs.store.database.engine import transaction
from tests.integration.store.samples import SHARED_STORE, Store, spec

pytestmark = pytest.mark.integration

JOB = {
    "name": "'typed'",
    "owner": "'owner@example.com'",
    "destination": "'partner'",
    "frequency": "'daily'",
    "valid_from": "'2026-01-01'",
    "valid_until": "'2026-01-31'",
}
TEMPLATE = {"name": "'typed'", "kind": "'custom'", "kpis": "'{sales}'"}
DESTINATION = {"tag": "'typed'", "kind": "'sftp'", "connection": "'c'", "folder": "'f'"}

ANYTHING_ELSE_ON_JOBS = [
    ("job_name_is_plain", {"name": "'a__b'"}),
    ("job_name_is_plain", {"name": "'../b'"}),
    ("job_name_is_plain", {"name": "'a_'"}),
    ("job_name_is_plain", {"name": "repeat('a', 65)"}),
    ("job_name_is_plain", {"name": "E'a\\n'"}),
    ("job_owner_is_an_address", {"owner": "'nobody'"}),
    ("job_owner_is_an_address", {"owner": "'=?utf-8?q?a=0D=0Ax?=@example.com'"}),
    ("job_recipients_are_addresses", {"recipients": "'{a@example.com,Jane <jane@example.com>}'"}),
    ("job_recipients_are_addresses", {"recipients": r"E'{\"a@example.com\\nBcc: b@example.com\"}'"}),
    ("job_destination_fkey", {"destination": "'nowhere'"}),
    ("job_has_one_destination_or_several", {"destination": "NULL"}),
    ("job_destinations_are_two_to_ten", {"destination": "NULL", "destinations": "'{partner}'"}),
    ("job_destinations_are_two_to_ten", {"destination": "NULL", "destinations": "'{}'"}),
    ("job_recipients_hold_no_null", {"recipients": "'{a@example.com,NULL}'"}),
    ("job_frequency_is_known", {"frequency": "'hourly'"}),
    ("job_execute_on_fits_frequency", {"execute_on": "'sunday'"}),
    ("job_execute_on_fits_frequency", {"frequency": "'weekly'"}),
    ("job_execute_on_fits_frequency", {"frequency": "'weekly'", "execute_on": "'Sunday'"}),
    ("job_execute_on_fits_frequency", {"frequency": "'monthly'", "execute_on": "'32'"}),
    ("job_execute_on_fits_frequency", {"frequency": "'monthly'", "execute_on": "'0'"}),
    ("job_validity_has_a_day", {"valid_until": "'2025-12-31'"}),
    ("job_validity_is_at_most_a_year", {"valid_until": "'2027-01-01'"}),
    ("job_valid_from_is_plausible", {"valid_from": "'0204-01-01'", "valid_until": "'0204-01-02'"}),
    ("job_valid_from_is_plausible", {"valid_from": "'-infinity'", "valid_until": "'-infinity'"}),
    ("job_deliver_at_is_before_midnight", {"deliver_at": "'24:00'"}),
    ("job_deliver_on_for_once_only", {"deliver_on": "'2026-02-01'"}),
    ("job_deliver_on_is_after_the_last_day", {"frequency": "'once'", "deliver_on": "'2026-01-31'"}),
    ("job_deliver_on_is_plausible", {"frequency": "'once'", "deliver_on": "'infinity'"}),
    ("job_execute_on_fits_frequency", {"frequency": "'quarterly'", "execute_on": "'15'"}),
    ("job_deliver_after_days_is_plausible", {"deliver_after_days": "0"}),
    ("job_deliver_after_days_is_plausible", {"deliver_after_days": "93"}),
    (
        "job_has_one_day_of_delivery",
        {"frequency": "'once'", "deliver_on": "'2026-03-01'", "deliver_after_days": "2"},
    ),
    ("job_format_is_known", {"format": "'orc'"}),
    ("job_file_is_packed_once", {"format": "'parquet'"}),
    ("job_csv_options_for_csv_only", {"format": "'jsonl'", "delimiter": "';'"}),
    ("job_text_options_for_text_only", {"format": "'xlsx'", "compression": "'none'", "header": "false"}),
    ("job_text_options_for_text_only", {"format": "'jsonl'", "decimal_mark": "','"}),
    ("job_encoding_is_known", {"encoding": "'latin1'"}),
    ("job_unencodable_is_known", {"encoding": "'iso-8859-1'", "unencodable": "'drop'"}),
    ("job_unencodable_of_small_encodings_only", {"unencodable": "'replace'"}),
    ("job_bom_is_of_unicode", {"encoding": "'windows-1252'", "bom": "true"}),
    ("job_line_breaks_is_known", {"line_breaks": "'drop'"}),
    ("job_fixed_width_has_rows_of_one_line", {"format": "'fixed'"}),
    ("job_date_format_is_plain", {"date_format": "'%H'"}),
    ("job_date_format_is_plain", {"date_format": "''"}),
    ("job_timestamp_format_is_plain", {"timestamp_format": "'%Y%:z'"}),
    ("job_timestamptz_format_is_plain", {"timestamptz_format": "'%Y \"x'"}),
    ("job_decimal_mark_is_known", {"decimal_mark": "';'"}),
    ("job_thousands_mark_is_known", {"thousands_mark": "'_'"}),
    ("job_marks_are_two", {"thousands_mark": "'.'"}),
    ("job_true_and_false_are_two_texts", {"true_text": "'x'"}),
    ("job_true_and_false_are_two_texts", {"true_text": "'x'", "false_text": "'x'"}),
    ("job_delimiter_is_one_character", {"delimiter": "';;'"}),
    ("job_name_pattern_is_plain", {"name_pattern": "'../{window}'"}),
    ("job_done_file_is_plain", {"done_file": "'a/b'"}),
    ("job_quoting_is_known", {"quoting": "'some'"}),
    ("job_line_ending_is_known", {"line_ending": "'cr'"}),
    ("job_compression_is_known", {"compression": "'rar'"}),
    ("job_empty_result_is_known", {"empty_result": "'maybe'"}),
    ("job_max_bytes_is_positive", {"max_bytes": "0"}),
    ("job_split_rows_are_positive", {"split_rows": "0"}),
    ("job_split_bytes_are_positive", {"split_bytes": "-1"}),
    ("job_split_is_by_rows_or_bytes", {"split_rows": "5", "split_bytes": "5"}),
    ("job_split_fits_the_format", {"format": "'parquet'", "compression": "'none'", "split_bytes": "1000000"}),
    ("job_split_fits_the_format", {"format": "'xlsx'", "compression": "'none'", "split_rows": "1048576"}),
    ("job_manifest_is_known", {"manifest": "'off'"}),
    ("job_manifest_folder_stays_below", {"manifest_folder": "'../x'"}),
    ("job_manifest_folder_holds_one", {"manifest": "'none'", "manifest_folder": "'x'"}),
    ("job_shape_change_is_known", {"shape_change": "'ignore'"}),
]
ON_TEMPLATES = [
    ("template_name_is_plain", {"name": "'a/b'"}),
    ("template_kind_is_known", {"kind": "'pivot'"}),
    ("template_fact_for_standard_only", {"fact": "'purchases'"}),
    ("template_fact_for_standard_only", {"kind": "'standard'", "kpis": "'{}'"}),
    ("template_kpis_for_custom_only", {"kpis": "'{}'"}),
    ("template_has_at_most_five_dimensions", {"dimensions": "'{a,b,c,d,e,f}'"}),
    ("template_lists_hold_no_null", {"dimensions": "'{a,NULL}'"}),
]
FINGERPRINT = f"SHA256:{'a+/9' * 10}xyz"
ON_DESTINATIONS = [
    ("destination_tag_is_plain", {"tag": "'a b'"}),
    ("destination_kind_is_known", {"kind": "'webdav'"}),
    ("destination_has_a_connection", {"connection": "''"}),
    ("destination_connection_is_an_id", {"connection": "'sftp://user:secret@host'"}),
    ("destination_download_is_kept_for_days", {"kind": "'download'"}),
    ("destination_download_is_kept_for_days", {"keep_days": "14"}),
    ("destination_keep_days_is_in_range", {"kind": "'download'", "keep_days": "0"}),
    ("destination_download_is_of_ours", {"kind": "'download'", "keep_days": "14", "acl": "'bucket-owner-read'"}),
    ("destination_object_lock_is_known", {"kind": "'s3'", "object_lock": "'forever'", "lock_days": "3"}),
    ("destination_lock_days_is_in_range", {"kind": "'s3'", "object_lock": "'governance'", "lock_days": "0"}),
    ("destination_object_lock_has_days", {"kind": "'s3'", "object_lock": "'governance'"}),
    ("destination_object_lock_is_of_s3", {"object_lock": "'governance'", "lock_days": "3"}),
    ("destination_host_keys_are_fingerprints", {"host_keys": "'{ssh-ed25519 AAAA}'"}),
    ("destination_host_keys_are_fingerprints", {"host_keys": f"ARRAY['{FINGERPRINT}', NULL]"}),
    ("destination_host_keys_are_fingerprints", {"host_keys": f"ARRAY['{FINGERPRINT} {FINGERPRINT}']"}),
    ("destination_host_keys_are_fingerprints", {"host_keys": f"ARRAY['{FINGERPRINT}{FINGERPRINT}']"}),
    ("destination_host_keys_are_fingerprints", {"host_keys": f"array_fill('{FINGERPRINT}'::text, ARRAY[9])"}),
    ("destination_host_keys_are_of_sftp", {"kind": "'s3'", "host_keys": f"ARRAY['{FINGERPRINT}']"}),
    (
        "destination_download_is_in_a_bucket",
        {"kind": "'download'", "keep_days": "14", "folder": "'/srv/files'"},
    ),
    ("destination_s3_publishes_whole_objects", {"kind": "'download'", "keep_days": "14", "parallel": "4"}),
]
CASES = [
    *((name, "job", {**JOB, **change}) for name, change in ANYTHING_ELSE_ON_JOBS),
    *((name, "template", {**TEMPLATE, **change}) for name, change in ON_TEMPLATES),
    *((name, "destination", {**DESTINATION, **change}) for name, change in ON_DESTINATIONS),
]


def insert(table: str, values: dict[str, str]) -> str:
    return f"INSERT INTO export_jobs.{table} ({', '.join(values)}) VALUES ({', '.join(values.values())})"


@pytest.mark.parametrize(
    ("constraint", "table", "values"), CASES, ids=[f"{case[0]}-{n}" for n, case in enumerate(CASES)]
)
def test_a_row_that_means_nothing_is_refused(store: Store, constraint: str, table: str, values: dict[str, str]) -> None:
    with pytest.raises(psycopg.IntegrityError) as raised:
        store.hand(insert(table, values))
    assert raised.value.diag.constraint_name == constraint


@pytest.mark.parametrize("folder", ["/etc", "a/../b", "..", "a/.", "a\\b"])
def test_a_subfolder_stays_below_its_destination(store: Store, folder: str) -> None:
    store.hand(insert("job", JOB))
    with pytest.raises(psycopg.IntegrityError) as raised, psycopg.connect(**store.dsn) as session:
        session.execute("INSERT INTO export_jobs.job_template VALUES (1, 1, 'rows', %s)", [folder])
    assert raised.value.diag.constraint_name == "job_template_subfolder_stays_below"


def test_what_is_usual_is_allowed(store: Store) -> None:
    store.hand(insert("job", JOB))
    store.hand(insert("job", {**JOB, "name": "'w'", "frequency": "'weekly'", "execute_on": "'sunday'"}))
    store.hand(insert("job", {**JOB, "name": "'m'", "frequency": "'monthly'", "execute_on": "'last'"}))
    store.hand(insert("job", {**JOB, "name": "'o'", "frequency": "'once'", "deliver_on": "'2026-02-01'"}))
    store.hand(insert("job_template", {"job_id": "1", "position": "1", "template": "'rows'", "subfolder": "'a/b..c'"}))
    assert [job.parse().name for job in store.definitions.jobs()] == ["typed", "w", "m", "o"]


def test_a_job_typed_without_a_transaction_can_be_given_its_templates(store: Store) -> None:
    """psql commits every statement by itself, so the job's first version has no template yet."""
    store.hand(insert("job", JOB))
    store.hand("INSERT INTO export_jobs.job_template VALUES (1, 1, 'rows'), (1, 2, 'totals')")
    (job,) = store.definitions.jobs()
    assert (job.version, [use.template for use in job.parse().templates]) == (2, ["rows", "totals"])
    sentence = store.refusal("INSERT INTO export_jobs.job_template VALUES (1, 3, 'rows')")
    assert sentence.startswith('Job "typed": its templates cannot change once the job exists')


@SHARED_STORE
@given(first=st.dates(date(1999, 12, 1), date(2004, 3, 31)), days=st.integers(363, 368))
def test_table_and_validation_agree_on_what_a_year_is(scalar: Callable[..., object], first: date, days: int) -> None:
    last = first + timedelta(days=days)
    job = spec(schedule={"from": first, "until": last})
    refused = list(validity_is_one_year(job)) != []
    assert scalar("SELECT %s::date >= export_jobs.year_after(%s::date)", last, first) is refused


@SHARED_STORE
@given(name=st.text("aZ9_-./ é", max_size=6) | st.integers(60, 70).map("a".__mul__))
def test_table_and_validation_agree_on_names(scalar: Callable[..., object], name: str) -> None:
    refused = list(name_issues("name", name)) != []
    assert scalar("SELECT NOT export_jobs.is_plain_name(%s)", name) is refused


def test_c1_every_constraint_has_a_sentence(store: Store) -> None:
    """Also unique indexes; a name with underscores tells a person nothing."""
    names = {
        name
        for (name,) in store.hand(
            """SELECT conname FROM pg_constraint WHERE connamespace = 'export_jobs'::regnamespace
            AND contype NOT IN ('n', 't')
            UNION SELECT indexrelid::regclass::text FROM pg_index JOIN pg_class t ON t.oid = indrelid
            WHERE relnamespace = 'export_jobs'::regnamespace AND indisunique"""
        )
    }
    names = {name.removeprefix("export_jobs.") for name in names}
    assert len(names) > 70
    assert names - CONSTRAINT_MESSAGES.keys() == set(), "these need what is wrong and what to do next"
    assert CONSTRAINT_MESSAGES.keys() - names == set(), "these are gone"
    assert [name for name, (what, remedy) in CONSTRAINT_MESSAGES.items() if "_" in what.replace("deliver_on", "")] == []
    assert [name for name, parts in CONSTRAINT_MESSAGES.items() if not all(parts) or parts[0].endswith(".")] == []


def test_a_missing_value_is_named(store: Store) -> None:
    with (
        pytest.raises(UserError, match="'folder' of 'destination' has no value"),
        transaction(store.engine) as connection,
    ):
        connection.exec_driver_sql("INSERT INTO export_jobs.destination VALUES ('t', 's3', 'c', NULL)")
