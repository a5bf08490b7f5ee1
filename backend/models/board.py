from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backend.models.base import Base, BigId, Id

if TYPE_CHECKING:
    from backend.models.company import Company


class BoardStatus(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"
    GONE = "gone"


class Board(Base):
    """One endpoint that is crawled: a source plus a token, with its schedule and health.

    Due means: active, `next_crawl_at` passed, and no lease that still runs. `validators`, `fingerprint` and
    `parser_version` are those of the last stored complete crawl. `held` remembers what a held crawl saw
    (see `domain/diff`): {"seen": [external ids], "at": ISO date}. `empties` does so for empty answers:
    {"count": n, "since": ISO date}. `barren` are pages that are no openings (`services/barren`).
    `interval_seconds` is the board's own, which moves with how often it changes (`domain/cadence`); None
    until its first visit.
    """

    __tablename__ = "boards"
    __table_args__ = (
        UniqueConstraint("source", "token"),
        Index("ix_boards_due", "status", "next_crawl_at"),
        Index(
            "ix_boards_failing",
            "failing_since",
            sqlite_where=text("failing_since IS NOT NULL"),
            postgresql_where=text("failing_since IS NOT NULL"),
        ),
    )

    id: Mapped[Id]
    company_id: Mapped[int] = mapped_column(BigId, ForeignKey("companies.id", ondelete="CASCADE"), index=True)
    source: Mapped[str] = mapped_column(String(40))
    token: Mapped[str] = mapped_column(String(300))
    url: Mapped[str] = mapped_column(String(600))
    status: Mapped[str] = mapped_column(String(10), default=BoardStatus.ACTIVE)
    created_at: Mapped[datetime]

    next_crawl_at: Mapped[datetime]
    interval_seconds: Mapped[int | None]
    leased_until: Mapped[datetime | None]
    lease: Mapped[str | None] = mapped_column(String(36))

    baseline_at: Mapped[datetime | None]
    last_crawl_at: Mapped[datetime | None]
    last_complete_at: Mapped[datetime | None]
    last_status: Mapped[str | None] = mapped_column(String(20))
    last_error: Mapped[str | None] = mapped_column(Text)
    failing_since: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    mean_seconds: Mapped[float | None]
    open_count: Mapped[int] = mapped_column(default=0)
    missing_count: Mapped[int] = mapped_column(default=0)

    validators: Mapped[dict[str, Any] | None]
    fingerprint: Mapped[str | None] = mapped_column(String(64))
    parser_version: Mapped[int | None]
    held: Mapped[dict[str, Any] | None]
    empties: Mapped[dict[str, Any] | None]
    barren: Mapped[dict[str, Any] | None]

    company: Mapped[Company] = relationship(back_populates="boards")
