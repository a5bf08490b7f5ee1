"""Stored listings as queries see them. Apart from `search`, so that matching need not load the index."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from backend.domain.matching import Document, document
from backend.domain.query_fields import country_name
from backend.models import Listing


def document_of(listing: Listing, html: str, company_name: str) -> Document:
    """Reads `listing.board` and `.company`; `html` is the sanitised description, "" if there is none."""
    return document(
        title=listing.title,
        company=company_name,
        locations=[text for place in listing.locations for text in _texts_of(place)],
        description_html=html,
        cities={place["city"] for place in listing.locations if place.get("city")},
        employer=listing.company.slug,
        countries={place["country"] for place in listing.locations if place.get("country")},
        mode=listing.work_mode,
        type=listing.employment_type,
        level=listing.level,
        source=listing.board.source,
        salary_min=listing.salary_min,
        salary_max=listing.salary_max,
        salary_period=listing.salary_period,
        posted_at=listing.posted_at,
        first_seen_at=listing.first_seen_at,
    )


def _texts_of(place: Mapping[str, Any]) -> Iterator[str]:
    """A place as its source wrote it, and what it was understood as: "Berlin" is found by Germany too."""
    text = place.get("text") or ""
    yield text
    for part in (place.get("city"), place.get("region"), _country_of(place)):
        if part and part.lower() not in text.lower():
            yield part


def _country_of(place: Mapping[str, Any]) -> str | None:
    code = place.get("country")
    return country_name(code) if code else None
