"""Stored listings as queries see them. Apart from `search`, so that matching need not load the index."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import Row, Select, literal, select

from backend.domain.matching import Document, document
from backend.domain.query_fields import country_name
from backend.models import Board, Company, Listing, ListingText

_READ = (
    Listing.id,
    Listing.title,
    Listing.locations,
    Listing.work_mode,
    Listing.employment_type,
    Listing.level,
    Listing.salary_min,
    Listing.salary_max,
    Listing.salary_period,
    Listing.posted_at,
    Listing.first_seen_at,
    Listing.closed_at,
)


def rows(with_text: bool = True) -> Select[*tuple[Any, ...]]:
    """What `document_in` reads, a row a listing; the caller says of which. Faster than whole listings."""
    chosen = select(
        *_READ,
        Company.name.label("company"),
        Company.slug.label("employer"),
        Board.source.label("source"),
        (ListingText.html if with_text else literal("")).label("html"),
    )
    chosen = chosen.join(Company, Company.id == Listing.company_id).join(Board, Board.id == Listing.board_id)
    return chosen.outerjoin(ListingText, ListingText.listing_id == Listing.id) if with_text else chosen


def document_in(row: Row[*tuple[Any, ...]]) -> Document:
    return _document(row, row.html or "", row.company, row.employer, row.source)


def document_of(listing: Listing, html: str, company_name: str) -> Document:
    """Reads `listing.board` and `.company`; `html` is the sanitised description, "" if there is none."""
    return _document(listing, html, company_name, listing.company.slug, listing.board.source)


def _document(listing: Any, html: str, company: str, employer: str, source: str) -> Document:
    return document(
        title=listing.title,
        company=company,
        locations=[text for place in listing.locations for text in _texts_of(place)],
        description_html=html,
        countries={place["country"] for place in listing.locations if place.get("country")},
        cities={place["city"] for place in listing.locations if place.get("city")},
        mode=listing.work_mode,
        type=listing.employment_type,
        level=listing.level,
        source=source,
        employer=employer,
        salary_min=listing.salary_min,
        salary_max=listing.salary_max,
        salary_period=listing.salary_period,
        posted_at=listing.posted_at,
        first_seen_at=listing.first_seen_at,
    )


def _texts_of(place: Mapping[str, Any]) -> tuple[str, ...]:
    return _place(*(place.get(part) or "" for part in ("text", "city", "region", "country")))


@lru_cache(maxsize=5_000)  # places come again
def _place(text: str, city: str, region: str, country: str) -> tuple[str, ...]:
    """A place as its source wrote it, and what it was understood as: "Berlin" is found by Germany too."""
    known = text.lower()
    understood = (city, region, country_name(country) if country else "")
    return (text, *(part for part in understood if part and part.lower() not in known))
