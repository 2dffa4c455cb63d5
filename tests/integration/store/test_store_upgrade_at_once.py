"""Two machines that are brought up together upgrade the same store; each is a process, as Alembic's state is global."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from export_jobs.store.database.engine import create_store_engine
from export_jobs.store.definitions import Definitions
from export_jobs.store.schema import UPGRADE_LOCK_KEY, is_current
from tests.integration.store.samples import Store

pytestmark = pytest.mark.integration

PLUGINS = Path(__file__).parents[3] / "plugins"
UPGRADE = """
import json, sys
sys.path.insert(0, sys.argv[1])
from export_jobs.store.database.engine import create_store_engine
from export_jobs.store.schema import upgrade_store
upgrade_store(create_store_engine(json.loads(sys.stdin.read())))
"""
WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


def test_upgrades_at_once_make_one_schema(fresh_database: Callable[..., dict[str, Any]]) -> None:
    dsn = fresh_database()
    engine = create_store_engine(dsn)
    store = Store(dsn, engine)
    holder = store.session()
    holder.execute("SELECT pg_advisory_xact_lock(%s)", [UPGRADE_LOCK_KEY])
    command = [sys.executable, "-c", UPGRADE, str(PLUGINS)]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    upgrades = [subprocess.Popen(command, **pipes) for _ in range(2)]
    for process in upgrades:
        assert process.stdin
        process.stdin.write(json.dumps(dsn))
        process.stdin.close()
        process.stdin = None
    while store.hand(WAITING) != [(2,)]:  # pytest's own timeout ends this
        assert [process.poll() for process in upgrades] == [None, None]
    holder.rollback()
    assert [(process.communicate(timeout=60)[1], process.returncode) for process in upgrades] == [("", 0), ("", 0)]
    assert is_current(engine)
    assert Definitions(engine).jobs() == []
    holder.close()
    engine.dispose()
