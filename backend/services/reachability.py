"""Whether the world outside can be reached at all: told by what the latest visits met."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.models import Board, CrawlStatus

LATEST = 20  # visits that are looked at
FEWEST = 3  # fewer prove nothing
RECENT = timedelta(hours=2)


def away_since(session: Session, now: datetime) -> datetime | None:
    """Since when no careers site answers, which means that there is no network; None while one does."""
    rows = session.execute(
        select(Board.last_status, Board.failing_since)
        .where(Board.last_crawl_at >= now - RECENT)
        .order_by(Board.last_crawl_at.desc())
        .limit(LATEST)
    ).all()
    if len(rows) < FEWEST or any(row.last_status != CrawlStatus.UNAVAILABLE for row in rows):
        return None
    return max((row.failing_since for row in rows if row.failing_since is not None), default=None)
