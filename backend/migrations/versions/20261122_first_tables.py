"""The first tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

big_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
json = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "companies",
        sa.Column("id", big_id, autoincrement=True, nullable=False),
        sa.Column("slug", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("sector", sa.String(length=80), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_companies")),
        sa.UniqueConstraint("slug", name=op.f("uq_companies_slug")),
    )
    with op.batch_alter_table("companies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_companies_name"), ["name"], unique=False)

    op.create_table(
        "queries",
        sa.Column("id", big_id, autoincrement=True, nullable=False),
        sa.Column("canonical", sa.String(length=600), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queries")),
        sa.UniqueConstraint("canonical", name=op.f("uq_queries_canonical")),
    )
    op.create_table(
        "users",
        sa.Column("id", big_id, autoincrement=True, nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=False),
        sa.Column("session_salt", sa.String(length=32), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("is_admin", sa.Boolean(), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_login_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mail_refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
    )
    op.create_table(
        "account_mails",
        sa.Column("id", big_id, autoincrement=True, nullable=False),
        sa.Column("user_id", big_id, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("message_id", sa.String(length=200), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", big_id, nullable=False),
        sa.Column("refusals", big_id, nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_account_mails_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_mails")),
        sa.UniqueConstraint("message_id", name=op.f("uq_account_mails_message_id")),
    )
    with op.batch_alter_table("account_mails", schema=None) as batch_op:
        batch_op.create_index(
            "ix_account_mails_unsent",
            ["next_try_at"],
            unique=False,
            sqlite_where=sa.text("sent_at IS NULL AND failed_at IS NULL"),
            postgresql_where=sa.text("sent_at IS NULL AND failed_at IS NULL"),
        )
        batch_op.create_index(batch_op.f("ix_account_mails_user_id"), ["user_id"], unique=False)

    op.create_table(
        "boards",
        sa.Column("id", big_id, autoincrement=True, nullable=False),
        sa.Column("company_id", big_id, nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("token", sa.String(length=300), nullable=False),
        sa.Column("url", sa.String(length=600), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_crawl_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("interval_seconds", big_id, nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease", sa.String(length=36), nullable=True),
        sa.Column("baseline_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_crawl_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_complete_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_status", sa.String(length=20), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", big_id, nullable=False),
        sa.Column("mean_seconds", sa.Double(), nullable=True),
        sa.Column("open_count", big_id, nullable=False),
        sa.Column("missing_count", big_id, nullable=False),
        sa.Column("validators", json, nullable=True),
        sa.Column("fingerprint", sa.String(length=64), nullable=True),
        sa.Column("parser_version", big_id, nullable=True),
        sa.Column("held", json, nullable=True),
        sa.Column("empties", json, nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_boards_company_id_companies"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_boards")),
        sa.UniqueConstraint("source", "token", name=op.f("uq_boards_source_token")),
    )
    with op.batch_alter_table("boards", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_boards_company_id"), ["company_id"], unique=False)
        batch_op.create_index("ix_boards_due", ["status", "next_crawl_at"], unique=False)

    op.create_table(
        "notifications",
        sa.Column("id", big_id, autoincrement=True, nullable=False),
        sa.Column("user_id", big_id, nullable=False),
        sa.Column("message_id", sa.String(length=200), nullable=False),
        sa.Column("token", sa.String(length=43), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", big_id, nullable=False),
        sa.Column("refusals", big_id, nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("payload", json, nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_notifications_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
        sa.UniqueConstraint("message_id", name=op.f("uq_notifications_message_id")),
        sa.UniqueConstraint("token", name=op.f("uq_notifications_token")),
    )
    with op.batch_alter_table("notifications", schema=None) as batch_op:
        batch_op.create_index(
            "ix_notifications_unsent",
            ["next_try_at"],
            unique=False,
            sqlite_where=sa.text("sent_at IS NULL AND failed_at IS NULL"),
            postgresql_where=sa.text("sent_at IS NULL AND failed_at IS NULL"),
        )
        batch_op.create_index(batch_op.f("ix_notifications_user_id"), ["user_id"], unique=False)

    op.create_table(
        "trackers",
        sa.Column("id", big_id, autoincrement=True, nullable=False),
        sa.Column("user_id", big_id, nullable=False),
        sa.Column("query_id", big_id, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("cadence", sa.String(length=10), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("active_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("token", sa.String(length=43), nullable=False),
        sa.ForeignKeyConstraint(["query_id"], ["queries.id"], name=op.f("fk_trackers_query_id_queries")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_trackers_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trackers")),
        sa.UniqueConstraint("token", name=op.f("uq_trackers_token")),
    )
    with op.batch_alter_table("trackers", schema=None) as batch_op:
        batch_op.create_index("ix_trackers_expires", ["expires_at"], unique=False)
        batch_op.create_index("ix_trackers_query", ["query_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_trackers_user_id"), ["user_id"], unique=False)

    op.create_table(
        "crawls",
        sa.Column("id", big_id, autoincrement=True, nullable=False),
        sa.Column("board_id", big_id, nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("baseline", sa.Boolean(), nullable=False),
        sa.Column("seen", big_id, nullable=False),
        sa.Column("new", big_id, nullable=False),
        sa.Column("changed", big_id, nullable=False),
        sa.Column("missing", big_id, nullable=False),
        sa.Column("closed", big_id, nullable=False),
        sa.Column("reopened", big_id, nullable=False),
        sa.Column("bytes", big_id, nullable=False),
        sa.Column("requests", big_id, nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("matched_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["board_id"], ["boards.id"], name=op.f("fk_crawls_board_id_boards"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crawls")),
    )
    with op.batch_alter_table("crawls", schema=None) as batch_op:
        batch_op.create_index("ix_crawls_board", ["board_id", "id"], unique=False)
        batch_op.create_index(
            "ix_crawls_unmatched",
            ["id"],
            unique=False,
            sqlite_where=sa.text("matched_at IS NULL"),
            postgresql_where=sa.text("matched_at IS NULL"),
        )

    op.create_table(
        "suggestions",
        sa.Column("id", big_id, autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=700), nullable=False),
        sa.Column("url", sa.String(length=600), nullable=False),
        sa.Column("company", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("times", big_id, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("board_id", big_id, nullable=True),
        sa.ForeignKeyConstraint(
            ["board_id"], ["boards.id"], name=op.f("fk_suggestions_board_id_boards"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestions")),
        sa.UniqueConstraint("key", name=op.f("uq_suggestions_key")),
    )
    with op.batch_alter_table("suggestions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_suggestions_board_id"), ["board_id"], unique=False)
        batch_op.create_index("ix_suggestions_status", ["status", "id"], unique=False)

    op.create_table(
        "listings",
        sa.Column("id", big_id, autoincrement=True, nullable=False),
        sa.Column("board_id", big_id, nullable=False),
        sa.Column("company_id", big_id, nullable=False),
        sa.Column("external_id", sa.String(length=300), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("locations", json, nullable=False),
        sa.Column("department", sa.String(length=300), nullable=True),
        sa.Column("employment_type", sa.String(length=20), nullable=True),
        sa.Column("work_mode", sa.String(length=10), nullable=True),
        sa.Column("level", sa.String(length=12), nullable=True),
        sa.Column("salary_min", sa.Double(), nullable=True),
        sa.Column("salary_max", sa.Double(), nullable=True),
        sa.Column("salary_currency", sa.String(length=3), nullable=True),
        sa.Column("salary_period", sa.String(length=8), nullable=True),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("missed", big_id, nullable=False),
        sa.Column("baseline", sa.Boolean(), nullable=False),
        sa.Column("crawl_id", big_id, nullable=True),
        sa.Column("list_hash", sa.String(length=32), nullable=True),
        sa.Column("content_hash", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["board_id"], ["boards.id"], name=op.f("fk_listings_board_id_boards"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["company_id"],
            ["companies.id"],
            name=op.f("fk_listings_company_id_companies"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["crawl_id"], ["crawls.id"], name=op.f("fk_listings_crawl_id_crawls"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listings")),
        sa.UniqueConstraint("board_id", "external_id", name=op.f("uq_listings_board_id_external_id")),
    )
    with op.batch_alter_table("listings", schema=None) as batch_op:
        batch_op.create_index("ix_listings_changed", ["changed_at", "id"], unique=False)
        batch_op.create_index("ix_listings_company", ["company_id", "closed_at"], unique=False)
        batch_op.create_index("ix_listings_crawl", ["crawl_id"], unique=False)
        batch_op.create_index("ix_listings_newest", ["first_seen_at", "id"], unique=False)

    op.create_table(
        "findings",
        sa.Column("id", big_id, autoincrement=True, nullable=False),
        sa.Column("query_id", big_id, nullable=False),
        sa.Column("listing_id", big_id, nullable=False),
        sa.Column("crawl_id", big_id, nullable=True),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fanned_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["crawl_id"], ["crawls.id"], name=op.f("fk_findings_crawl_id_crawls"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listings.id"], name=op.f("fk_findings_listing_id_listings"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["query_id"], ["queries.id"], name=op.f("fk_findings_query_id_queries"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_findings")),
        sa.UniqueConstraint("query_id", "listing_id", name=op.f("uq_findings_query_id_listing_id")),
    )
    with op.batch_alter_table("findings", schema=None) as batch_op:
        batch_op.create_index("ix_findings_listing", ["listing_id"], unique=False)
        batch_op.create_index(
            "ix_findings_pending",
            ["id"],
            unique=False,
            sqlite_where=sa.text("fanned_at IS NULL"),
            postgresql_where=sa.text("fanned_at IS NULL"),
        )

    op.create_table(
        "listing_events",
        sa.Column("id", big_id, autoincrement=True, nullable=False),
        sa.Column("listing_id", big_id, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", sa.String(length=12), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["listing_id"],
            ["listings.id"],
            name=op.f("fk_listing_events_listing_id_listings"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing_events")),
    )
    with op.batch_alter_table("listing_events", schema=None) as batch_op:
        batch_op.create_index("ix_listing_events_listing", ["listing_id", "id"], unique=False)

    op.create_table(
        "listing_texts",
        sa.Column("listing_id", big_id, autoincrement=False, nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["listing_id"],
            ["listings.id"],
            name=op.f("fk_listing_texts_listing_id_listings"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("listing_id", name=op.f("pk_listing_texts")),
    )
    op.create_table(
        "matches",
        sa.Column("id", big_id, autoincrement=True, nullable=False),
        sa.Column("tracker_id", big_id, nullable=False),
        sa.Column("user_id", big_id, nullable=False),
        sa.Column("listing_id", big_id, nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("notification_id", big_id, nullable=True),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listings.id"], name=op.f("fk_matches_listing_id_listings"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["notification_id"], ["notifications.id"], name=op.f("fk_matches_notification_id_notifications")
        ),
        sa.ForeignKeyConstraint(
            ["tracker_id"], ["trackers.id"], name=op.f("fk_matches_tracker_id_trackers"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_matches_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matches")),
        sa.UniqueConstraint("tracker_id", "listing_id", name=op.f("uq_matches_tracker_id_listing_id")),
    )
    with op.batch_alter_table("matches", schema=None) as batch_op:
        batch_op.create_index("ix_matches_listing", ["listing_id"], unique=False)
        batch_op.create_index("ix_matches_notification", ["notification_id"], unique=False)
        batch_op.create_index(
            "ix_matches_untold",
            ["due_at", "user_id"],
            unique=False,
            sqlite_where=sa.text("notification_id IS NULL"),
            postgresql_where=sa.text("notification_id IS NULL"),
        )


def downgrade() -> None:
    with op.batch_alter_table("matches", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_matches_untold",
            sqlite_where=sa.text("notification_id IS NULL"),
            postgresql_where=sa.text("notification_id IS NULL"),
        )
        batch_op.drop_index("ix_matches_notification")
        batch_op.drop_index("ix_matches_listing")

    op.drop_table("matches")
    op.drop_table("listing_texts")
    with op.batch_alter_table("listing_events", schema=None) as batch_op:
        batch_op.drop_index("ix_listing_events_listing")

    op.drop_table("listing_events")
    with op.batch_alter_table("findings", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_findings_pending",
            sqlite_where=sa.text("fanned_at IS NULL"),
            postgresql_where=sa.text("fanned_at IS NULL"),
        )
        batch_op.drop_index("ix_findings_listing")

    op.drop_table("findings")
    with op.batch_alter_table("listings", schema=None) as batch_op:
        batch_op.drop_index("ix_listings_newest")
        batch_op.drop_index("ix_listings_crawl")
        batch_op.drop_index("ix_listings_company")
        batch_op.drop_index("ix_listings_changed")

    op.drop_table("listings")
    with op.batch_alter_table("suggestions", schema=None) as batch_op:
        batch_op.drop_index("ix_suggestions_status")
        batch_op.drop_index(batch_op.f("ix_suggestions_board_id"))

    op.drop_table("suggestions")
    with op.batch_alter_table("crawls", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_crawls_unmatched",
            sqlite_where=sa.text("matched_at IS NULL"),
            postgresql_where=sa.text("matched_at IS NULL"),
        )
        batch_op.drop_index("ix_crawls_board")

    op.drop_table("crawls")
    with op.batch_alter_table("trackers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_trackers_user_id"))
        batch_op.drop_index("ix_trackers_query")
        batch_op.drop_index("ix_trackers_expires")

    op.drop_table("trackers")
    with op.batch_alter_table("notifications", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notifications_user_id"))
        batch_op.drop_index(
            "ix_notifications_unsent",
            sqlite_where=sa.text("sent_at IS NULL AND failed_at IS NULL"),
            postgresql_where=sa.text("sent_at IS NULL AND failed_at IS NULL"),
        )

    op.drop_table("notifications")
    with op.batch_alter_table("boards", schema=None) as batch_op:
        batch_op.drop_index("ix_boards_due")
        batch_op.drop_index(batch_op.f("ix_boards_company_id"))

    op.drop_table("boards")
    with op.batch_alter_table("account_mails", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_account_mails_user_id"))
        batch_op.drop_index(
            "ix_account_mails_unsent",
            sqlite_where=sa.text("sent_at IS NULL AND failed_at IS NULL"),
            postgresql_where=sa.text("sent_at IS NULL AND failed_at IS NULL"),
        )

    op.drop_table("account_mails")
    op.drop_table("users")
    op.drop_table("queries")
    with op.batch_alter_table("companies", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_companies_name"))

    op.drop_table("companies")
