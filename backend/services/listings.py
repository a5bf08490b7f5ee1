"""One listing with its text, its life, and the same role elsewhere in the company."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from backend.models import Listing, ListingEvent, ListingText

ALIKE = 10
EVENTS = 200


@dataclass(frozen=True, slots=True)
class Whole:
    """A listing with what a page of its own shows. `html` is sanitised; empty: the source gives no text."""

    listing: Listing
    html: str | None
    events: Sequence[ListingEvent]
    same_role: Sequence[Listing]


def get(session: Session, listing_id: int) -> Whole | None:
    listing = session.get(
        Listing, listing_id, options=[joinedload(Listing.company), joinedload(Listing.board)]
    )
    if listing is None:
        return None
    return Whole(
        listing=listing,
        html=session.scalar(select(ListingText.html).where(ListingText.listing_id == listing_id)),
        events=events(session, listing_id),
        same_role=same_role(session, listing),
    )


def events(session: Session, listing_id: int) -> Sequence[ListingEvent]:
    """The latest, oldest first."""
    latest = select(ListingEvent).where(ListingEvent.listing_id == listing_id)
    found = session.scalars(latest.order_by(ListingEvent.id.desc()).limit(EVENTS)).all()
    return found[::-1]


def same_role(session: Session, listing: Listing) -> Sequence[Listing]:
    """Open listings of the company with the same title, in whatever places."""
    query = (
        select(Listing)
        .where(
            Listing.company_id == listing.company_id,
            Listing.closed_at.is_(None),
            Listing.id != listing.id,
            func.lower(Listing.title) == func.lower(listing.title),
        )
        .options(joinedload(Listing.company), joinedload(Listing.board))
        .order_by(Listing.id.desc())
        .limit(ALIKE)
    )
    return session.scalars(query).all()
