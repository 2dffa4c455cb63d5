"""The how-to for people who type SQL: its statements as they stand there, by a login that may do no more."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from export_jobs.core.definitions.job import Frequency
from export_jobs.orchestration.catalogue import load_configured_catalogue
from export_jobs.store.database.roles import EDITOR
from tests.integration.store.logins import connect
from tests.integration.store.samples import Store

pytestmark = pytest.mark.integration
PAGE = Path(__file__).parents[3] / "docs" / "howto" / "sql.md"


def test_the_how_to_makes_changes_and_deletes_a_valid_job(store: Store, login: Callable[..., dict[str, Any]]) -> None:
    editor = login(EDITOR)
    create, change, delete = re.findall(r"<!-- run by a test -->\n```sql\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    _type(editor, create)
    typed = store.definitions.job("weekly-sales")
    assert typed is not None
    job, issues = typed.check(catalogue=load_configured_catalogue(), destinations=["partner-sftp"])
    assert (job is not None, issues) == (True, [])
    assert job is not None and job.schedule.frequency is Frequency.WEEKLY
    (use,) = job.templates
    assert [(column.column, column.heading) for column in use.columns] == [
        ("store", ""),
        ("net_sales", "Net sales (USD)"),
    ]
    assert [(one.column, one.values) for one in use.filters] == [("store.region", ("North", "South"))]
    _type(editor, change)
    first, second = store.definitions.versions(typed.job_id)
    assert (first.version, second.version, second.changed) == (1, 2, ("recipients", "schedule.deliver_at"))
    assert first.created_by == editor["user"]
    _type(editor, delete)
    assert store.definitions.jobs() == []


def _type(dsn: dict[str, Any], statements: str) -> None:
    """As psql does: each statement by itself."""
    with connect(dsn) as session:
        for statement in statements.split(";"):
            if statement.strip():
                session.execute(statement.encode())
