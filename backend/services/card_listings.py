"""What the cards of messages say of listings: read together, and no whole rows of them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.models import Board, Company, Listing
from backend.services.among import among


class CardListing(NamedTuple):
    """A listing with the name of its company and the source of its board."""

    id: int
    title: str
    locations: list[Any]
    work_mode: str | None
    employment_type: str | None
    level: str | None
    salary_min: float | None
    salary_max: float | None
    salary_currency: str | None
    salary_period: str | None
    url: str
    posted_at: datetime | None
    first_seen_at: datetime
    closed_at: datetime | None
    company: str
    source: str


OWN = [getattr(Listing, name) for name in CardListing._fields if name not in ("company", "source")]


def read(session: Session, listing_ids: Collection[int]) -> dict[int, CardListing]:
    """By id. Each is read once, in however many messages it stands."""
    rows = session.execute(
        select(*OWN, Company.name, Board.source)
        .join(Company, Company.id == Listing.company_id)
        .join(Board, Board.id == Listing.board_id)
        .where(among(session, Listing.id, listing_ids))
    )
    return {row.id: row for row in map(CardListing._make, rows)}
