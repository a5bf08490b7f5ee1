from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backend.models.base import Base, BigId, Id
from backend.models.channel import Channel
from backend.models.listing import Listing
from backend.models.user import User


class NotificationKind(StrEnum):
    """New matches, that a tracker is about to end, or the code that verifies a channel."""

    DIGEST = "digest"
    ENDING = "ending"
    CODE = "code"


class SavedQuery(Base):
    """A query in its canonical text: equal queries of many users are one row.

    `filed_by` is the version of `domain/anchors` that chose its anchors (0: none has), `filed_at` when.
    """

    __tablename__ = "queries"
    __table_args__ = (Index("ix_queries_filed", "filed_by", "filed_at"),)

    id: Mapped[Id]
    canonical: Mapped[str] = mapped_column(String(600), unique=True)
    created_at: Mapped[datetime]
    filed_by: Mapped[int] = mapped_column(server_default="0", default=0)
    filed_at: Mapped[datetime | None]


class Tracker(Base):
    """A user's query with an end and a cadence. `active_since` moves when it is resumed or its query changes.

    `token` signs nothing: it is the random name of its links in mails (stop, renew), and `feed_token` that of
    its feed, once its owner has asked for one. `hour` and `weekday` (0: Monday) are those of daily and weekly
    ones. `tells_changes`: also what becomes of a listing that it has matched. `reminded_at`: its owner was
    told that it ends soon. `channel_id`: where it tells; empty: by mail to the account. Deleted is soft for
    an hour (undo).
    """

    __tablename__ = "trackers"
    __table_args__ = (
        Index(  # with all that says whether it is followed: matching asks that of very many
            "ix_trackers_query", "query_id", "id", "paused_at", "deleted_at", "active_since", "expires_at"
        ),
        Index(
            "ix_trackers_instant",
            "query_id",
            "id",
            sqlite_where=text("cadence = 'instant'"),
            postgresql_where=text("cadence = 'instant'"),
        ),
        Index("ix_trackers_expires", "expires_at"),
        Index("ix_trackers_created", "created_at"),
        Index(
            "ix_trackers_channel",
            "channel_id",
            sqlite_where=text("channel_id IS NOT NULL"),
            postgresql_where=text("channel_id IS NOT NULL"),
        ),
    )

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id", ondelete="CASCADE"), index=True)
    query_id: Mapped[int] = mapped_column(BigId, ForeignKey("queries.id"))
    name: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(String(500))
    cadence: Mapped[str] = mapped_column(String(10))
    hour: Mapped[int | None]
    weekday: Mapped[int | None]
    tells_changes: Mapped[bool] = mapped_column(server_default=false(), default=False)
    expires_at: Mapped[datetime]
    created_at: Mapped[datetime]
    active_since: Mapped[datetime]
    paused_at: Mapped[datetime | None]
    expired_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    token: Mapped[str] = mapped_column(String(43), unique=True)
    feed_token: Mapped[str | None] = mapped_column(String(43), unique=True)
    channel_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("channels.id", ondelete="SET NULL"))

    user: Mapped[User] = relationship()
    query: Mapped[SavedQuery] = relationship()
    channel: Mapped[Channel | None] = relationship()


class Finding(Base):
    """One query x one listing: the query matches it. `fanned_at` is empty until its matches are written.

    Of one with many followers the matches come by pages: `stage` says of whom (see `services/fan_out`), and
    `fanned_to` is the last tracker that was reached.
    """

    __tablename__ = "findings"
    __table_args__ = (
        UniqueConstraint("query_id", "listing_id"),
        Index("ix_findings_listing", "listing_id"),
        Index(
            "ix_findings_pending",
            "stage",
            "id",
            sqlite_where=text("fanned_at IS NULL"),
            postgresql_where=text("fanned_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    query_id: Mapped[int] = mapped_column(BigId, ForeignKey("queries.id", ondelete="CASCADE"))
    listing_id: Mapped[int] = mapped_column(BigId, ForeignKey("listings.id", ondelete="CASCADE"))
    crawl_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("crawls.id", ondelete="SET NULL"))
    found_at: Mapped[datetime]
    fanned_at: Mapped[datetime | None]
    stage: Mapped[int] = mapped_column(server_default="0", default=0)
    fanned_to: Mapped[int] = mapped_column(server_default="0", default=0)


class Notification(Base):
    """One message to one user. Claimed, sent, marked; `message_id` is fixed before the first try.

    `channel_id`: by which it goes; empty: by mail. `tracker_id` is the one that a reminder of its end is
    about; a digest's are those of its matches. `refusals` counts the tries that the other side answered with
    no; after any other it may have arrived.
    """

    __tablename__ = "notifications"
    __table_args__ = (
        Index(
            "ix_notifications_unsent",
            "next_try_at",
            sqlite_where=text("sent_at IS NULL AND failed_at IS NULL"),
            postgresql_where=text("sent_at IS NULL AND failed_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(10), server_default=NotificationKind.DIGEST.value)
    tracker_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("trackers.id", ondelete="CASCADE"), index=True
    )
    channel_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("channels.id", ondelete="SET NULL"), index=True
    )
    message_id: Mapped[str] = mapped_column(String(200), unique=True)
    token: Mapped[str] = mapped_column(String(43), unique=True)
    created_at: Mapped[datetime]
    claimed_until: Mapped[datetime | None]
    next_try_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    refusals: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)
    payload: Mapped[dict[str, Any] | None]

    user: Mapped[User] = relationship()
    channel: Mapped[Channel | None] = relationship()


class Match(Base):
    """One tracker x one listing, told or to be told. `seen_at`: its user has marked it as read.

    `told_with_id` is the match of another listing of the same role, on whose card this one stands: it is not
    told by itself. `watched`: its tracker tells changes.
    """

    __tablename__ = "matches"
    __table_args__ = (
        UniqueConstraint("tracker_id", "listing_id"),
        Index(
            "ix_matches_untold",
            "due_at",
            "user_id",
            sqlite_where=text("notification_id IS NULL AND told_with_id IS NULL"),
            postgresql_where=text("notification_id IS NULL AND told_with_id IS NULL"),
        ),
        Index(  # without those in no message: it would be taken for the way to find just these
            "ix_matches_notification",
            "notification_id",
            sqlite_where=text("notification_id IS NOT NULL"),
            postgresql_where=text("notification_id IS NOT NULL"),
        ),
        Index("ix_matches_listing", "listing_id"),
        Index("ix_matches_role", "role_id", "tracker_id"),
        Index(
            "ix_matches_told_with",
            "told_with_id",
            sqlite_where=text("told_with_id IS NOT NULL"),
            postgresql_where=text("told_with_id IS NOT NULL"),
        ),
        Index(
            "ix_matches_watched",
            "listing_id",
            "id",
            sqlite_where=text("watched = 1"),
            postgresql_where=text("watched"),
        ),
        # each row is updated twice more at least: with room in its page most indexes need not know
        {"postgresql_with": {"fillfactor": 60}},
    )

    id: Mapped[Id]
    tracker_id: Mapped[int] = mapped_column(BigId, ForeignKey("trackers.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id", ondelete="CASCADE"))
    listing_id: Mapped[int] = mapped_column(BigId, ForeignKey("listings.id", ondelete="CASCADE"))
    found_at: Mapped[datetime]
    due_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    role_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("roles.id", ondelete="SET NULL"))
    told_with_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("matches.id", ondelete="SET NULL"))
    notification_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("notifications.id"))
    watched: Mapped[bool] = mapped_column(server_default=false(), default=False)

    listing: Mapped[Listing] = relationship()
    tracker: Mapped[Tracker] = relationship()
