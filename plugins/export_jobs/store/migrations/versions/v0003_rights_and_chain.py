"""Functions for the owner alone, authors that cannot be forged, a chain of hashes, plain addresses."""

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No definition and no entry of the ledger changes; what the ledger holds is chained in the order it was written.

    `guards` and `authors` come before `chain`, since the entries that they add are chained, too.
    """
    for part in ("guards", "authors", "chain", "addresses", "rights"):
        text = (Path(__file__).parent / "sql" / f"0003_{part}.sql").read_text(encoding="utf-8")
        # The driver itself: SQLAlchemy would pass (empty) parameters, and then a `%` in the text is a placeholder.
        op.get_bind().connection.cursor().execute(text)


def downgrade() -> None:
    """There is no way back: it would drop the chain that proves the ledger."""
    raise NotImplementedError("The store cannot be downgraded: that would drop the chain. Restore a backup instead.")
