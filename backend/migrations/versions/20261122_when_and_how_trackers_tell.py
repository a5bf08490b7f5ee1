"""When and how trackers tell."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

big_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "blocked_companies",
        sa.Column("user_id", big_id, autoincrement=False, nullable=False),
        sa.Column("company_id", big_id, autoincrement=False, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"],
            ["companies.id"],
            name=op.f("fk_blocked_companies_company_id_companies"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_blocked_companies_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "company_id", name=op.f("pk_blocked_companies")),
    )
    with op.batch_alter_table("blocked_companies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_blocked_companies_company_id"), ["company_id"], unique=False)

    with op.batch_alter_table("matches", schema=None) as batch_op:
        batch_op.add_column(sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("notifications", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(length=10), server_default="digest", nullable=False))
        batch_op.add_column(sa.Column("tracker_id", big_id, nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_notifications_tracker_id_trackers"),
            "trackers",
            ["tracker_id"],
            ["id"],
            ondelete="CASCADE",
        )
        batch_op.create_index(batch_op.f("ix_notifications_tracker_id"), ["tracker_id"])

    with op.batch_alter_table("trackers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("hour", big_id, nullable=True))
        batch_op.add_column(sa.Column("weekday", big_id, nullable=True))
        batch_op.add_column(sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("feed_token", sa.String(length=43), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_trackers_feed_token"), ["feed_token"])

    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.add_column(sa.Column("quiet_from", big_id, nullable=True))
        batch_op.add_column(sa.Column("quiet_until", big_id, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.drop_column("quiet_until")
        batch_op.drop_column("quiet_from")

    with op.batch_alter_table("trackers", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_trackers_feed_token"), type_="unique")
        batch_op.drop_column("feed_token")
        batch_op.drop_column("reminded_at")
        batch_op.drop_column("weekday")
        batch_op.drop_column("hour")

    with op.batch_alter_table("notifications", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notifications_tracker_id"))
        batch_op.drop_constraint(batch_op.f("fk_notifications_tracker_id_trackers"), type_="foreignkey")
        batch_op.drop_column("tracker_id")
        batch_op.drop_column("kind")

    with op.batch_alter_table("matches", schema=None) as batch_op:
        batch_op.drop_column("seen_at")

    with op.batch_alter_table("blocked_companies", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_blocked_companies_company_id"))

    op.drop_table("blocked_companies")
