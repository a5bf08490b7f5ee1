"""Whether a query is followed, at a glance."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("trackers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_trackers_query"))
        batch_op.create_index(
            "ix_trackers_query",
            ["query_id", "id", "paused_at", "deleted_at", "active_since", "expires_at"],
            unique=False,
        )


def downgrade() -> None:
    with op.batch_alter_table("trackers", schema=None) as batch_op:
        batch_op.drop_index("ix_trackers_query")
        batch_op.create_index(batch_op.f("ix_trackers_query"), ["query_id", "id"], unique=False)
