from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backend.models.base import Base, BigId, Id
from backend.models.board import Board


class CrawlStatus(StrEnum):
    COMPLETE = "complete"
    UNCHANGED = "unchanged"
    READING = "reading"
    HELD = "held"
    EMPTY = "empty"
    PARTIAL = "partial"
    UNAVAILABLE = "unavailable"
    POSTPONED = "postponed"
    SKIPPED = "skipped"
    CHANGED_SHAPE = "changed_shape"
    GONE = "gone"
    REFUSED = "refused"
    FAILED = "failed"


class Crawl(Base):
    """One visit to one board, and its report. `matched_at` is empty until trackers met what it brought.

    READING: a long list is being stored part by part; trackers wait for its end.
    """

    __tablename__ = "crawls"
    __table_args__ = (
        Index(
            "ix_crawls_unmatched",
            "id",
            sqlite_where=text("matched_at IS NULL"),
            postgresql_where=text("matched_at IS NULL"),
        ),
        Index("ix_crawls_board", "board_id", "id"),
    )

    id: Mapped[Id]
    board_id: Mapped[int] = mapped_column(BigId, ForeignKey("boards.id", ondelete="CASCADE"))
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(String(20))
    complete: Mapped[bool]
    baseline: Mapped[bool] = mapped_column(default=False)
    seen: Mapped[int] = mapped_column(default=0)
    new: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    missing: Mapped[int] = mapped_column(default=0)
    closed: Mapped[int] = mapped_column(default=0)
    reopened: Mapped[int] = mapped_column(default=0)
    bytes: Mapped[int] = mapped_column(default=0)
    requests: Mapped[int] = mapped_column(default=0)
    seconds: Mapped[float] = mapped_column(default=0.0)
    error: Mapped[str | None] = mapped_column(Text)
    matched_at: Mapped[datetime | None]

    board: Mapped[Board] = relationship()
