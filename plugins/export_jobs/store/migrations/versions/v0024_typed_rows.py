"""What a person types into the table: no anchor, and no address with a password in place of a connection's id."""

from pathlib import Path

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No row changes; a destination that holds an address stays as it is until it is next written."""
    text = (Path(__file__).parent / "sql" / "0024_typed_rows.sql").read_text(encoding="utf-8")
    # The driver itself: SQLAlchemy would pass (empty) parameters, and then a `%` in the text is a placeholder.
    op.get_bind().connection.cursor().execute(text)


def downgrade() -> None:
    """There is no way back: an earlier release would take rows again that lose windows."""
    raise NotImplementedError("The store cannot be downgraded. Restore a backup instead.")
