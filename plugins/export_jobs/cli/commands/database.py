"""``db upgrade``."""

from __future__ import annotations

import argparse

from export_jobs.cli import session
from export_jobs.cli.output import Output
from export_jobs.store.schema import upgrade_store


def upgrade(options: argparse.Namespace, output: Output) -> int:  # noqa: ARG001  every command has one signature
    """Make the store's tables, or migrate them to this version."""
    report = upgrade_store(session.owner_engine())
    output.line("The store's tables are up to date.")
    if report.missing:
        output.line(
            f"The roles {', '.join(report.missing)} are not there, and this login may not make them. Everything works "
            "with one login; docs/howto/database-roles.md says what it may do then, and how to have the roles made."
        )
    output.json({"upgraded": True, "missing_roles": report.missing})
    return 0
