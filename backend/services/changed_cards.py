"""What a notification says of listings that its user was told of before: what became of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Select, distinct, func, select
from sqlalchemy.orm import Session, aliased

from backend.domain.changes import Change, closed_after, in_words, net
from backend.domain.one_line import one_line
from backend.mail.digest import TITLE_LENGTH, Changed, web_link
from backend.models import ListingEvent, Match, MatchChange, Notification, Tracker
from backend.services import card_listings
from backend.services.among import among
from backend.services.card_listings import CardListing
from backend.services.card_words import days_between, places
from backend.settings import Settings

SHOWN = 100
First = aliased(Match)
"""The match on whose card another of the same role stands; else the match itself."""


class Became(NamedTuple):
    """A change in a message. `role_id` is the first match of its role."""

    match_id: int
    role_id: int
    listing_id: int
    tracker_id: int
    tracker: str
    what: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class ChangedCards:
    """The cards of each tracker, by its id; of one whose listings stand under another's there are none.

    `count` is of all roles, `more` of those not shown.
    """

    by_tracker: dict[int, list[Changed]] = field(default_factory=dict)
    count: int = 0
    more: int = 0


def compose_each(
    session: Session, settings: Settings, notifications: Collection[Notification]
) -> dict[int, ChangedCards]:
    """Of those notifications, by id, that tell of changes."""
    ids = [notification.id for notification in notifications]
    telling = select(MatchChange.notification_id).where(among(session, MatchChange.notification_id, ids))
    changed = set(session.scalars(telling.distinct()))
    return {
        one.id: compose(session, settings, one.id, one.user.time_zone)
        for one in notifications
        if one.id in changed
    }


def compose(session: Session, settings: Settings, notification_id: int, zone: str) -> ChangedCards:
    """Reads only. A listing is shown once, under its first tracker; the others are named beside it.

    Listings of one role of which the same became are one card.
    """
    count = session.scalar(in_message(notification_id, func.count(distinct(First.listing_id))))
    if not count:
        return ChangedCards()
    rows, roles = shown(session, notification_id)
    listings = card_listings.read(session, {row.listing_id for row in rows})
    homes: dict[int, int] = {}
    also: dict[int, list[str]] = {}
    alike: dict[tuple[int, int, tuple[str, ...]], list[CardListing]] = {}
    for row, changes in by_match(rows):
        listing = listings.get(row.listing_id)
        if listing is None:  # removed meanwhile
            continue
        if homes.setdefault(listing.id, row.tracker_id) != row.tracker_id:
            also.setdefault(listing.id, []).append(row.tracker)
        elif lines := lines_of(listing, changes, zone):
            alike.setdefault((row.tracker_id, row.role_id, lines), []).append(listing)
    if not alike:
        return ChangedCards()
    found: dict[int, list[Changed]] = {row.tracker_id: [] for row in rows}
    for (tracker_id, _, lines), role in alike.items():
        names = dict.fromkeys(name for listing in role for name in also.get(listing.id, ()))
        found[tracker_id].append(card(settings, role, lines, tuple(names)))
    for cards in found.values():
        cards.sort(key=lambda one: one.closed)  # what can still be applied for comes first
    return ChangedCards(found, count, more=count - roles)


def in_message(notification_id: int, *columns: Any) -> Select[*tuple[Any, ...]]:
    """Of the changes of a message and the first matches of their roles."""
    found = select(*columns).select_from(MatchChange).join(Match, Match.id == MatchChange.match_id)
    found = found.join(First, First.id == func.coalesce(Match.told_with_id, Match.id))
    return found.where(MatchChange.notification_id == notification_id)


def shown(session: Session, notification_id: int) -> tuple[list[Became], int]:
    """The changes of the newest roles, by tracker and listing, in order; and how many roles there are."""
    newest = in_message(notification_id, First.listing_id).distinct().order_by(First.listing_id.desc())
    roles = session.scalars(newest.limit(SHOWN)).all()
    of_tracker = Match.id, First.id, Match.listing_id, Tracker.id, Tracker.name
    rows = session.execute(
        in_message(notification_id, *of_tracker, ListingEvent.what, ListingEvent.before, ListingEvent.after)
        .join(Tracker, Tracker.id == Match.tracker_id)
        .join(ListingEvent, ListingEvent.id == MatchChange.event_id)
        .where(First.listing_id.in_(roles))
        .order_by(Tracker.name, Tracker.id, Match.listing_id.desc(), ListingEvent.id)
    )
    return [Became(*row) for row in rows], len(roles)


def by_match(rows: Sequence[Became]) -> Iterator[tuple[Became, list[Change]]]:
    for _, of_one in groupby(rows, lambda row: row.match_id):
        same = list(of_one)
        yield same[0], [Change(row.what, row.before, row.after) for row in same]


def lines_of(listing: CardListing, changes: Sequence[Change], zone: str) -> tuple[str, ...]:
    """What became of a listing; of one that closed no more than that."""
    if listing.closed_at is not None and any(change.what == "closed" for change in changes):
        begun = listing.posted_at or listing.first_seen_at
        return (closed_after(days_between(begun, listing.closed_at, zone)),)
    return tuple(in_words(change) for change in net(changes) if change.what != "closed")


def card(
    settings: Settings, listings: Sequence[CardListing], lines: tuple[str, ...], also_in: tuple[str, ...]
) -> Changed:
    listing = listings[0]
    return Changed(
        listing_id=listing.id,
        title=one_line(listing.title, TITLE_LENGTH),
        company=one_line(listing.company, TITLE_LENGTH),
        places=places(listings),
        lines=lines,
        source=one_line(listing.source, 40),
        link=f"{settings.base_url}/listings/{listing.id}",
        original=None if listing.closed_at else web_link(listing.url),
        closed=listing.closed_at is not None,
        also_in=also_in,
    )
