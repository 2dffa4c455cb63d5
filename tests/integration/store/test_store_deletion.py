"""Deleting leaves a tombstone, deleting everything looks like an accident, and nothing of the ledger can be deleted."""

from __future__ import annotations

import psycopg
import pytest

from export_jobs.errors import UserError
from export_jobs.store.stored_job import StoredJob
from tests.integration.store.samples import Store, delivery, publication, spec

pytestmark = pytest.mark.integration

LEDGER = ["execution", "execution_event", "delivery", "publication", "notification", "job_version", "definition_change"]
ANY_COLUMN = {
    "execution": "run_id",
    "delivery": "path",
    "publication": "path",
    "job_version": "created_at",
    "definition_change": "name",
}
OTHERS = ["job", "job_template", "job_filter", "template", "destination"]
FILTERED = [{"template": "rows", "filters": [{"column": "amount", "op": "at_least", "values": [5]}]}]


@pytest.mark.parametrize(
    "statement", ["DELETE FROM export_jobs.job", "UPDATE export_jobs.job SET deleted_at = '1999-01-01'"]
)
def test_a_deleted_job_leaves_a_signed_tombstone(store: Store, job: StoredJob, statement: str) -> None:
    store.hand("SELECT set_config('export_jobs.actor', 'ben', true)", statement)
    assert store.definitions.jobs() == []
    assert store.definitions.tombstones() == {job.job_id}
    recent = "now() - deleted_at < interval '1 minute'"
    assert store.hand(f"SELECT deleted_by, {recent} FROM export_jobs.job") == [("ben", True)]
    assert store.hand("SELECT * FROM export_jobs.job_template") == []


def test_a_deleted_job_lets_go_of_its_filters_and_history_knows_them(store: Store) -> None:
    job = store.create(templates=FILTERED)
    store.definitions.delete("sales", "ben")
    assert store.hand("SELECT * FROM export_jobs.job_filter") == []
    assert store.definitions.version(job.job_id, 1) == job.parse()
    assert store.definitions.version(job.job_id, 1).use("rows").filters[0].values == ("5",)


def test_a_tombstone_is_kept_as_it_is(store: Store, job: StoredJob) -> None:
    store.hand("DELETE FROM export_jobs.job")
    for change in ("deleted_at = NULL", "description = 'New'"):
        sentence = store.refusal(f"UPDATE export_jobs.job SET {change}")
        assert sentence.startswith('Job "sales" has been deleted and is kept for its history only.')
    store.hand("DELETE FROM export_jobs.job")
    assert store.definitions.tombstones() == {job.job_id}


def make(store: Store, count: int) -> None:
    with store.definitions.transaction("anna") as within:
        for number in range(count):
            within.create(spec(f"job-{number}"))


@pytest.mark.parametrize(
    ("live", "gone", "is_refused"),
    [(1, 1, False), (2, 2, True), (3, 2, False), (9, 3, False), (12, 4, False), (11, 4, True)],
)
def test_q16_deleting_many_at_once_looks_like_an_accident(store: Store, live: int, gone: int, is_refused: bool) -> None:
    make(store, live)
    statement = f"DELETE FROM export_jobs.job WHERE id <= {gone}"
    if is_refused:
        assert store.refusal(statement).startswith(f"This would delete {gone} of {live} jobs at once")
    else:
        store.hand(statement)
    assert len(store.definitions.jobs()) == live - (0 if is_refused else gone)


def test_one_by_one_within_a_transaction_is_the_same_accident(store: Store) -> None:
    make(store, 6)
    statements = [f"DELETE FROM export_jobs.job WHERE id = {number}" for number in range(1, 5)]
    between = [part for statement in statements for part in ("SAVEPOINT one", statement, "RELEASE one")]
    assert "4 of 6 jobs" in store.refusal(*between)
    with pytest.raises(UserError, match="4 of 6 jobs"), store.definitions.transaction("ben") as within:
        for number in range(4):
            within.delete(f"job-{number}")
    assert len(store.definitions.jobs()) == 6


def test_deleting_many_on_purpose(store: Store) -> None:
    make(store, 6)
    store.hand("SET LOCAL export_jobs.allow_bulk_delete = on", "DELETE FROM export_jobs.job")
    assert store.definitions.jobs() == []
    assert len(store.definitions.tombstones()) == 6


@pytest.fixture
def filled(store: Store) -> Store:
    execution = store.run(store.create(templates=FILTERED))
    store.ledger.record_event(execution.id, "started", step="upload", attempt="first")
    store.ledger.claim(execution.id, "rows", "upload", "first")
    with store.ledger.fence_delivery(delivery(execution), "upload", "first"):
        pass
    store.ledger.claim(execution.id, "", "publish", "first")
    with store.ledger.fence_publication(publication(execution), "publish", "first"):
        pass
    store.ledger.record_notification(execution.id, "success", "s", recipient="a@example.com", state="sent", reply="250")
    return store


@pytest.mark.parametrize("table", LEDGER)
def test_the_ledger_is_append_only(filled: Store, table: str) -> None:
    before = filled.hand(f"SELECT * FROM export_jobs.{table}")
    assert before
    for statement in (
        f"UPDATE export_jobs.{table} SET {ANY_COLUMN.get(table, 'kind')} = NULL",
        f"DELETE FROM export_jobs.{table}",
    ):
        assert filled.refusal(statement).startswith(f'The ledger is append-only: {statement.split()[0]} on "{table}"')
    assert filled.hand(f"SELECT * FROM export_jobs.{table}") == before


@pytest.mark.parametrize("table", ["execution", "delivery", "publication", "notification"])
def test_nothing_is_recorded_twice(filled: Store, table: str) -> None:
    """The fence sees to it; should it ever fail, two records of one file cannot stand."""
    names = f"""SELECT string_agg(column_name, ', ') FROM information_schema.columns
        WHERE table_schema = 'export_jobs' AND table_name = '{table}' AND column_name <> 'id'"""
    ((columns,),) = filled.hand(names)
    with pytest.raises(psycopg.errors.UniqueViolation):
        filled.hand(f"INSERT INTO export_jobs.{table} ({columns}) SELECT {columns} FROM export_jobs.{table}")


@pytest.mark.parametrize("table", [*LEDGER, *OTHERS])
@pytest.mark.parametrize("cascade", ["", "CASCADE"])
def test_truncate_is_refused(filled: Store, table: str, cascade: str) -> None:
    with pytest.raises(psycopg.Error, match=r"append-only: TRUNCATE|would leave no trace|referenced in a foreign key"):
        filled.hand(f"TRUNCATE export_jobs.{table} {cascade}")
    assert filled.hand(f"SELECT count(*) > 0 FROM export_jobs.{table}") == [(True,)]


@pytest.mark.parametrize("table", [*LEDGER, *OTHERS])
def test_k4_truncate_never_advises_what_delete_refuses(filled: Store, table: str) -> None:
    """The guard of each table by itself, without the keys of the tables that refer to it."""
    referring = f"""SELECT conrelid::regclass, conname FROM pg_constraint
        WHERE contype = 'f' AND confrelid = 'export_jobs.{table}'::regclass"""
    dropped = [f"ALTER TABLE {name} DROP CONSTRAINT {key} CASCADE" for name, key in filled.hand(referring)]
    truncated = filled.refusal(*dropped, f"TRUNCATE export_jobs.{table}")
    if table in LEDGER:
        assert truncated == filled.refusal(f"DELETE FROM export_jobs.{table}").replace("DELETE", "TRUNCATE")
    elif table in {"job_template", "job_filter"}:
        assert "cannot change once the job exists" in filled.refusal(f"DELETE FROM export_jobs.{table}")
        assert truncated.endswith("Delete the jobs instead; what they choose goes with them.")
    else:
        assert truncated.endswith("Delete rows instead.")
