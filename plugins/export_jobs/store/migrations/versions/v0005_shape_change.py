"""A job says what a run does when the columns of its source have changed."""

from pathlib import Path

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No definition changes: what is there fails in that case, which is the default."""
    text = (Path(__file__).parent / "sql" / "0005_shape_change.sql").read_text(encoding="utf-8")
    # The driver itself: SQLAlchemy would pass (empty) parameters, and then a `%` in the text is a placeholder.
    op.get_bind().connection.cursor().execute(text)


def downgrade() -> None:
    """There is no way back: an earlier release would not read the versions of jobs that chose to be warned."""
    raise NotImplementedError("The store cannot be downgraded: versions could not be read. Restore a backup instead.")
