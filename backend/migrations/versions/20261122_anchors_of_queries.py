"""Queries filed under anchors, and findings that reach their followers by pages."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

big_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "key_shares",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("share", sa.Double(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_key_shares")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "query_anchors",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("query_id", big_id, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["query_id"], ["queries.id"], name=op.f("fk_query_anchors_query_id_queries"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", "query_id", name=op.f("pk_query_anchors")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("query_anchors", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_query_anchors_query_id"), ["query_id"], unique=False)

    with op.batch_alter_table("findings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("stage", big_id, server_default="0", nullable=False))
        batch_op.add_column(sa.Column("fanned_to", big_id, server_default="0", nullable=False))
        batch_op.drop_index(batch_op.f("ix_findings_pending"), sqlite_where=sa.text("fanned_at IS NULL"))
        batch_op.create_index(
            "ix_findings_pending",
            ["stage", "id"],
            unique=False,
            sqlite_where=sa.text("fanned_at IS NULL"),
            postgresql_where=sa.text("fanned_at IS NULL"),
        )

    with op.batch_alter_table("queries", schema=None) as batch_op:
        batch_op.add_column(sa.Column("filed_by", big_id, server_default="0", nullable=False))
        batch_op.add_column(sa.Column("filed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index("ix_queries_filed", ["filed_by", "filed_at"], unique=False)

    with op.batch_alter_table("trackers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_trackers_query"))
        batch_op.create_index("ix_trackers_query", ["query_id", "id"], unique=False)
        batch_op.create_index(
            "ix_trackers_instant",
            ["query_id", "id"],
            unique=False,
            sqlite_where=sa.text("cadence = 'instant'"),
            postgresql_where=sa.text("cadence = 'instant'"),
        )


def downgrade() -> None:
    with op.batch_alter_table("trackers", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_trackers_instant",
            sqlite_where=sa.text("cadence = 'instant'"),
            postgresql_where=sa.text("cadence = 'instant'"),
        )
        batch_op.drop_index("ix_trackers_query")
        batch_op.create_index(batch_op.f("ix_trackers_query"), ["query_id"], unique=False)

    with op.batch_alter_table("queries", schema=None) as batch_op:
        batch_op.drop_index("ix_queries_filed")
        batch_op.drop_column("filed_at")
        batch_op.drop_column("filed_by")

    with op.batch_alter_table("findings", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_findings_pending",
            sqlite_where=sa.text("fanned_at IS NULL"),
            postgresql_where=sa.text("fanned_at IS NULL"),
        )
        batch_op.create_index(
            batch_op.f("ix_findings_pending"), ["id"], unique=False, sqlite_where=sa.text("fanned_at IS NULL")
        )
        batch_op.drop_column("fanned_to")
        batch_op.drop_column("stage")

    with op.batch_alter_table("query_anchors", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_query_anchors_query_id"))

    op.drop_table("query_anchors")
    op.drop_table("key_shares")
