"""Rows typed by hand that say what no job can mean: each is refused by a constraint whose name says why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from export_jobs.core.definitions.names import name_issues
from export_jobs.core.validation.rules.schedule import validity_is_one_year
from tests.integration.store.samples import Store, spec

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
    ("job_destination_fkey", {"destination": "'nowhere'"}),
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
    ("job_format_is_known", {"format": "'xlsx'"}),
    ("job_delimiter_is_one_character", {"delimiter": "';;'"}),
    ("job_quoting_is_known", {"quoting": "'some'"}),
    ("job_line_ending_is_known", {"line_ending": "'cr'"}),
    ("job_compression_is_known", {"compression": "'rar'"}),
    ("job_empty_result_is_known", {"empty_result": "'maybe'"}),
    ("job_max_bytes_is_positive", {"max_bytes": "0"}),
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
ON_DESTINATIONS = [
    ("destination_tag_is_plain", {"tag": "'a b'"}),
    ("destination_kind_is_known", {"kind": "'ftp'"}),
    ("destination_has_a_connection", {"connection": "''"}),
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


@pytest.fixture
def scalar(store: Store) -> Callable[..., object]:
    session = store.session(autocommit=True)

    def ask(query: str, *values: object) -> object:
        row = session.execute(query.encode(), values).fetchone()
        assert row is not None
        return row[0]

    return ask


SHARED_STORE = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


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
