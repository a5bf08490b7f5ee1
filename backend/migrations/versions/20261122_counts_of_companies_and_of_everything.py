"""Counts of companies, by which their list is ordered, and of everything, for the statistics."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

big_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
json = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
COUNTS = ("open_count", "new_count", "closed_count")


def upgrade() -> None:
    op.create_table(
        "statistics",
        sa.Column("id", big_id, autoincrement=False, nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("figures", json, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statistics")),
    )
    with op.batch_alter_table("companies") as companies:
        for name in COUNTS:
            companies.add_column(sa.Column(name, big_id, server_default="0", nullable=False))
        companies.create_index("ix_companies_new", ["new_count", "id"])
        companies.create_index("ix_companies_open", ["open_count", "id"])


def downgrade() -> None:
    with op.batch_alter_table("companies") as companies:
        companies.drop_index("ix_companies_open")
        companies.drop_index("ix_companies_new")
        for name in COUNTS:
            companies.drop_column(name)
    op.drop_table("statistics")
