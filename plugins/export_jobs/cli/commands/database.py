"""``db upgrade``."""

from __future__ import annotations

import argparse

from export_jobs.cli import session
from export_jobs.cli.output import Output
from export_jobs.store.schema import upgrade_store


def upgrade(options: argparse.Namespace, output: Output) -> int:  # noqa: ARG001  every command has one signature
    """Create the store's tables, or migrate them to this version."""
    report = upgrade_store(session.owner_engine())
    output.line("The store's tables are up to date.")
    if report.missing:
        output.line(
            f"The roles {', '.join(report.missing)} do not exist, and this login may not create them. Everything works "
            "with one login; see docs/howto/database-roles.md for what that login may do and how to create the roles."
        )
    output.json({"upgraded": True, "missing_roles": report.missing})
    return 0
