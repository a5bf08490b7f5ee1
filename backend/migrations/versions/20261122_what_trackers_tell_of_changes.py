"""What trackers tell of changes."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

big_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("trackers", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("tells_changes", sa.Boolean(), server_default=sa.false(), nullable=False)
        )

    with op.batch_alter_table("matches", schema=None) as batch_op:
        batch_op.add_column(sa.Column("watched", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.create_index(
            "ix_matches_watched",
            ["listing_id", "id"],
            unique=False,
            sqlite_where=sa.text("watched = 1"),
            postgresql_where=sa.text("watched"),
        )

    with op.batch_alter_table("listing_events", schema=None) as batch_op:
        batch_op.add_column(sa.Column("fanned_to", big_id, nullable=True))
        batch_op.create_index(
            "ix_listing_events_pending",
            ["fanned_to", "id"],
            unique=False,
            sqlite_where=sa.text("fanned_to IS NOT NULL"),
            postgresql_where=sa.text("fanned_to IS NOT NULL"),
        )

    op.create_table(
        "match_changes",
        sa.Column("id", big_id, autoincrement=True, nullable=False),
        sa.Column("match_id", big_id, nullable=False),
        sa.Column("event_id", big_id, nullable=False),
        sa.Column("tracker_id", big_id, nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("notification_id", big_id, nullable=True),
        sa.ForeignKeyConstraint(
            ["match_id"], ["matches.id"], name=op.f("fk_match_changes_match_id_matches"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["listing_events.id"],
            name=op.f("fk_match_changes_event_id_listing_events"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tracker_id"],
            ["trackers.id"],
            name=op.f("fk_match_changes_tracker_id_trackers"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["notification_id"],
            ["notifications.id"],
            name=op.f("fk_match_changes_notification_id_notifications"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_changes")),
        sa.UniqueConstraint("match_id", "event_id", name=op.f("uq_match_changes_match_id_event_id")),
    )
    with op.batch_alter_table("match_changes", schema=None) as batch_op:
        batch_op.create_index(
            "ix_match_changes_untold",
            ["due_at", "tracker_id"],
            unique=False,
            sqlite_where=sa.text("notification_id IS NULL"),
            postgresql_where=sa.text("notification_id IS NULL"),
        )
        batch_op.create_index("ix_match_changes_tracker", ["tracker_id"], unique=False)
        batch_op.create_index("ix_match_changes_event", ["event_id"], unique=False)
        batch_op.create_index("ix_match_changes_notification", ["notification_id"], unique=False)


def downgrade() -> None:
    op.drop_table("match_changes")
    with op.batch_alter_table("listing_events", schema=None) as batch_op:
        batch_op.drop_index("ix_listing_events_pending")
        batch_op.drop_column("fanned_to")

    with op.batch_alter_table("matches", schema=None) as batch_op:
        batch_op.drop_index("ix_matches_watched")
        batch_op.drop_column("watched")

    with op.batch_alter_table("trackers", schema=None) as batch_op:
        batch_op.drop_column("tells_changes")
