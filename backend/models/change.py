from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backend.models.base import Base, BigId, Id
from backend.models.listing import ListingEvent
from backend.models.tracker import Match


class MatchChange(Base):
    """One match x one event of its listing, told or to be told: its tracker tells changes."""

    __tablename__ = "match_changes"
    __table_args__ = (
        UniqueConstraint("match_id", "event_id"),
        Index(
            "ix_match_changes_untold",
            "due_at",
            "tracker_id",
            sqlite_where=text("notification_id IS NULL"),
            postgresql_where=text("notification_id IS NULL"),
        ),
        Index("ix_match_changes_tracker", "tracker_id"),
        Index("ix_match_changes_event", "event_id"),
        Index(
            "ix_match_changes_notification",
            "notification_id",
            sqlite_where=text("notification_id IS NOT NULL"),
            postgresql_where=text("notification_id IS NOT NULL"),
        ),
    )

    id: Mapped[Id]
    match_id: Mapped[int] = mapped_column(BigId, ForeignKey("matches.id", ondelete="CASCADE"))
    event_id: Mapped[int] = mapped_column(BigId, ForeignKey("listing_events.id", ondelete="CASCADE"))
    tracker_id: Mapped[int] = mapped_column(BigId, ForeignKey("trackers.id", ondelete="CASCADE"))
    due_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    notification_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("notifications.id"))

    match: Mapped[Match] = relationship()
    event: Mapped[ListingEvent] = relationship()
