"""How common each key is among the listings, counted on a sample once a month, and queries filed accordingly.

Words come and go: a term that was rare when a query was filed may be everywhere a year later. The counts only
set the price of matching, never its result.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from backend.domain.matching import Document
from backend.models import KeyShare, Listing, SavedQuery, begin_write
from backend.services import documents
from backend.services.filing import file_pages

COUNTED_FOR = timedelta(days=30)
SAMPLE = 5_000  # listings: some seconds of work
FEWEST = 200  # of fewer the counts say little; `anchors.guess` does as well
RARE = 3  # a key that fewer of the sample emit is not kept
AT_ONCE = 200


def keep_filing(session: Session, now: datetime) -> int:
    """Count again when the counts are a month old, and file anew what was filed before; returns how many.

    Stopped halfway it goes on at the next call.
    """
    counted_at = session.scalar(select(KeyShare.counted_at).limit(1))
    session.rollback()
    if counted_at is None or counted_at <= now - COUNTED_FOR:
        counted_at = recount(session, now)
    if counted_at is None:
        return 0
    return file_pages(session, SavedQuery.filed_at < counted_at, max(now, counted_at))


def recount(session: Session, now: datetime) -> datetime | None:
    """Replace the counts by those of today's listings. Returns when; None: too few listings are open."""
    open_listings = session.scalar(select(func.count(Listing.id)).where(Listing.closed_at.is_(None))) or 0
    session.rollback()
    if open_listings < FEWEST:
        return None
    counts: Counter[str] = Counter()
    sampled = 0
    for document in sample(session, max(1, open_listings // SAMPLE)):
        counts.update(document.keys)
        sampled += 1
    rows = [
        {"key": key, "share": count / sampled, "counted_at": now}
        for key, count in counts.items()
        if count >= RARE
    ]
    begin_write(session)
    session.execute(delete(KeyShare))
    session.execute(insert(KeyShare), rows)
    session.commit()
    return now


def sample(session: Session, step: int) -> Iterator[Document]:
    """One open listing of every so many, spread over all of them."""
    after = 0
    while True:
        rows = session.execute(
            documents.rows()
            .where(Listing.id > after, Listing.id % step == 0, Listing.closed_at.is_(None))
            .order_by(Listing.id)
            .limit(AT_ONCE)
        ).all()
        if not rows:
            return
        after = rows[-1].id
        yield from map(documents.document_in, rows)
        session.rollback()  # one long reading transaction would keep SQLite's log from shrinking
