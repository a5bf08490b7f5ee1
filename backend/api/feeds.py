"""A search as a feed: Atom (RFC 4287) and JSON Feed 1.1, its newest listings with their text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Literal
from urllib.parse import urlencode, urlsplit

from apiflask import APIBlueprint
from flask import Response
from lxml import etree
from lxml.builder import ElementMaker
from pydantic import Field

from backend.api import limits
from backend.api.access import public
from backend.api.caching import not_modified
from backend.api.clock import now
from backend.api.errors import invalid
from backend.api.limits import limiter
from backend.api.schema import Answer, Moment, a_text, zulu
from backend.api.search import ListingFilters, filters_of
from backend.app import current_settings
from backend.domain.query import QueryError
from backend.domain.richtext import sanitise, without_control
from backend.models import Listing, db
from backend.services import downloads, search

blueprint = APIBlueprint("feeds", __name__, url_prefix="/api/listings", tag="Listings")

NEWEST = 100
ATOM = "http://www.w3.org/2005/Atom"
ATOM_EXAMPLE = f'<feed xmlns="{ATOM}"><title>Job Tracker: python country:DE</title>…</feed>'
NOTHING_YET = datetime(1970, 1, 1, tzinfo=UTC)
E = ElementMaker(namespace=ATOM, nsmap={None: ATOM})


class Author(Answer):
    name: str = Field(examples=["Stripe"])


class JsonFeedItem(Answer):
    """`url` is the page here, `external_url` the posting at the company."""

    id: str = Field(examples=["tag:jobs.example.org,2026-03-01:listings/17"])
    url: str
    external_url: str
    title: str = Field(examples=["Senior Python Engineer – Stripe"])
    content_html: str
    summary: str = Field(examples=["Stripe · Berlin · remote · senior"])
    date_published: Moment
    date_modified: Moment
    authors: list[Author]
    tags: list[str] = Field(examples=[["remote", "senior", "DE"]])


class JsonFeed(Answer):
    """JSON Feed 1.1: https://www.jsonfeed.org/version/1.1/"""

    version: Literal["https://jsonfeed.org/version/1.1"] = "https://jsonfeed.org/version/1.1"
    title: str = Field(examples=["Job Tracker: python country:DE"])
    home_page_url: str
    feed_url: str
    description: str
    items: list[JsonFeedItem]


@dataclass(frozen=True, slots=True)
class Source:
    """What a feed is made of: the search in its canonical form, and what it found."""

    canonical: str
    status: str
    base_url: str
    listings: Sequence[Listing]
    texts: dict[int, str]

    @property
    def title(self) -> str:
        return f"Job Tracker: {self.canonical or 'all listings'}"

    @property
    def description(self) -> str:
        return f"The newest {NEWEST} listings of this search, {self.status} ones."

    def address(self, path: str) -> str:
        """The search at a path of this site: equal searches have equal addresses."""
        keys = {"q": self.canonical, "status": "" if self.status == "open" else self.status}
        query = urlencode({name: value for name, value in keys.items() if value})
        return f"{self.base_url}{path}{'?' if query else ''}{query}"

    def page_of(self, listing: Listing) -> str:
        return f"{self.base_url}/listings/{listing.id}"

    def id_of(self, listing: Listing) -> str:
        """A tag URI (RFC 4151): it stays when the site moves to https or another port."""
        host = urlsplit(self.base_url).hostname or "localhost"
        return f"tag:{host},{listing.first_seen_at:%Y-%m-%d}:listings/{listing.id}"

    def html_of(self, listing: Listing) -> str:
        """Sanitised once more; where the source gives no text, what is known in a line."""
        return sanitise(self.texts.get(listing.id, "")) or f"<p>{escape(in_brief(listing))}</p>"


def in_brief(listing: Listing) -> str:
    """Stripe · Berlin, Paris · remote · senior · EUR 70,000–90,000 a year"""
    places = ", ".join(place.get("text") or "" for place in listing.locations[:5])
    facts = (listing.company.name, places, *tags_of(listing)[:3], pay_of(listing))
    return without_control(" · ".join(fact for fact in facts if fact))


def tags_of(listing: Listing) -> list[str]:
    """Mode, type, level, then countries; what is not known is left out."""
    known = (listing.work_mode, listing.employment_type, listing.level)
    countries = sorted({code for place in listing.locations if (code := place.get("country"))})
    return [fact.replace("_", " ") for fact in known if fact] + countries


def pay_of(listing: Listing) -> str:
    ends = [f"{pay:,.0f}" for pay in (listing.salary_min, listing.salary_max) if pay is not None]
    if not ends:
        return ""
    currency, period = listing.salary_currency or "", listing.salary_period
    return f"{currency} {'–'.join(dict.fromkeys(ends))}{f' a {period}' if period else ''}".strip()


def headline(listing: Listing) -> str:
    return without_control(f"{listing.title} – {listing.company.name}")


def published(listing: Listing) -> datetime:
    return listing.posted_at or listing.first_seen_at


def modified(listing: Listing) -> datetime:
    return max(listing.changed_at, published(listing))


def as_json(feed: Source) -> str:
    items = [
        JsonFeedItem(
            id=feed.id_of(listing),
            url=feed.page_of(listing),
            external_url=listing.url,
            title=headline(listing),
            content_html=feed.html_of(listing),
            summary=in_brief(listing),
            date_published=published(listing),
            date_modified=modified(listing),
            authors=[Author(name=listing.company.name)],
            tags=tags_of(listing),
        )
        for listing in feed.listings
    ]
    return JsonFeed(
        title=feed.title,
        home_page_url=feed.address("/"),
        feed_url=feed.address("/api/listings/feed.json"),
        description=feed.description,
        items=items,
    ).model_dump_json()


def as_atom(feed: Source) -> bytes:
    own = feed.address("/api/listings/feed.atom")
    updated = max((modified(listing) for listing in feed.listings), default=NOTHING_YET)
    root = E.feed(
        E.id(own),
        E.title(without_control(feed.title)),
        E.subtitle(feed.description),
        E.updated(zulu(updated)),
        E.author(E.name("Job Tracker")),
        E.link(rel="self", type="application/atom+xml", href=own),
        E.link(rel="alternate", type="text/html", href=feed.address("/")),
        *(atom_entry(feed, listing) for listing in feed.listings),
    )
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def atom_entry(feed: Source, listing: Listing) -> etree._Element:
    return E.entry(
        E.id(feed.id_of(listing)),
        E.title(headline(listing)),
        E.link(rel="alternate", type="text/html", href=feed.page_of(listing)),
        E.link(rel="related", href=without_control(listing.url)),
        E.published(zulu(published(listing))),
        E.updated(zulu(modified(listing))),
        E.author(E.name(without_control(listing.company.name))),
        *(E.category(term=tag) for tag in tags_of(listing)),
        E.summary(in_brief(listing)),
        E.content(feed.html_of(listing), type="html"),
    )


def source_of(filters: ListingFilters) -> Source | Response:
    """What the feed is made of; or the 304 of a caller who has it all. Texts are read only for the first."""
    moment, settings = now(), current_settings()
    try:
        wanted = downloads.wanted(filters_of(filters), NEWEST)
    except QueryError as error:
        raise invalid("q", str(error), error.column) from None
    ids = downloads.newest(db.session(), search.index_of(settings), wanted, moment)
    listings = downloads.load(db.session(), ids)
    canonical, status = wanted.query.canonical, wanted.filters.status
    seen = [(listing.id, listing.changed_at, listing.company.name) for listing in listings]
    unchanged = not_modified(settings.base_url, canonical, status, seen)
    if unchanged is not None:
        return unchanged
    return Source(canonical, status, settings.base_url, listings, downloads.texts(db.session(), ids))


@blueprint.get("/feed.atom")
@public
@limiter.limit(limits.SEARCH, key_func=limits.user_or_client)
@blueprint.input(ListingFilters, location="query")
@blueprint.doc(responses=a_text("application/atom+xml", "Atom 1.0", ATOM_EXAMPLE))
def feed_atom(query_data: ListingFilters) -> Response:
    """The newest 100 listings of a search as an Atom feed"""
    source = source_of(query_data)
    if isinstance(source, Response):
        return source
    return Response(as_atom(source), content_type="application/atom+xml; charset=utf-8")


@blueprint.get("/feed.json")
@public
@limiter.limit(limits.SEARCH, key_func=limits.user_or_client)
@blueprint.input(ListingFilters, location="query")
@blueprint.output(JsonFeed, content_type="application/feed+json", description="JSON Feed 1.1")
def feed_json(query_data: ListingFilters) -> Response:
    """The newest 100 listings of a search as a JSON feed"""
    source = source_of(query_data)
    if isinstance(source, Response):
        return source
    return Response(as_json(source), content_type="application/feed+json; charset=utf-8")
