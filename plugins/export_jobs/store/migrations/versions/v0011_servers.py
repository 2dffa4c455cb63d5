"""What a destination's server can do, and how far a delivered file could be verified there."""

from pathlib import Path

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No destination changes: every one there is has the safest of each option."""
    text = (Path(__file__).parent / "sql" / "0011_servers.sql").read_text(encoding="utf-8")
    # The driver itself: SQLAlchemy would pass (empty) parameters, and then a `%` in the text is a placeholder.
    op.get_bind().connection.cursor().execute(text)


def downgrade() -> None:
    """There is no way back: an earlier release would deliver by rename where the server takes files away."""
    raise NotImplementedError("The store cannot be downgraded: options would be lost. Restore a backup instead.")
