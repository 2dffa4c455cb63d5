"""A template may be delivered as numbered parts, each a file of its own in the ledger."""

from pathlib import Path

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No definition changes: files of the jobs that are there stay whole."""
    text = (Path(__file__).parent / "sql" / "0013_parts.sql").read_text(encoding="utf-8")
    # The driver itself: SQLAlchemy would pass (empty) parameters, and then a `%` in the text is a placeholder.
    op.get_bind().connection.cursor().execute(text)


def downgrade() -> None:
    """There is no way back: an earlier release would not read the versions of jobs that split their files."""
    raise NotImplementedError("The store cannot be downgraded: versions could not be read. Restore a backup instead.")
