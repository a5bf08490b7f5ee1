"""A search as a feed: its newest listings with their text."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from apiflask import APIBlueprint
from flask import Response

from backend.api import limits
from backend.api.access import public
from backend.api.caching import not_modified
from backend.api.clock import now
from backend.api.errors import invalid
from backend.api.feed_formats import (
    ATOM,
    ATOM_TYPE,
    NEWEST,
    Entry,
    Feed,
    JsonFeed,
    as_atom,
    as_json,
    modified,
    published,
)
from backend.api.limits import limiter
from backend.api.schema import a_text
from backend.api.search import ListingFilters, filters_of
from backend.app import current_settings
from backend.domain.query import QueryError
from backend.models import db
from backend.services import downloads, search

blueprint = APIBlueprint("feeds", __name__, url_prefix="/api/listings", tag="Listings")

ATOM_EXAMPLE = f'<feed xmlns="{ATOM}"><title>Job Tracker: python country:DE</title>…</feed>'


@dataclass(frozen=True, slots=True)
class Searched:
    """What a feed is of: a search in its canonical form."""

    canonical: str
    status: str
    base_url: str

    def address(self, path: str) -> str:
        """The search at a path of this site: equal searches have equal addresses."""
        keys = {"q": self.canonical, "status": "" if self.status == "open" else self.status}
        query = urlencode({name: value for name, value in keys.items() if value})
        return f"{self.base_url}{path}{'?' if query else ''}{query}"


def feed_of(filters: ListingFilters, path: str) -> Feed | Response:
    """The feed at a path; or the 304 of a caller who has it all. Texts are read only for the first."""
    moment, settings = now(), current_settings()
    try:
        wanted = downloads.wanted(filters_of(filters), NEWEST)
    except QueryError as error:
        raise invalid("q", str(error), error.column) from None
    ids = downloads.newest(db.session(), search.index_of(settings), wanted, moment)
    listings = downloads.load(db.session(), ids)
    searched = Searched(wanted.query.canonical, wanted.filters.status, settings.base_url)
    seen = [(listing.id, listing.changed_at, listing.company.name) for listing in listings]
    unchanged = not_modified(searched, seen)
    if unchanged is not None:
        return unchanged
    texts = downloads.texts(db.session(), ids)
    return Feed(
        title=f"Job Tracker: {searched.canonical or 'all listings'}",
        description=f"The newest {NEWEST} listings of this search, {searched.status} ones.",
        id=searched.address(path),
        own=searched.address(path),
        page=searched.address("/"),
        base_url=settings.base_url,
        entries=[
            Entry(listing, listing, texts.get(listing.id, ""), published(listing), modified(listing))
            for listing in listings
        ],
    )


@blueprint.get("/feed.atom")
@public
@limiter.limit(limits.SEARCH, key_func=limits.user_or_client)
@blueprint.input(ListingFilters, location="query")
@blueprint.doc(responses=a_text(ATOM_TYPE, "Atom 1.0", ATOM_EXAMPLE))
def feed_atom(query_data: ListingFilters) -> Response:
    """The newest 100 listings of a search as an Atom feed"""
    feed = feed_of(query_data, "/api/listings/feed.atom")
    if isinstance(feed, Response):
        return feed
    return Response(as_atom(feed), content_type=f"{ATOM_TYPE}; charset=utf-8")


@blueprint.get("/feed.json")
@public
@limiter.limit(limits.SEARCH, key_func=limits.user_or_client)
@blueprint.input(ListingFilters, location="query")
@blueprint.output(JsonFeed, content_type="application/feed+json", description="JSON Feed 1.1")
def feed_json(query_data: ListingFilters) -> Response:
    """The newest 100 listings of a search as a JSON feed"""
    feed = feed_of(query_data, "/api/listings/feed.json")
    if isinstance(feed, Response):
        return feed
    return Response(as_json(feed), content_type="application/feed+json; charset=utf-8")
