"""Receivers' public keys, and which of them a job encrypts its files to."""

from pathlib import Path

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No definition changes: files of the jobs that are there stay as they are."""
    text = (Path(__file__).parent / "sql" / "0009_keys.sql").read_text(encoding="utf-8")
    # The driver itself: SQLAlchemy would pass (empty) parameters, and then a `%` in the text is a placeholder.
    op.get_bind().connection.cursor().execute(text)


def downgrade() -> None:
    """There is no way back: an earlier release would send in the clear what is to be encrypted."""
    raise NotImplementedError("The store cannot be downgraded: files would go in the clear. Restore a backup instead.")
