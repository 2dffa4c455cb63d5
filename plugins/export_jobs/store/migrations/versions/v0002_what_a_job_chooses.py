"""What a job chooses of each template: columns and their headings, filters, audience, order of rows."""

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, the table of filters and its guards; no definition that exists becomes another one by it."""
    for part in ("choices", "guards"):
        text = (Path(__file__).parent / "sql" / f"0002_{part}.sql").read_text(encoding="utf-8")
        # The driver itself: SQLAlchemy would pass (empty) parameters, and then a `%` in the text is a placeholder.
        op.get_bind().connection.cursor().execute(text)


def downgrade() -> None:
    """There is no way back: jobs would lose their filters and deliver rows that their receivers must not have."""
    raise NotImplementedError(
        "The store cannot be downgraded: jobs would deliver without their filters. Restore a backup instead."
    )
