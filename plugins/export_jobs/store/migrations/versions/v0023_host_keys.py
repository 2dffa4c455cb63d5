"""Host keys may be pinned at a destination, beside those of its connection."""

from pathlib import Path

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No destination changes."""
    text = (Path(__file__).parent / "sql" / "0023_host_keys.sql").read_text(encoding="utf-8")
    # The driver itself: SQLAlchemy would pass (empty) parameters, and then a `%` in the text is a placeholder.
    op.get_bind().connection.cursor().execute(text)


def downgrade() -> None:
    """There is no way back: an earlier release knows no such destination."""
    raise NotImplementedError("The store cannot be downgraded: destinations would be lost. Restore a backup instead.")
