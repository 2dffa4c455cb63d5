"""A store of the first release, with jobs in it, is upgraded: every definition stays what it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config

from export_jobs.core.definitions.job import DestinationSpec, Template
from export_jobs.store import schema
from export_jobs.store.database.engine import create_store_engine
from export_jobs.store.schema import current_revision, is_current, upgrade_store
from tests.integration.store.samples import Store, spec

pytestmark = pytest.mark.integration

COLUMNS = "name, owner, destination, recipients, frequency, valid_from, valid_until"
VALUES = "'owner@example.com', 'partner', '{partner@example.com}', 'daily', '2026-01-01', '2026-01-31'"
KEPT = """SELECT j.name, j.version, v.definition::text, export_jobs.job_definition(j.id)::text
    FROM export_jobs.job j LEFT JOIN export_jobs.job_version v ON v.job_id = j.id AND v.version = j.version
    ORDER BY j.id"""


@pytest.fixture
def released(fresh_database: Callable[..., dict[str, Any]]) -> Iterator[Store]:
    """A store as the first release leaves it: one job with templates, one without any yet, one that is deleted."""
    dsn = fresh_database()
    store = Store(dsn, create_store_engine(dsn))
    with store.engine.begin() as connection:
        connection.exec_driver_sql("CREATE SCHEMA export_jobs")
        config = Config()
        config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    destination = DestinationSpec(tag="partner", kind="sftp", connection="partner_sftp", folder="in")
    store.definitions.save_destination(destination, "anna")
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
