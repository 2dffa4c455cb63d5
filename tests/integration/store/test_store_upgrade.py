"""A store of the first release, with jobs in it, is upgraded: every definition stays what it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic import command
from alembic.config import Config

from export_jobs.core.catalogue.files import load_catalogue
from export_jobs.core.definitions.job import Template
from export_jobs.store import schema
from export_jobs.store.chain import KEYS
from export_jobs.store.database.engine import create_store_engine
from export_jobs.store.schema import current_revision, is_current, upgrade_store
from tests.integration.store.samples import Store, spec

pytestmark = pytest.mark.integration

COLUMNS = "name, owner, destination, recipients, frequency, valid_from, valid_until"
VALUES = "'owner@example.com', 'partner', '{partner@example.com}', 'daily', '2026-01-01', '2026-01-31'"
KEPT = """SELECT j.name, j.version, v.definition::text, export_jobs.job_definition(j.id)::text
    FROM export_jobs.job j LEFT JOIN export_jobs.job_version v ON v.job_id = j.id AND v.version = j.version
    ORDER BY j.id"""


def store_at(dsn: dict[str, Any], revision: str) -> Store:
    """An empty store as an earlier version made it."""
    store = Store(dsn, create_store_engine(dsn))
    with store.engine.begin() as connection:
        connection.exec_driver_sql("CREATE SCHEMA export_jobs")
        config = Config()
        config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    return store


@pytest.fixture
def released(fresh_database: Callable[..., dict[str, Any]]) -> Iterator[Store]:
    """A store as the first release leaves it: one job with templates, one without any yet, one that is deleted."""
    store = store_at(fresh_database(), "0001")
    store.hand(
        """INSERT INTO export_jobs.destination (tag, kind, connection, folder)
        VALUES ('partner', 'sftp', 'partner_sftp', 'in')"""
    )
    store.definitions.create_template(Template(name="rows", kind="standard", fact="purchases"))
    store.definitions.create_template(Template(name="totals", kind="custom", kpis=("sales",)))
    for number, name in enumerate(("sales", "gone"), start=1):
        store.hand(
            f"INSERT INTO export_jobs.job ({COLUMNS}) VALUES ('{name}', {VALUES})",
            f"INSERT INTO export_jobs.job_template VALUES ({number}, 1, 'rows', 'daily'), ({number}, 2, 'totals', '')",
        )
    store.hand("DELETE FROM export_jobs.job WHERE name = 'gone'")
    store.hand(f"INSERT INTO export_jobs.job ({COLUMNS}) VALUES ('bare', {VALUES})")
    yield store
    store.engine.dispose()


def test_an_upgrade_changes_no_definition(released: Store) -> None:
    before = released.hand(KEPT)
    assert [(name, version, kept == now) for name, version, kept, now in before] == [
        ("sales", 1, True), ("gone", 1, False), ("bare", 1, True)
    ]  # fmt: skip
    assert current_revision(released.engine) == "0001"
    upgrade_store(released.engine)
    assert is_current(released.engine)
    assert released.hand(KEPT) == before


def test_after_an_upgrade_an_edit_is_a_version_of_that_edit_alone(released: Store) -> None:
    upgrade_store(released.engine)
    stored = released.definitions.job("sales")
    assert stored is not None
    assert released.definitions.update(spec(), "ben") == stored, "nothing was changed"
    released.hand("UPDATE export_jobs.job SET description = 'By hand' WHERE name = 'bare'")
    released.definitions.update(spec(description="New"), "ben")
    for job_id in (1, 3):
        assert [one.changed for one in released.definitions.versions(job_id)] == [("created",), ("description",)]


def test_a_job_without_templates_gets_them_with_their_filters_after_an_upgrade(released: Store) -> None:
    upgrade_store(released.engine)
    released.hand(
        "INSERT INTO export_jobs.job_filter VALUES (3, 'rows', 1, 'amount', 'at_least', '{5}')",
        "INSERT INTO export_jobs.job_template (job_id, position, template) VALUES (3, 1, 'rows')",
    )
    bare = released.definitions.job("bare")
    assert bare is not None
    assert (bare.version, bare.parse().use("rows").filters[0].values) == (2, ("5",))


LEDGER = [
    """INSERT INTO export_jobs.execution (job_id, dag_id, run_id, run_type, window_start, window_end, version)
    VALUES (1, 'export__sales', 'r1', 'scheduled', '2026-01-01', '2026-01-02', 1)""",
    "INSERT INTO export_jobs.execution_event (execution_id, kind, detail) VALUES (1, 'started', '{\"pid\": 7}')",
    """INSERT INTO export_jobs.delivery (execution_id, template, stage, revision, path, url, rows, bytes, sha256,
    columns, version, definition_hash, attempt) VALUES (1, 'rows', 's', 1, 'p', 'u', 3, 4, 'aa', '{a}', 1, 'h', 'x')""",
    """INSERT INTO export_jobs.publication (execution_id, stage, revision, path, url, bytes, sha256)
    VALUES (1, 's', 1, 'm', 'u', 5, 'bb')""",
    """INSERT INTO export_jobs.notification (execution_id, kind, key, recipient, state)
    VALUES (1, 'success', 's', 'a@example.com', 'sent')""",
]
ENCODED = "=?utf-8?q?a=0D=0Ax?=@example.com"


@pytest.fixture
def second(fresh_database: Callable[..., dict[str, Any]]) -> Iterator[Store]:
    """A store at revision 0002 with a ledger, a deleted job, and a job whose addresses are refused today."""
    store = store_at(fresh_database(), "0002")
    store.hand("INSERT INTO export_jobs.destination VALUES ('partner', 'sftp', 'c', 'in')")
    store.hand("INSERT INTO export_jobs.template (name, kind, fact) VALUES ('rows', 'standard', 'purchases')")
    for number, (name, owner) in enumerate(
        (("sales", "a@example.com"), ("gone", "b@example.com"), ("bad", ENCODED)), 1
    ):
        store.hand(
            f"INSERT INTO export_jobs.job ({COLUMNS}) VALUES ('{name}', {VALUES.replace('owner@example.com', owner)})",
            f"INSERT INTO export_jobs.job_template (job_id, position, template) VALUES ({number}, 1, 'rows')",
        )
    for statement in LEDGER:
        store.hand(statement)
    store.hand("DELETE FROM export_jobs.job WHERE name = 'gone'")
    yield store
    store.engine.dispose()


def test_a_ledger_of_an_earlier_version_is_chained_and_grows(second: Store) -> None:
    upgrade_store(second.engine)
    links = second.hand("SELECT noun, key FROM export_jobs.chain_entry WHERE chain = 'job 1' ORDER BY sequence")
    assert links == [
        ("job_version", 1),
        ("execution", 1),
        ("execution_event", 1),
        ("delivery", 1),
        ("publication", 1),
        ("notification", 1),
    ]
    deletion = "SELECT noun, changed_by, login FROM export_jobs.definition_change WHERE job_id = 2"
    assert second.hand(deletion) == [("job", "export_jobs", None)], "the login of that time is not known"
    second.ledger.record_event(1, "later")
    second.definitions.delete("sales", "ben")
    reports = [second.ledger.verify(chain) for chain in second.ledger.chains()]
    assert [(report.name, report.head.sequence, report.faults) for report in reports] == [
        ("destination partner", 1, ()),
        ("job sales", 8, ()),
        ("job gone", 2, ()),
        ("job bad", 1, ()),
        ("template rows", 1, ()),
    ]


def test_an_upgrade_keeps_every_row_of_the_ledger(second: Store) -> None:
    query = "SELECT jsonb_strip_nulls(to_jsonb(t)) - '{{login,job_id}}'::text[] FROM export_jobs.{0} t WHERE {1}"
    tables = {table: "noun <> 'job'" if table == "definition_change" else "true" for table in KEYS}
    before = [second.hand(query.format(*one)) for one in tables.items()]
    assert all(before)
    upgrade_store(second.engine)
    assert [second.hand(query.format(*one)) for one in tables.items()] == before


def test_w1_a_row_that_breaks_a_new_rule_does_not_stop_the_upgrade(second: Store) -> None:
    """It is shown with the reason; it can be corrected and deleted, and nothing else of it can change before."""
    upgrade_store(second.engine)
    ((validated,),) = second.hand("SELECT convalidated FROM pg_constraint WHERE conname = 'job_owner_is_an_address'")
    assert not validated
    bad = second.definitions.job("bad")
    assert bad is not None
    catalogue = load_catalogue(Path(__file__).parents[3] / "include" / "sql", {})
    _, issues = bad.check(catalogue=catalogue)
    (issue,) = [issue for issue in issues if issue.path == "owner"]
    assert "has '?' before the @" in issue.what
    with pytest.raises(psycopg.errors.CheckViolation):
        second.hand("UPDATE export_jobs.job SET description = 'New' WHERE name = 'bad'")
    second.hand("UPDATE export_jobs.job SET owner = 'c@example.com' WHERE name = 'bad'")
    second.hand("UPDATE export_jobs.job SET description = 'New' WHERE name = 'bad'")


def test_a_row_that_breaks_a_new_rule_can_be_deleted(second: Store) -> None:
    upgrade_store(second.engine)
    second.definitions.delete("bad", "ben")
    assert [job.name for job in second.definitions.jobs()] == ["sales"]


def test_where_no_row_breaks_it_a_new_rule_is_proven_for_all(released: Store) -> None:
    upgrade_store(released.engine)
    query = "SELECT count(*) FROM pg_constraint WHERE connamespace = 'export_jobs'::regnamespace AND NOT convalidated"
    assert released.hand(query) == [(0,)]
