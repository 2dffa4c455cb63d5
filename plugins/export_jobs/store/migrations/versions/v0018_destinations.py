"""A job may deliver the same files to several destinations, each with deliveries of its own in the ledger."""

from pathlib import Path

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No definition changes: the jobs that are there have one destination."""
    text = (Path(__file__).parent / "sql" / "0018_destinations.sql").read_text(encoding="utf-8")
    # The driver itself: SQLAlchemy would pass (empty) parameters, and then a `%` in the text is a placeholder.
    op.get_bind().connection.cursor().execute(text)


def downgrade() -> None:
    """There is no way back: an earlier release would not read the versions of jobs with several destinations."""
    raise NotImplementedError("The store cannot be downgraded: versions could not be read. Restore a backup instead.")
