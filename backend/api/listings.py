"""Listings: how one looks in a list, and one with its text, its life and its like."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from pydantic import Field

from backend.api.access import public
from backend.api.errors import not_found
from backend.api.schema import Answer, Health, Moment
from backend.models import Listing, db
from backend.services import board_health, listings

blueprint = APIBlueprint("listings", __name__, url_prefix="/api/listings", tag="Listings")


class CompanyName(Answer):
    slug: str = Field(examples=["stripe"])
    name: str = Field(examples=["Stripe"])


class Place(Answer):
    """`text` as the source gave it; `country` is ISO 3166-1 alpha-2."""

    text: str
    city: str | None
    region: str | None
    country: str | None


class Pay(Answer):
    """In its own currency (ISO 4217) and period; never converted."""

    min: float | None
    max: float | None
    currency: str | None
    period: str | None


class ListingSummary(Answer):
    """A row of a list. What is not known is null. `snippet` is text with the found words in <mark>."""

    id: int
    title: str
    url: str
    company: CompanyName
    locations: list[Place]
    work_mode: str | None
    employment_type: str | None
    level: str | None
    salary: Pay | None
    department: str | None
    posted_at: Moment | None
    first_seen_at: Moment
    closed_at: Moment | None
    source: str
    snippet: str | None


def place(stored: dict[str, Any]) -> Place:
    return Place(
        text=stored.get("text") or "",
        city=stored.get("city"),
        region=stored.get("region"),
        country=stored.get("country"),
    )


def pay(listing: Listing) -> Pay | None:
    if listing.salary_min is None and listing.salary_max is None:
        return None
    return Pay(
        min=listing.salary_min,
        max=listing.salary_max,
        currency=listing.salary_currency,
        period=listing.salary_period,
    )


def summary_fields(listing: Listing, snippet: str | None = None) -> dict[str, Any]:
    return {
        "id": listing.id,
        "title": listing.title,
        "url": listing.url,
        "company": CompanyName(slug=listing.company.slug, name=listing.company.name),
        "locations": [place(stored) for stored in listing.locations],
        "work_mode": listing.work_mode,
        "employment_type": listing.employment_type,
        "level": listing.level,
        "salary": pay(listing),
        "department": listing.department,
        "posted_at": listing.posted_at,
        "first_seen_at": listing.first_seen_at,
        "closed_at": listing.closed_at,
        "source": listing.board.source,
        "snippet": snippet,
    }


def summary(listing: Listing, snippet: str | None = None) -> ListingSummary:
    """A listing as a row. Load `company` and `board` with it, or each row asks for them."""
    return ListingSummary(**summary_fields(listing, snippet))


class BoardOfListing(Answer):
    id: int
    source: str
    token: str
    last_crawl_at: Moment | None
    health: Health


class EventAnswer(Answer):
    """What changed: title, locations, salary, text, closed or reopened."""

    at: Moment
    what: str
    before: str | None
    after: str | None


class ListingAnswer(ListingSummary):
    """A listing with its text (sanitised HTML), its life, and the same role in other places."""

    description_html: str | None
    changed_at: Moment
    board: BoardOfListing
    events: list[EventAnswer]
    same_role: list[ListingSummary]


@blueprint.get("/<int:id>")
@public
@blueprint.output(ListingAnswer)
def get_listing(id: int) -> ListingAnswer:
    """A listing with its text and its life"""
    whole = listings.get(db.session(), id)
    if whole is None:
        raise not_found("listing")
    board = whole.listing.board
    return ListingAnswer(
        **summary_fields(whole.listing),
        description_html=whole.html,
        changed_at=whole.listing.changed_at,
        board=BoardOfListing(
            id=board.id,
            source=board.source,
            token=board.token,
            last_crawl_at=board.last_crawl_at,
            health=board_health.health(board),
        ),
        events=[EventAnswer.model_validate(event) for event in whole.events],
        same_role=[summary(other) for other in whole.same_role],
    )
