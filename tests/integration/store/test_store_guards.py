"""Hand-typed statements against what must not change: refused with a sentence that says why and what to do instead."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from demo.postgres import Postgres
from export_jobs.errors import UserError
from export_jobs.store.stored_job import StoredJob
from tests.integration.store.samples import Store, administrator, spec

pytestmark = pytest.mark.integration

FROZEN = [
    ("name", "'other'"),
    ("dag_id", "'export__other'"),
    ("destination", "'second'"),
    ("delimiter", "';'"),
    ("quoting", "'all'"),
    ("header", "false"),
    ("null_text", "'NULL'"),
    ("bom", "true"),
    ("line_ending", "'lf'"),
    ("escape_formulas", "true"),
    ("compression", "'gzip'"),
    ("empty_result", "'skip'"),
    ("max_bytes", "1"),
    ("name_pattern", "'{job}_{window}'"),
    ("done_file", "'done_{window}'"),
    ("split_rows", "1000"),
    ("manifest", "'none'"),
    ("manifest_folder", "'control'"),
    ("split_bytes", "1000"),
    ("created_at", "now() - interval '1 day'"),
    ("created_by", "'nobody'"),
]
EDITABLE = [
    ("description", "'New'"),
    ("recipients", "'{a@example.com,b@example.com}'"),
    ("owner", "'new@example.com'"),
    ("enabled", "false"),
    ("shape_change", "'warn'"),
    ("frequency = 'weekly', execute_on", "'friday'"),
    ("valid_from", "'2026-01-02'"),
    ("valid_until", "'2026-06-30'"),
    ("deliver_at", "'05:00'"),
    ("deliver_after_days", "5"),
    ("frequency", "'quarterly'"),
    ("time_zone", "'Asia/Tokyo'"),
    ("frequency = 'once', deliver_on", "'2026-02-01'"),
]


@pytest.mark.parametrize(("column", "value"), FROZEN)
def test_what_receivers_rely_on_is_frozen(store: Store, job: StoredJob, column: str, value: str) -> None:
    store.hand("INSERT INTO export_jobs.destination VALUES ('second', 's3', 'c', 'f')")
    assert store.refusal(f"UPDATE export_jobs.job SET {column} = {value}") == (
        f'Job "sales": {column} cannot change once the job exists, since receivers rely on it. '
        "Create a new job instead."
    )


def test_all_that_is_frozen_is_named_at_once(store: Store, job: StoredJob) -> None:
    sentence = store.refusal("UPDATE export_jobs.job SET delimiter = ';', bom = true, description = 'New'")
    assert sentence.startswith('Job "sales": bom, delimiter cannot change')
    assert store.definitions.jobs() == [job]


@pytest.mark.parametrize(("column", "value"), EDITABLE)
def test_what_may_change_becomes_a_version(store: Store, job: StoredJob, column: str, value: str) -> None:
    store.hand(f"UPDATE export_jobs.job SET {column} = {value}")
    (changed,) = store.definitions.jobs()
    newest = store.definitions.versions(job.job_id)[-1]
    assert changed.version == newest.version == 2
    assert newest.created_by == "export_jobs", "the login, since nobody else was named"
    assert column.rsplit(maxsplit=1)[-1].replace("valid_", "") in {key.rpartition(".")[2] for key in newest.changed}


def test_several_changes_in_one_transaction_are_one_version(store: Store, job: StoredJob) -> None:
    store.hand(
        "SELECT set_config('export_jobs.actor', 'ben', true)",
        "UPDATE export_jobs.job SET description = 'one'",
        "UPDATE export_jobs.job SET description = 'two', deliver_at = '03:00'",
    )
    newest = store.definitions.versions(job.job_id)[-1]
    assert (newest.version, newest.created_by) == (2, "ben")
    assert newest.changed == ("description", "schedule.deliver_at")


def test_the_store_counts_versions_and_keeps_the_anchor_by_itself(store: Store, job: StoredJob) -> None:
    assert "its version is counted by the store" in store.refusal("UPDATE export_jobs.job SET version = 7")
    assert "its anchor is kept by the store" in store.refusal("UPDATE export_jobs.job SET anchor = now()")
    sentence = store.refusal("INSERT INTO export_jobs.job_version VALUES (1, 2, '{}', '{}')")
    assert sentence.startswith("Versions are written by the store itself")
    store.hand("UPDATE export_jobs.job SET version = 1")


def test_an_anchor_that_is_typed_with_a_new_job_loses_it_no_window(store: Store) -> None:
    """It names what earlier schedules of the job have exported: of a new one, nothing."""
    store.create("template")
    store.hand(
        "INSERT INTO export_jobs.job (name, owner, destination, frequency, valid_from, valid_until, anchor) "
        "SELECT 'typed', owner, destination, frequency, valid_from, valid_until, '2099-01-01' FROM export_jobs.job"
    )
    typed = store.definitions.job("typed")
    assert typed is not None and typed.definition["schedule"]["anchor"] is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE export_jobs.job_template SET subfolder = 'x'",
        "UPDATE export_jobs.job_template SET template = 'spare' WHERE template = 'rows'",
        "DELETE FROM export_jobs.job_template WHERE template = 'rows'",
        "INSERT INTO export_jobs.job_template VALUES (1, 3, 'spare')",
    ],
)
def test_templates_of_a_job_are_frozen(store: Store, job: StoredJob, statement: str) -> None:
    store.hand("INSERT INTO export_jobs.template (name, kind, kpis) VALUES ('spare', 'custom', '{sales}')")
    assert 'Job "sales": its templates cannot change once the job exists' in store.refusal(statement)


def test_a_new_job_cannot_take_the_templates_of_another(store: Store, job: StoredJob) -> None:
    columns = "name, owner, destination, frequency, valid_from, valid_until"
    taken = store.refusal(
        f"INSERT INTO export_jobs.job ({columns}) SELECT 'thief', owner, destination, frequency, valid_from, "
        "valid_until FROM export_jobs.job",
        "UPDATE export_jobs.job_template SET job_id = 2",
    )
    assert taken.startswith('Job "sales": its templates cannot change')


def test_templates_are_never_edited(store: Store) -> None:
    assert store.refusal("UPDATE export_jobs.template SET dimensions = '{}' WHERE name = 'totals'") == (
        'Template "totals" cannot be changed: jobs and past deliveries rely on it. '
        "Create a new template under another name."
    )


def test_a_guards_message_and_hint_are_two_fields(store: Store, job: StoredJob) -> None:
    with pytest.raises(UserError) as raised:
        store.definitions.delete_template("rows")
    assert raised.value.what == 'Template "rows" cannot be deleted: it is used by sales'
    assert raised.value.remedy == "Delete those jobs first"


def test_every_reason_against_a_schedule_has_its_remedy(store: Store, job: StoredJob) -> None:
    store.run(job)
    with pytest.raises(UserError) as raised:
        store.definitions.update(spec(schedule={"from": "2026-01-02"}))
    assert raised.value.what.startswith('Job "sales": its first window has been made, so the first day (2026-01-01)')
    assert raised.value.remedy == "To export earlier days, create a once job for them"


def test_a_guards_hint_is_the_remedy(store: Store, postgres: Postgres, database: str) -> None:
    with administrator(postgres, database) as session:
        session.execute("""CREATE FUNCTION export_jobs.hinting() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION USING ERRCODE = 'EXJ01', MESSAGE = 'It is closed. It has no key.',
                    HINT = 'Make one. Try again.';
            END $$""")
        session.execute("""CREATE TRIGGER hinting BEFORE DELETE ON export_jobs.template
            FOR EACH ROW EXECUTE FUNCTION export_jobs.hinting()""")
        try:
            with pytest.raises(UserError) as raised:
                store.definitions.delete_template("rows")
        finally:
            session.execute("DROP FUNCTION export_jobs.hinting CASCADE")
    assert (raised.value.what, raised.value.remedy) == ("It is closed. It has no key", "Make one. Try again")


def test_a_destination_in_use_keeps_its_tag(store: Store, job: StoredJob) -> None:
    sentence = 'Destination "partner" keeps its tag and stays: sales deliver to it, or did.'
    assert store.refusal("DELETE FROM export_jobs.destination").startswith(sentence)
    assert store.refusal("UPDATE export_jobs.destination SET tag = 'other'").startswith(sentence)
    store.hand("UPDATE export_jobs.destination SET folder = 'elsewhere'")
    store.hand("INSERT INTO export_jobs.destination VALUES ('spare', 's3', 'c', 'f')")
    store.hand("DELETE FROM export_jobs.destination WHERE tag = 'spare'")


def test_the_first_day_stays_once_its_window_is_made(store: Store, job: StoredJob) -> None:
    store.run(job)
    sentence = store.refusal("UPDATE export_jobs.job SET valid_from = '2025-12-01'")
    assert "its first window has been made, so the first day (2026-01-01) cannot move" in sentence


def test_the_last_day_does_not_move_before_what_is_made(store: Store, job: StoredJob) -> None:
    store.run(job, day=0)
    store.run(job, day=1)
    sentence = store.refusal("UPDATE export_jobs.job SET valid_until = '2026-01-01'")
    assert "data up to 2026-01-03 00:00 (UTC) has its window already, so the last day cannot be 2026-01-01" in sentence
    store.hand("UPDATE export_jobs.job SET valid_until = '2026-01-02'")


def test_all_reasons_against_a_schedule_come_at_once(store: Store, job: StoredJob) -> None:
    store.run(job, days=5)
    sentence = store.refusal(
        "UPDATE export_jobs.job SET frequency = 'once', valid_from = '2026-01-02', valid_until = '2026-01-03'"
    )
    for reason in ("cannot become a once job", "first day (2026-01-01) cannot move", "last day cannot be 2026-01-03"):
        assert reason in sentence


def test_a_new_schedule_takes_over_where_the_windows_end(store: Store, job: StoredJob) -> None:
    store.run(job, day=0)
    store.run(job, day=1)
    store.run(job, day=20, run_type="manual", run_id="manual")
    store.hand("UPDATE export_jobs.job SET deliver_at = '05:00', enabled = false")
    assert store.hand("SELECT anchor FROM export_jobs.job") == [(None,)], "these make no other windows"
    store.hand("UPDATE export_jobs.job SET frequency = 'weekly', execute_on = 'sunday'")
    stored = store.definitions.jobs()[0]
    assert stored.parse().schedule.anchor == datetime(2026, 1, 3, tzinfo=UTC)
    changed = store.definitions.versions(job.job_id)[-1].changed
    assert changed == ("schedule.anchor", "schedule.execute_on", "schedule.frequency")


def test_a_zone_that_nobody_knows_breaks_only_its_own_job(store: Store, job: StoredJob) -> None:
    store.run(job)
    store.create("other")
    store.hand("UPDATE export_jobs.job SET time_zone = 'Mars/Phobos', valid_until = '2026-02-01' WHERE name = 'sales'")
    assert [stored.parse().schedule.time_zone for stored in store.definitions.jobs()] == ["Mars/Phobos", "UTC"]


@pytest.mark.parametrize("run_type", ["scheduled", "manual"])
def test_of_a_once_job_that_has_run_only_the_description_changes(store: Store, run_type: str) -> None:
    once = store.create(schedule={"frequency": "once"})
    store.hand("UPDATE export_jobs.job SET valid_until = '2026-01-30', enabled = false")
    store.run(once, run_type=run_type)
    for change in ("owner = 'a@example.com'", "recipients = '{}'", "enabled = true", "valid_until = '2026-02-01'"):
        sentence = store.refusal(f"UPDATE export_jobs.job SET {change}")
        assert sentence.startswith('Job "sales" is a once job that has run: only its description can change.')
    store.hand("UPDATE export_jobs.job SET description = 'New'")
    with pytest.raises(UserError, match="only its description can change"):
        store.definitions.update(spec(schedule={"frequency": "once"}), "ben")
    store.definitions.delete("sales", "ben")
