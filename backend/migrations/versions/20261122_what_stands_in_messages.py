"""What stands in messages: found without all that stands in none."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

INDEXES = (("ix_matches_notification", "matches"), ("ix_match_changes_notification", "match_changes"))
IN_ONE = sa.text("notification_id IS NOT NULL")


def upgrade() -> None:
    for name, table in INDEXES:
        op.drop_index(name, table_name=table)
        op.create_index(name, table, ["notification_id"], sqlite_where=IN_ONE, postgresql_where=IN_ONE)


def downgrade() -> None:
    for name, table in INDEXES:
        op.drop_index(name, table_name=table)
        op.create_index(name, table, ["notification_id"])
