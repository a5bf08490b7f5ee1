"""How many listings each company has, counted anew now and then: lists of companies are ordered by it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from backend.models import Company, Listing, begin_write, update_rows

WEEK = timedelta(days=7)
CHUNK = 1000  # rows a transaction: writers wait for each other
COMPANIES = cast(Table, Company.__table__)
Counts = tuple[int, int, int]
"""Open, newly seen in the last seven days, closed."""


def recount(session: Session, now: datetime) -> int:
    """Count all listings and write the counts that moved; returns how many companies those were of."""
    found = counted(session, now)
    kept = {
        id: tuple(counts)
        for id, *counts in session.execute(
            select(Company.id, Company.open_count, Company.new_count, Company.closed_count)
        )
    }
    session.rollback()
    moved = {id: found.get(id, (0, 0, 0)) for id in kept if found.get(id, (0, 0, 0)) != kept[id]}
    for chunk in range(0, len(moved), CHUNK):
        write(session, dict(list(moved.items())[chunk : chunk + CHUNK]))
    return len(moved)


def counted(session: Session, now: datetime) -> dict[int, Counts]:
    """Company id -> counts. A board's first crawl brings what was there before: that is not new."""
    is_open = Listing.closed_at.is_(None)
    all_of = select(Listing.company_id, func.count().filter(is_open), func.count().filter(~is_open))
    new = select(Listing.company_id, func.count()).where(
        Listing.first_seen_at >= now - WEEK, Listing.baseline.is_(False)
    )
    fresh = {row[0]: row[1] for row in session.execute(new.group_by(Listing.company_id))}
    rows = session.execute(all_of.group_by(Listing.company_id))
    return {id: (open_count, fresh.get(id, 0), closed) for id, open_count, closed in rows}


def write(session: Session, counts: Mapping[int, Counts]) -> None:
    begin_write(session)
    update_rows(
        session,
        COMPANIES,
        [
            {"id": id, "open_count": open_count, "new_count": new, "closed_count": closed}
            for id, (open_count, new, closed) in counts.items()
        ],
    )
    session.commit()
