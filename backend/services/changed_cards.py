"""What a notification says of listings that its user was told of before: what became of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from sqlalchemy import Select, distinct, func, select
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload

from backend.domain.changes import Change, closed_after, in_words, net
from backend.domain.one_line import one_line
from backend.mail.digest import TITLE_LENGTH, Changed, web_link
from backend.models import Listing, ListingEvent, Match, MatchChange, Notification, Tracker
from backend.services.card_words import days_between, places
from backend.settings import Settings

SHOWN = 100
First = aliased(Match)
"""The match on whose card another of the same role stands; else the match itself."""


@dataclass(frozen=True, slots=True)
class ChangedCards:
    """The cards of each tracker, by its id. `count` is of all roles, `more` of those not shown."""

    by_tracker: dict[int, list[Changed]] = field(default_factory=dict)
    trackers: dict[int, Tracker] = field(default_factory=dict)
    count: int = 0
    more: int = 0


def compose_each(
    session: Session, settings: Settings, notifications: Collection[Notification]
) -> dict[int, ChangedCards]:
    """Of those notifications, by id, that tell of changes."""
    ids = [notification.id for notification in notifications]
    telling = select(MatchChange.notification_id).where(MatchChange.notification_id.in_(ids)).distinct()
    changed = set(session.scalars(telling))
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
    homes: dict[int, int] = {}
    also: dict[int, list[str]] = {}
    alike: dict[tuple[int, int, tuple[str, ...]], list[Match]] = {}
    for match, changes in by_match(rows):
        tracker = match.tracker
        if homes.setdefault(match.listing_id, tracker.id) != tracker.id:
            also.setdefault(match.listing_id, []).append(tracker.name)
        elif lines := lines_of(match.listing, changes, zone):
            alike.setdefault((tracker.id, match.told_with_id or match.id, lines), []).append(match)
    found: dict[int, list[Changed]] = {}
    for (tracker_id, _, lines), matches in alike.items():
        names = dict.fromkeys(name for match in matches for name in also.get(match.listing_id, ()))
        listings = [match.listing for match in matches]
        found.setdefault(tracker_id, []).append(card(settings, listings, lines, tuple(names)))
    if not found:
        return ChangedCards()
    for cards in found.values():
        cards.sort(key=lambda one: one.closed)  # what can still be applied for comes first
    trackers = {row.match.tracker_id: row.match.tracker for row in rows}
    return ChangedCards(found, trackers, count, more=count - roles)


def in_message(notification_id: int, column: Any) -> Select[Any]:
    """Of the changes of a message and the first matches of their roles."""
    found = select(column).select_from(MatchChange).join(Match, Match.id == MatchChange.match_id)
    found = found.join(First, First.id == func.coalesce(Match.told_with_id, Match.id))
    return found.where(MatchChange.notification_id == notification_id)


def shown(session: Session, notification_id: int) -> tuple[Sequence[MatchChange], int]:
    """The changes of the newest roles, by tracker and listing, in order; and how many roles there are."""
    newest = in_message(notification_id, First.listing_id).distinct().order_by(First.listing_id.desc())
    roles = session.scalars(newest.limit(SHOWN)).all()
    rows = session.scalars(
        in_message(notification_id, MatchChange)
        .join(Match.tracker)
        .join(Match.listing)
        .join(MatchChange.event)
        .where(First.listing_id.in_(roles))
        .options(
            contains_eager(MatchChange.event),
            contains_eager(MatchChange.match).options(
                contains_eager(Match.tracker).joinedload(Tracker.query),
                contains_eager(Match.listing).options(joinedload(Listing.company), joinedload(Listing.board)),
            ),
        )
        .order_by(Tracker.name, Tracker.id, Match.listing_id.desc(), ListingEvent.id)
    ).all()
    return rows, len(roles)


def by_match(rows: Sequence[MatchChange]) -> Iterator[tuple[Match, list[Change]]]:
    for _, of_one in groupby(rows, lambda row: row.match_id):
        same = list(of_one)
        events = [row.event for row in same]
        yield same[0].match, [Change(event.what, event.before, event.after) for event in events]


def lines_of(listing: Listing, changes: Sequence[Change], zone: str) -> tuple[str, ...]:
    """What became of a listing; of one that closed no more than that."""
    if listing.closed_at is not None and any(change.what == "closed" for change in changes):
        begun = listing.posted_at or listing.first_seen_at
        return (closed_after(days_between(begun, listing.closed_at, zone)),)
    return tuple(in_words(change) for change in net(changes) if change.what != "closed")


def card(
    settings: Settings, listings: Sequence[Listing], lines: tuple[str, ...], also_in: tuple[str, ...]
) -> Changed:
    listing = listings[0]
    return Changed(
        title=one_line(listing.title, TITLE_LENGTH),
        company=one_line(listing.company.name, TITLE_LENGTH),
        places=places(listings),
        lines=lines,
        source=one_line(listing.board.source, 40),
        link=f"{settings.base_url}/listings/{listing.id}",
        original=None if listing.closed_at else web_link(listing.url),
        closed=listing.closed_at is not None,
        also_in=also_in,
    )
