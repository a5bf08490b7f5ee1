"""Whether the world outside can be reached at all: told by what the latest visits met."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.models import Board, CrawlStatus

LATEST = 20  # visits that are looked at
FEWEST = 3  # fewer prove nothing
RECENT = timedelta(hours=2)


def none_answered(statuses: Iterable[str | None]) -> bool:
    """Whether of these visits, enough to tell, none met anybody."""
    met = list(statuses)
    return len(met) >= FEWEST and all(status == CrawlStatus.UNAVAILABLE for status in met)


def away_since(session: Session, now: datetime) -> datetime | None:
    """Since when no careers site answers, which means that there is no network; None while one does."""
    rows = session.execute(
        select(Board.last_status, Board.failing_since)
        .where(Board.last_crawl_at >= now - RECENT)
        .order_by(Board.last_crawl_at.desc())
        .limit(LATEST)
    ).all()
    if not none_answered(row.last_status for row in rows):
        return None
    return max((row.failing_since for row in rows if row.failing_since is not None), default=None)
