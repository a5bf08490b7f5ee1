"""How feeds are written: Atom (RFC 4287) and JSON Feed 1.1, of entries that are listings with their text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Literal
from urllib.parse import urlsplit

from lxml import etree
from lxml.builder import ElementMaker
from pydantic import Field

from backend.api.schema import Answer, Moment, zulu
from backend.domain.richtext import sanitise, without_control
from backend.models import Listing

NEWEST = 100
ATOM = "http://www.w3.org/2005/Atom"
ATOM_TYPE = "application/atom+xml"
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
class Entry:
    """A listing with its sanitised text. `others` are of the same role: only their places are named.

    `of` is the listing after which the entry is called: it stays when another comes to stand for the role.
    """

    listing: Listing
    of: Listing
    text: str
    published: datetime
    updated: datetime
    others: Sequence[Listing] = ()

    @property
    def title(self) -> str:
        return without_control(f"{self.listing.title} – {self.listing.company.name}")

    @property
    def summary(self) -> str:
        """Stripe · Berlin, Paris · remote · senior · EUR 70,000–90,000 a year"""
        listing = self.listing
        named = [place.get("text") or "" for one in (listing, *self.others) for place in one.locations]
        places = ", ".join([place for place in dict.fromkeys(named) if place][:5])
        facts = (listing.company.name, places, *self.tags[:3], pay_of(listing))
        return without_control(" · ".join(fact for fact in facts if fact))

    @property
    def tags(self) -> list[str]:
        """Mode, type, level, then countries; what is not known is left out."""
        listing = self.listing
        known = (listing.work_mode, listing.employment_type, listing.level)
        places = [place for one in (listing, *self.others) for place in one.locations]
        countries = sorted({code for place in places if (code := place.get("country"))})
        return [fact.replace("_", " ") for fact in known if fact] + countries

    @property
    def html(self) -> str:
        """Sanitised once more; where the source gives no text, what is known in a line."""
        return sanitise(self.text) or f"<p>{escape(self.summary)}</p>"


@dataclass(frozen=True, slots=True)
class Feed:
    """`id` is its name for good, `own` where it is read, `page` the same for people."""

    title: str
    description: str
    id: str
    own: str
    page: str
    base_url: str
    entries: Sequence[Entry]

    def page_of(self, entry: Entry) -> str:
        return f"{self.base_url}/listings/{entry.listing.id}"

    def id_of(self, entry: Entry) -> str:
        return tag_uri(self.base_url, entry.of.first_seen_at, f"listings/{entry.of.id}")


def tag_uri(base_url: str, since: datetime, name: str) -> str:
    """RFC 4151: it stays when the site moves to https or another port."""
    return f"tag:{urlsplit(base_url).hostname or 'localhost'},{since:%Y-%m-%d}:{name}"


def pay_of(listing: Listing) -> str:
    ends = [f"{pay:,.0f}" for pay in (listing.salary_min, listing.salary_max) if pay is not None]
    if not ends:
        return ""
    currency, period = listing.salary_currency or "", listing.salary_period
    return f"{currency} {'–'.join(dict.fromkeys(ends))}{f' a {period}' if period else ''}".strip()


def published(listing: Listing) -> datetime:
    return listing.posted_at or listing.first_seen_at


def modified(listing: Listing) -> datetime:
    return max(listing.changed_at, published(listing))


def as_json(feed: Feed) -> str:
    items = [
        JsonFeedItem(
            id=feed.id_of(entry),
            url=feed.page_of(entry),
            external_url=entry.listing.url,
            title=entry.title,
            content_html=entry.html,
            summary=entry.summary,
            date_published=entry.published,
            date_modified=entry.updated,
            authors=[Author(name=entry.listing.company.name)],
            tags=entry.tags,
        )
        for entry in feed.entries
    ]
    return JsonFeed(
        title=feed.title,
        home_page_url=feed.page,
        feed_url=feed.own,
        description=feed.description,
        items=items,
    ).model_dump_json()


def as_atom(feed: Feed) -> bytes:
    updated = max((entry.updated for entry in feed.entries), default=NOTHING_YET)
    root = E.feed(
        E.id(feed.id),
        E.title(without_control(feed.title)),
        E.subtitle(feed.description),
        E.updated(zulu(updated)),
        E.author(E.name("Job Tracker")),
        E.link(rel="self", type=ATOM_TYPE, href=feed.own),
        E.link(rel="alternate", type="text/html", href=feed.page),
        *(atom_entry(feed, entry) for entry in feed.entries),
    )
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def atom_entry(feed: Feed, entry: Entry) -> etree._Element:
    return E.entry(
        E.id(feed.id_of(entry)),
        E.title(entry.title),
        E.link(rel="alternate", type="text/html", href=feed.page_of(entry)),
        E.link(rel="related", href=without_control(entry.listing.url)),
        E.published(zulu(entry.published)),
        E.updated(zulu(entry.updated)),
        E.author(E.name(without_control(entry.listing.company.name))),
        *(E.category(term=tag) for tag in entry.tags),
        E.summary(entry.summary),
        E.content(entry.html, type="html"),
    )
