"""Searching a shelf of listings by an index of its own."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from backend.domain.query import Filters, parse
from backend.search.reader import SearchIndex
from backend.services import rebuilding, search
from backend.services.search import Found
from tests.services.stored import Shelf


def rebuilt(shelf: Shelf, index: SearchIndex) -> None:
    rebuilding.rebuild(shelf.session, index.directory)


def find(
    shelf: Shelf, index: SearchIndex, cursor: str | None = None, limit: int = 50, **asked: object
) -> Found:
    facets = asked.pop("facets", ())
    filters = Filters(**asked)  # type: ignore[arg-type]
    return search.find(
        shelf.session,
        filters,
        cursor,
        limit,
        shelf.now,
        index,
        facets=facets,
        lenient=True,  # type: ignore[arg-type]
    )


def ids_found(directory: Path, text: str, now: datetime) -> list[int]:
    """By the index alone, open listings and closed ones."""
    index = SearchIndex(directory)
    return index.search(parse(text), status="all", sort="newest", cursor=None, limit=100, now=now).ids


def counts(found: Found, name: str) -> dict[str, int]:
    assert found.facets is not None
    return {one.value: one.count for one in found.facets[name]}


def in_city(shelf: Shelf, title: str, city: str, country: str = "DE", **fields: object) -> None:
    listing = shelf.add(title=title, **fields)  # type: ignore[arg-type]
    listing.locations = [{"text": city, "city": city, "region": None, "country": country}]
    shelf.session.commit()
