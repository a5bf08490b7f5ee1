from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backend.models.base import Base, BigId, Id
from backend.models.board import Board
from backend.models.company import Company


class Listing(Base):
    """A posting with an identity. Open while `closed_at` is empty; `missed` counts crawls without it.

    `locations` is a list of {text, city, region, country}. `changed_at` moves with every write that a reader
    could see (a miss alone is none) and is what the indexer tails. `crawl_id` is the crawl that last opened,
    changed or reopened it: matching reads it.
    `baseline`: it came with the board's first complete crawl. `list_hash` covers what the list answer says
    (empty: the detail is still to be fetched), `content_hash` all that is stored.
    """

    __tablename__ = "listings"
    __table_args__ = (
        UniqueConstraint("board_id", "external_id"),
        Index("ix_listings_changed", "changed_at", "id"),
        Index("ix_listings_newest", "first_seen_at", "id"),
        Index("ix_listings_company", "company_id", "closed_at"),
        Index("ix_listings_crawl", "crawl_id"),
    )

    id: Mapped[Id]
    board_id: Mapped[int] = mapped_column(BigId, ForeignKey("boards.id", ondelete="CASCADE"))
    company_id: Mapped[int] = mapped_column(BigId, ForeignKey("companies.id", ondelete="CASCADE"))
    external_id: Mapped[str] = mapped_column(String(300))
    url: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(String(500))
    locations: Mapped[list[Any]]
    department: Mapped[str | None] = mapped_column(String(300))
    employment_type: Mapped[str | None] = mapped_column(String(20))
    work_mode: Mapped[str | None] = mapped_column(String(10))
    level: Mapped[str | None] = mapped_column(String(12))
    salary_min: Mapped[float | None]
    salary_max: Mapped[float | None]
    salary_currency: Mapped[str | None] = mapped_column(String(3))
    salary_period: Mapped[str | None] = mapped_column(String(8))
    posted_at: Mapped[datetime | None]

    first_seen_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    missed: Mapped[int] = mapped_column(default=0)
    baseline: Mapped[bool] = mapped_column(default=False)
    crawl_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("crawls.id", ondelete="SET NULL"))
    list_hash: Mapped[str | None] = mapped_column(String(32))
    content_hash: Mapped[str] = mapped_column(String(32))

    board: Mapped[Board] = relationship()
    company: Mapped[Company] = relationship()


class ListingText(Base):
    """The sanitised description, apart from the row so that lists and scans stay light."""

    __tablename__ = "listing_texts"

    listing_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("listings.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    html: Mapped[str] = mapped_column(Text)


class ListingEvent(Base):
    """What changed on a listing and when.

    `what` is title, locations, salary, text, closed or reopened; of a text `before` and `after` are hashes.
    `fanned_to` is the last watched match for which it was written down to be told, -1 before the first; None:
    that is done, or nobody watched.
    """

    __tablename__ = "listing_events"
    __table_args__ = (
        Index("ix_listing_events_listing", "listing_id", "id"),
        Index(
            "ix_listing_events_pending",
            "fanned_to",
            "id",
            sqlite_where=text("fanned_to IS NOT NULL"),
            postgresql_where=text("fanned_to IS NOT NULL"),
        ),
    )

    id: Mapped[Id]
    listing_id: Mapped[int] = mapped_column(BigId, ForeignKey("listings.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    what: Mapped[str] = mapped_column(String(12))
    before: Mapped[str | None] = mapped_column(Text)
    after: Mapped[str | None] = mapped_column(Text)
    fanned_to: Mapped[int | None]
