"""Which files at a destination are ours, across jobs and also after a crash between a rename and its record."""

from pathlib import Path

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table and fill it with what the ledger says was delivered."""
    text = (Path(__file__).parent / "sql" / "0004_placements.sql").read_text(encoding="utf-8")
    # The driver itself: SQLAlchemy would pass (empty) parameters, and then a `%` in the text is a placeholder.
    op.get_bind().connection.cursor().execute(text)


def downgrade() -> None:
    """There is no way back: files of others could then be replaced again."""
    raise NotImplementedError("The store cannot be downgraded: files of others could be replaced. Restore a backup.")
