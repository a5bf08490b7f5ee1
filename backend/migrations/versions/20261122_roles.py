"""Listings of one role, and matches that are told on the card of another."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

big_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def index_untold(condition: str) -> None:
    op.drop_index("ix_matches_untold", "matches")
    where = sa.text(condition)
    op.create_index(
        "ix_matches_untold", "matches", ["due_at", "user_id"], sqlite_where=where, postgresql_where=where
    )


def upgrade() -> None:
    op.create_table(
        "roles",
        sa.Column("id", big_id, autoincrement=True, nullable=False),
        sa.Column("company_id", big_id, nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("listing_id", big_id, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_roles_company_id_companies"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listings.id"], name=op.f("fk_roles_listing_id_listings"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roles")),
    )
    with op.batch_alter_table("roles", schema=None) as batch_op:
        batch_op.create_index("ix_roles_company_title", ["company_id", "title"], unique=False)
        batch_op.create_index(batch_op.f("ix_roles_listing_id"), ["listing_id"], unique=False)

    op.create_table(
        "listing_roles",
        sa.Column("listing_id", big_id, autoincrement=False, nullable=False),
        sa.Column("role_id", big_id, nullable=False),
        sa.ForeignKeyConstraint(
            ["listing_id"],
            ["listings.id"],
            name=op.f("fk_listing_roles_listing_id_listings"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["role_id"], ["roles.id"], name=op.f("fk_listing_roles_role_id_roles"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("listing_id", name=op.f("pk_listing_roles")),
    )
    with op.batch_alter_table("listing_roles", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_listing_roles_role_id"), ["role_id"], unique=False)

    with op.batch_alter_table("matches", schema=None) as batch_op:
        batch_op.add_column(sa.Column("role_id", big_id, nullable=True))
        batch_op.add_column(sa.Column("told_with_id", big_id, nullable=True))
        batch_op.create_index("ix_matches_role", ["role_id", "tracker_id"], unique=False)
        batch_op.create_index(
            "ix_matches_told_with",
            ["told_with_id"],
            unique=False,
            sqlite_where=sa.text("told_with_id IS NOT NULL"),
            postgresql_where=sa.text("told_with_id IS NOT NULL"),
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_matches_role_id_roles"), "roles", ["role_id"], ["id"], ondelete="SET NULL"
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_matches_told_with_id_matches"),
            "matches",
            ["told_with_id"],
            ["id"],
            ondelete="SET NULL",
        )


def downgrade() -> None:
    with op.batch_alter_table("matches", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_matches_told_with_id_matches"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_matches_role_id_roles"), type_="foreignkey")
        batch_op.drop_index(
            "ix_matches_told_with",
            sqlite_where=sa.text("told_with_id IS NOT NULL"),
            postgresql_where=sa.text("told_with_id IS NOT NULL"),
        )
        batch_op.drop_index("ix_matches_role")
        batch_op.drop_column("told_with_id")
        batch_op.drop_column("role_id")

    with op.batch_alter_table("listing_roles", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_listing_roles_role_id"))

    op.drop_table("listing_roles")
    with op.batch_alter_table("roles", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_roles_listing_id"))
        batch_op.drop_index("ix_roles_company_title")

    op.drop_table("roles")
