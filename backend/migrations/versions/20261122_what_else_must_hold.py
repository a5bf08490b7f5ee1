"""What else must hold where a query is filed."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("query_anchors", sa.Column("rest", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("query_anchors", "rest")
