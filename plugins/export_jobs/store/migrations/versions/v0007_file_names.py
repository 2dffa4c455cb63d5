"""A job says how its files are called, and which file tells that all of them are there."""

from pathlib import Path

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No definition changes: what is there keeps its names."""
    text = (Path(__file__).parent / "sql" / "0007_file_names.sql").read_text(encoding="utf-8")
    # The driver itself: SQLAlchemy would pass (empty) parameters, and then a `%` in the text is a placeholder.
    op.get_bind().connection.cursor().execute(text)


def downgrade() -> None:
    """There is no way back: an earlier release would not read the versions of jobs with names of their own."""
    raise NotImplementedError("The store cannot be downgraded: versions could not be read. Restore a backup instead.")
