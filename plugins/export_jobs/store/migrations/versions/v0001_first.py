"""Definitions, ledger, guards."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, functions and triggers of the .sql files beside this one, in the order of their use."""
    for part in ("definitions", "ledger", "versions", "guards", "deletion"):
        text = (Path(__file__).parent / "sql" / f"0001_{part}.sql").read_text(encoding="utf-8")
        # The driver itself: SQLAlchemy would pass (empty) parameters, and then a `%` in the text is a placeholder.
        op.get_bind().connection.cursor().execute(text)


def downgrade() -> None:
    """There is no way back: it would drop the ledger."""
    raise NotImplementedError("The store cannot be downgraded: that would drop the ledger. Restore a backup instead.")
