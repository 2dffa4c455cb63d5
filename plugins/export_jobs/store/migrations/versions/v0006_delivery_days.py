"""A job waits some days after its data before it delivers, and may deliver quarters."""

from pathlib import Path

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No definition changes: what is there delivers on the day after, which is the default."""
    text = (Path(__file__).parent / "sql" / "0006_delivery_days.sql").read_text(encoding="utf-8")
    # The driver itself: SQLAlchemy would pass (empty) parameters, and then a `%` in the text is a placeholder.
    op.get_bind().connection.cursor().execute(text)


def downgrade() -> None:
    """There is no way back: an earlier release would not read the versions of jobs that wait or deliver quarters."""
    raise NotImplementedError("The store cannot be downgraded: versions could not be read. Restore a backup instead.")
