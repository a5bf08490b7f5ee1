"""Old rows that nobody asks for any more."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from backend.models import BY_HAND, Crawl, begin_write

KEEP_REPORTS = timedelta(days=30)


def remove_old_reports(session: Session, now: datetime) -> int:
    """Forget crawl reports older than a month that were matched. Returns how many."""
    begin_write(session)
    result = session.execute(
        delete(Crawl).where(Crawl.finished_at < now - KEEP_REPORTS, Crawl.matched_at.is_not(None)),
        execution_options=BY_HAND,
    )
    session.commit()
    return int(getattr(result, "rowcount", 0))
