"""The chain of hashes: it grows with every entry, cannot fork, and tells which entry was edited, removed or added."""

from __future__ import annotations

import psycopg
import pytest

from demo.postgres import Postgres
from export_jobs.core.definitions.job import DestinationSpec
from export_jobs.store.chain import KEYS, ChainHead
from export_jobs.store.stored_job import StoredJob
from tests.integration.store.chains import JOB, faults
from tests.integration.store.samples import Store, administrator, delivery, publication, spec

pytestmark = pytest.mark.integration


@pytest.fixture
def filled(store: Store) -> Store:
    """A job with an entry in every table, all of its kinds in one chain."""
    execution = store.run(store.create())
    store.definitions.update(spec(description="Ünïcode \u2028 and 'quotes'"), "ben")
    store.ledger.record_event(execution.id, "started", step="upload", attempt="first", detail={"pid": 7, "none": None})
    store.ledger.claim(execution.id, "rows", "upload", "first")
    with store.ledger.fence_delivery(delivery(execution), "upload", "first"):
        pass
    store.ledger.claim(execution.id, "", "publish", "first")
    with store.ledger.fence_publication(publication(execution), "publish", "first"):
        pass
    store.ledger.record_notification(execution.id, "success", "s", recipient="a@example.com", state="sent", reply="250")
    return store


def tamper(postgres: Postgres, store: Store, *statements: str) -> None:
    """As somebody who can switch triggers off, which is why a chain is needed."""
    with administrator(postgres, store.dsn["dbname"]) as session:
        session.execute("SET session_replication_role = replica")
        for statement in statements:
            assert session.execute(statement.encode()).rowcount, statement


def test_every_entry_is_a_link(filled: Store) -> None:
    links = filled.hand(f"SELECT sequence, noun, key FROM export_jobs.chain_entry WHERE chain = '{JOB}' ORDER BY 1")
    assert links == [
        (1, "job_version", 1),
        (2, "execution", 1),
        (3, "job_version", 2),
        (4, "execution_event", 1),
        (5, "delivery", 1),
        (6, "publication", 1),
        (7, "notification", 1),
    ]
    others = filled.hand("SELECT chain, sequence FROM export_jobs.chain_head WHERE chain <> 'job 1' ORDER BY 1")
    assert others == [("destination partner", 1), ("template rows", 1), ("template totals", 1)]
    assert filled.ledger.chains() == ["destination partner", JOB, "template rows", "template totals"]
    for chain in filled.ledger.chains():
        assert faults(filled, chain=chain) == []


def test_a_deletion_is_a_link_and_history_stays_proven(filled: Store) -> None:
    filled.definitions.delete("sales", "carl")
    filled.create()
    assert filled.ledger.chains_of("SALES") == [JOB, "job 2"]
    assert faults(filled) == [] and faults(filled, chain="job 2") == []
    assert filled.hand(f"SELECT noun FROM export_jobs.chain_entry WHERE chain = '{JOB}' AND sequence = 8") == [
        ("definition_change",)
    ]


def test_the_time_zone_of_a_session_does_not_count(filled: Store) -> None:
    """Instants are part of an entry's text."""
    with psycopg.connect(**filled.dsn) as session:
        session.execute("SET timezone = 'Asia/Tokyo'")
        session.execute("SET datestyle = 'German'")
        session.execute("INSERT INTO export_jobs.execution_event (execution_id, kind) VALUES (1, 'by hand')")
    assert faults(filled) == []


def test_what_is_not_inserted_is_no_link(filled: Store) -> None:
    """Every task opens its run, and most find it open: ON CONFLICT DO NOTHING."""
    before = filled.ledger.verify(JOB).head
    job = filled.definitions.jobs()[0]
    assert filled.run(job).id == 1
    filled.ledger.record_notification(1, "success", "s", recipient="a@example.com", state="sent", reply="250")
    assert filled.ledger.verify(JOB).head == before


EDITS = {
    "job_version": 'definition = definition || \'{"owner": "eve@example.com"}\'',
    "execution": "window_end = window_end + interval '1 day'",
    "execution_event": "kind = 'succeeded'",
    "delivery": "sha256 = 'ff'",
    "publication": "published_at = published_at - interval '1 microsecond'",
    "notification": "recipient = 'eve@example.com'",
}
PLACES = {"execution": 2, "job_version": 3, "execution_event": 4, "delivery": 5, "publication": 6, "notification": 7}
LAST_KEY = {"job_version": 2}


@pytest.mark.parametrize("table", PLACES)
def test_an_edited_entry_is_named(filled: Store, postgres: Postgres, table: str) -> None:
    key = LAST_KEY.get(table, 1)
    tamper(postgres, filled, f"UPDATE export_jobs.{table} SET {EDITS[table]} WHERE {KEYS[table]} = {key}")
    what = "it, or the hash of the entry before it, was changed after it was written"
    assert faults(filled) == [(PLACES[table], f"{table} {key}", what)]


@pytest.mark.parametrize("table", PLACES)
def test_a_removed_entry_is_named(filled: Store, postgres: Postgres, table: str) -> None:
    key = LAST_KEY.get(table, 1)
    tamper(postgres, filled, f"DELETE FROM export_jobs.{table} WHERE {KEYS[table]} = {key}")
    assert faults(filled) == [(PLACES[table], f"{table} {key}", "it was removed")]


def test_an_entry_removed_with_its_link_is_missed(filled: Store, postgres: Postgres) -> None:
    tamper(
        postgres,
        filled,
        "DELETE FROM export_jobs.delivery",
        f"DELETE FROM export_jobs.chain_entry WHERE chain = '{JOB}' AND sequence IN (4, 5)",
    )
    assert faults(filled) == [
        (6, "publication 1", "2 entries before it were removed"),
        (None, "execution_event 1", "it was added without the store's triggers"),
    ]


def test_an_inserted_entry_is_named(filled: Store, postgres: Postgres) -> None:
    insert = "INSERT INTO export_jobs.execution_event (execution_id, kind) VALUES (1, 'succeeded')"
    tamper(postgres, filled, insert)
    assert faults(filled) == [(None, "execution_event 2", "it was added without the store's triggers")]
    forged = f"INSERT INTO export_jobs.chain_entry VALUES ('{JOB}', 8, 'execution_event', 2, repeat('a', 64))"
    tamper(postgres, filled, forged)
    assert [fault[:2] for fault in faults(filled)] == [(8, "execution_event 2"), (7, "the head")]


def test_a_changed_destination_is_named(filled: Store, postgres: Postgres) -> None:
    moved = DestinationSpec(tag="partner", kind="sftp", connection="partner_sftp", folder="moved")
    filled.definitions.save_destination(moved, "ben")
    edit = "UPDATE export_jobs.definition_change SET changed_by = 'carl' WHERE after ->> 'folder' = 'moved'"
    tamper(postgres, filled, edit)
    ((sequence, entry, _),) = faults(filled, chain="destination partner")
    assert (sequence, entry.split()[0]) == (2, "definition_change")


CUT = """DELETE FROM export_jobs.notification;
    DELETE FROM export_jobs.publication;
    DELETE FROM export_jobs.delivery;
    DELETE FROM export_jobs.chain_entry WHERE chain = 'job 1' AND sequence > 4;
    UPDATE export_jobs.chain_head h SET sequence = 4, hash = e.hash
    FROM export_jobs.chain_entry e WHERE h.chain = 'job 1' AND e.chain = 'job 1' AND e.sequence = 4"""


def test_a_cut_tail_is_found_by_what_a_manifest_knows(filled: Store, postgres: Postgres) -> None:
    """Nothing inside the database can tell: whoever may do anything has set the head back, too."""
    known = filled.ledger.head_of_execution(1)
    assert known.sequence == 5
    assert faults(filled, known) == []
    tamper(postgres, filled, *CUT.split(";"))
    assert faults(filled) == []
    (fault,) = faults(filled, known)
    assert fault[2] == "the manifest knows 5 entries, but the ledger has 4: its end was removed"


def test_a_ledger_written_anew_is_found_by_what_a_manifest_knows(filled: Store, postgres: Postgres) -> None:
    known = filled.ledger.head_of_execution(1)
    rewrite(filled, postgres)
    assert faults(filled) == []
    (fault,) = faults(filled, known)
    assert fault[:2] == (5, "delivery 1") and fault[2].endswith("it was rewritten")


def rewrite(store: Store, postgres: Postgres) -> None:
    """Edit a delivery and every hash after it, as a patient owner could."""
    tamper(postgres, store, "UPDATE export_jobs.delivery SET rows = 4")
    for sequence in (5, 6, 7):
        table, key = store.hand(f"SELECT noun, key FROM export_jobs.chain_entry WHERE sequence = {sequence}")[0]
        tamper(
            postgres,
            store,
            f"""UPDATE export_jobs.chain_entry e
            SET hash = export_jobs.entry_hash(b.hash, e.sequence, e.noun, to_jsonb(t))
            FROM export_jobs.chain_entry b, export_jobs.{table} t WHERE b.chain = e.chain AND e.chain = '{JOB}'
            AND b.sequence = e.sequence - 1 AND e.sequence = {sequence} AND t.id = {key}""",
        )
    tamper(
        postgres,
        store,
        f"""UPDATE export_jobs.chain_head h SET hash = e.hash FROM export_jobs.chain_entry e
        WHERE h.chain = e.chain AND h.sequence = e.sequence AND h.chain = '{JOB}'""",
    )


def test_a_head_that_was_set_back_alone_is_found(filled: Store, postgres: Postgres) -> None:
    tamper(postgres, filled, "UPDATE export_jobs.chain_head SET sequence = 6 WHERE chain = 'job 1'")
    assert faults(filled) == [(6, "the head", "the chain ends at entry 7, but its head says 6")]


def test_a_column_that_comes_later_changes_no_hash(filled: Store) -> None:
    filled.hand("ALTER TABLE export_jobs.delivery ADD COLUMN of_a_later_version text")
    try:
        assert faults(filled) == []
        execution = filled.run(filled.definitions.jobs()[0], day=1)
        filled.ledger.record_event(execution.id, "later")
        assert faults(filled) == []
    finally:
        filled.hand("ALTER TABLE export_jobs.delivery DROP COLUMN of_a_later_version")


def test_columns_of_chained_tables_that_came_later_start_without_a_value(store: Store) -> None:
    """A default would change the text, and so the hash, of every entry that was there before."""
    came_later = """SELECT relname, attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        WHERE relnamespace = 'export_jobs'::regnamespace AND relname = ANY (%s) AND attnum > (
            SELECT attnum FROM pg_attribute l WHERE l.attrelid = c.oid AND l.attname = 'login')
        AND NOT attisdropped AND (attnotnull OR atthasdef)"""
    with psycopg.connect(**store.dsn) as session:
        assert session.execute(came_later, [list(KEYS)]).fetchall() == []


def test_a_ledger_of_any_text_is_proven(store: Store, job: StoredJob) -> None:
    """Python and PostgreSQL take the same text for the same entry; what no database stores is replaced."""
    execution = store.run(job)
    texts = ["", "ä\u0301 \U0001f600", "line\nbreak\t\"quoted\" \\ 'single'", "nul \0 half \ud800", "x" * 100_000]
    for value in texts:
        store.ledger.record_event(execution.id, "said", message=value, detail={"said": value, value[:9]: [1.5, None]})
    (record,) = store.ledger.executions(job.job_id)
    assert record.events[3].message == "nul \ufffd half \ufffd"
    assert record.events[3].detail == {"said": "nul \ufffd half \ufffd", "nul \ufffd hal": [1.5, None]}
    assert faults(store) == []


def test_a_store_without_jobs_has_nothing_to_prove(empty_store: Store) -> None:
    assert empty_store.ledger.chains() == []
    report = empty_store.ledger.verify("job 7")
    assert (report.head, report.faults) == (ChainHead(0, ""), ())


def test_nobody_writes_a_link_by_hand(filled: Store) -> None:
    for statement in (
        "UPDATE export_jobs.chain_head SET sequence = 1",
        "DELETE FROM export_jobs.chain_entry",
        "INSERT INTO export_jobs.chain_entry VALUES ('job 1', 99, 'delivery', 1, '')",
        "TRUNCATE export_jobs.chain_entry",
    ):
        assert filled.refusal(statement).startswith("The chain of the ledger is written by the store itself")
