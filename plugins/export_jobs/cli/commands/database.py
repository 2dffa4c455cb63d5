"""``db upgrade``."""

from __future__ import annotations

import argparse

from export_jobs.cli import session
from export_jobs.cli.output import Output
from export_jobs.store.schema import upgrade_store


def upgrade(options: argparse.Namespace, output: Output) -> int:  # noqa: ARG001  every command has one signature
    """Make the store's tables, or migrate them to this version."""
    upgrade_store(session.engine())
    output.line("The store's tables are up to date.")
    output.json({"upgraded": True})
    return 0
