"""Encodings, the spelling of values and files of fixed width."""

from pathlib import Path

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No definition changes: files of the jobs that are there stay as they are."""
    text = (Path(__file__).parent / "sql" / "0010_text_files.sql").read_text(encoding="utf-8")
    # The driver itself: SQLAlchemy would pass (empty) parameters, and then a `%` in the text is a placeholder.
    op.get_bind().connection.cursor().execute(text)


def downgrade() -> None:
    """There is no way back: an earlier release would write values in another spelling."""
    raise NotImplementedError("The store cannot be downgraded: files would change. Restore a backup instead.")
