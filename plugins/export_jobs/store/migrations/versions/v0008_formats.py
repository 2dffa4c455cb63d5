"""A job may deliver JSON lines, Parquet or Excel files in place of CSV."""

from pathlib import Path

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No definition changes: every job there is delivers CSV."""
    text = (Path(__file__).parent / "sql" / "0008_formats.sql").read_text(encoding="utf-8")
    # The driver itself: SQLAlchemy would pass (empty) parameters, and then a `%` in the text is a placeholder.
    op.get_bind().connection.cursor().execute(text)


def downgrade() -> None:
    """There is no way back: an earlier release would not read the versions of jobs of other formats."""
    raise NotImplementedError("The store cannot be downgraded: versions could not be read. Restore a backup instead.")
