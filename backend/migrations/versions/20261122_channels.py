"""Channels: ways to be told beside mail."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

big_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "channels",
        sa.Column("id", big_id, autoincrement=True, nullable=False),
        sa.Column("user_id", big_id, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("secret", sa.String(length=100), nullable=True),
        sa.Column("code", sa.String(length=6), nullable=True),
        sa.Column("code_asked_at", moment, nullable=True),
        sa.Column("code_sent_at", moment, nullable=True),
        sa.Column("code_tries", big_id, nullable=False),
        sa.Column("verified_at", moment, nullable=True),
        sa.Column("refused_at", moment, nullable=True),
        sa.Column("failing_since", moment, nullable=True),
        sa.Column("wait_until", moment, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("deleted_at", moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_channels_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channels")),
    )
    with op.batch_alter_table("channels", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_channels_user_id"), ["user_id"], unique=False)

    with op.batch_alter_table("trackers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("channel_id", big_id, nullable=True))
        batch_op.create_index(
            "ix_trackers_channel",
            ["channel_id"],
            unique=False,
            sqlite_where=sa.text("channel_id IS NOT NULL"),
            postgresql_where=sa.text("channel_id IS NOT NULL"),
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_trackers_channel_id_channels"),
            "channels",
            ["channel_id"],
            ["id"],
            ondelete="SET NULL",
        )

    with op.batch_alter_table("notifications", schema=None) as batch_op:
        batch_op.add_column(sa.Column("channel_id", big_id, nullable=True))
        batch_op.create_index(batch_op.f("ix_notifications_channel_id"), ["channel_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_notifications_channel_id_channels"),
            "channels",
            ["channel_id"],
            ["id"],
            ondelete="SET NULL",
        )


def downgrade() -> None:
    with op.batch_alter_table("notifications", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_notifications_channel_id_channels"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_notifications_channel_id"))
        batch_op.drop_column("channel_id")

    with op.batch_alter_table("trackers", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_trackers_channel_id_channels"), type_="foreignkey")
        batch_op.drop_index("ix_trackers_channel")
        batch_op.drop_column("channel_id")

    op.drop_table("channels")
