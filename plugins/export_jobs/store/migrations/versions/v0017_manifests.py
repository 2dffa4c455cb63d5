"""Where the manifest of a run goes."""

from pathlib import Path

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The manifests of all jobs stay beside their files."""
    text = (Path(__file__).parent / "sql" / "0017_manifests.sql").read_text(encoding="utf-8")
    # The driver itself: SQLAlchemy would pass (empty) parameters, and then a `%` in the text is a placeholder.
    op.get_bind().connection.cursor().execute(text)


def downgrade() -> None:
    """There is no way back: an earlier release sends each manifest."""
    raise NotImplementedError("The store cannot be downgraded: manifests would move. Restore a backup instead.")
