"""What several API servers count together."""

from pathlib import Path

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No definition changes."""
    text = (Path(__file__).parent / "sql" / "0015_permits.sql").read_text(encoding="utf-8")
    # The driver itself: SQLAlchemy would pass (empty) parameters, and then a `%` in the text is a placeholder.
    op.get_bind().connection.cursor().execute(text)


def downgrade() -> None:
    """There is no way back, as from every revision of this store."""
    raise NotImplementedError("The store cannot be downgraded. Restore a backup instead.")
