"""Numbers that the ledger gives to names of files."""

from pathlib import Path

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No job has such names yet."""
    text = (Path(__file__).parent / "sql" / "0016_file_numbers.sql").read_text(encoding="utf-8")
    # The driver itself: SQLAlchemy would pass (empty) parameters, and then a `%` in the text is a placeholder.
    op.get_bind().connection.cursor().execute(text)


def downgrade() -> None:
    """There is no way back: an earlier release would give numbers twice."""
    raise NotImplementedError("The store cannot be downgraded: names would be given twice. Restore a backup instead.")
