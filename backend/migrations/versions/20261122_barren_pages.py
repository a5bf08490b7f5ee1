"""Pages of boards that are no openings."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    kept = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
    op.add_column("boards", sa.Column("barren", kept, nullable=True))


def downgrade() -> None:
    op.drop_column("boards", "barren")
