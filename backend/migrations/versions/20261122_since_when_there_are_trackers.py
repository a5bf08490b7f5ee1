"""Since when there are trackers, at a glance."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("trackers", schema=None) as batch_op:
        batch_op.create_index("ix_trackers_created", ["created_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("trackers", schema=None) as batch_op:
        batch_op.drop_index("ix_trackers_created")
