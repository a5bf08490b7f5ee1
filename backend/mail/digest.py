"""The digest: new listings of a user's trackers, as one mail.

Everything scraped is one line of plain text here and escaped in the template; links are http(s) or left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from backend.domain.one_line import one_line
from backend.mail.letter import Letter
from backend.mail.rendering import render

TITLE_LENGTH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutListing:
    """What is said of every listing. `also_in` names the other trackers that found it."""

    listing_id: int
    title: str
    company: str
    places: str
    source: str
    link: str
    original: str | None
    closed: bool
    also_in: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Card(AboutListing):
    """A new listing. `facts` are short words after the places: pay, mode, type."""

    facts: tuple[str, ...]
    age: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed(AboutListing):
    """What became of a listing that was told before. `lines` say it, as "Closed after 23 days"."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A tracker, what it found, and what became of what it had found."""

    tracker_id: int
    name: str
    query: str
    ends: str
    link: str
    renew_link: str
    stop_link: str
    cards: tuple[Card, ...]
    changed: tuple[Changed, ...] = ()


@dataclass(frozen=True, slots=True)
class Digest:
    """A mail before it is written. `count` is of all new listings, `changed` of those told before.

    `more` are those not shown in it. `failing` are lines about boards; `more_failing` are boards not named.
    """

    to: str
    message_id: str
    date: datetime
    groups: tuple[Group, ...]
    count: int
    more: int
    trackers_link: str
    stop_link: str
    post_link: str
    host: str
    failing: tuple[str, ...] = ()
    more_failing: int = 0
    changed: int = 0


def web_link(url: str) -> str | None:
    """An address that may stand in a mail, or None: only http(s), and nothing that breaks a line."""
    clean = one_line(url, 2000)
    return clean if clean.lower().startswith(("http:", "https:")) and " " not in clean else None


def letter(digest: Digest) -> Letter:
    """The mail, with the headers that let one click stop it (RFC 8058) and a filter sort it (RFC 2919)."""
    return Letter(
        to=digest.to,
        subject=subject(digest),
        text=render("digest.txt", digest=digest, headline=headline(digest)),
        html=render("digest.html", digest=digest, headline=headline(digest)),
        message_id=digest.message_id,
        date=digest.date,
        headers={
            "List-Id": f"Job Tracker digests <trackers.{digest.host}>",
            "List-Unsubscribe": f"<{digest.post_link}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )


def headline(digest: Digest) -> str:
    where = digest.groups[0].name if len(digest.groups) == 1 else f"{len(digest.groups)} trackers"
    return f"{what(digest.count, digest.changed)} for {where}"


def what(new: int, changed: int) -> str:
    """`3 new listings and 1 changed one`"""
    if not changed:
        return f"{new} new listing{'' if new == 1 else 's'}"
    many = "" if changed == 1 else "s"
    if not new:
        return f"{changed} changed listing{many}"
    return f"{what(new, 0)} and {changed} changed one{many}"


def subject(digest: Digest) -> str:
    """Of a single listing its title and company."""
    if digest.count + digest.changed != 1:
        return headline(digest)
    if digest.count:
        card = next(card for group in digest.groups for card in group.cards)
        return f"{card.title} at {card.company}"
    changed = next(changed for group in digest.groups for changed in group.changed)
    return f"{'Closed' if changed.closed else 'Changed'}: {changed.title} at {changed.company}"
