"""Numbers about the columns of a delivered file, beside its rows and bytes."""

from pathlib import Path

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Earlier deliveries have none."""
    text = (Path(__file__).parent / "sql" / "0020_column_numbers.sql").read_text(encoding="utf-8")
    # The driver itself: SQLAlchemy would pass (empty) parameters, and then a `%` in the text is a placeholder.
    op.get_bind().connection.cursor().execute(text)


def downgrade() -> None:
    """There is no way back: the chain covers the numbers."""
    raise NotImplementedError("The store cannot be downgraded: numbers would be lost. Restore a backup instead.")
