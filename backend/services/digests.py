"""What a notification says: its matches, grouped by tracker, as the plain values a mail is written from."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import NamedTuple
from urllib.parse import urlsplit

from sqlalchemy import distinct, func, select
from sqlalchemy.orm import Session

from backend.domain.one_line import one_line
from backend.mail.digest import TITLE_LENGTH, Card, Digest, Group, web_link
from backend.models import Match, Notification, SavedQuery, Tracker
from backend.services import card_listings, changed_cards, coverage
from backend.services.among import among
from backend.services.card_listings import CardListing
from backend.services.card_words import age, day, facts, places
from backend.services.changed_cards import ChangedCards
from backend.services.coverage import FailingBoard
from backend.settings import Settings

SHOWN = 100
FAILING_NAMED = 5


class Held(NamedTuple):
    """A match in a message."""

    id: int
    notification_id: int
    tracker_id: int
    listing_id: int


class Heading(NamedTuple):
    """What a message says of a tracker."""

    id: int
    name: str
    token: str
    expires_at: datetime
    query: str


@dataclass(frozen=True, slots=True)
class Envelope:
    """Of a notification what stands on it, whatever it holds. `zone` is its user's."""

    id: int
    message_id: str
    token: str
    date: datetime
    to: str
    zone: str


@dataclass(frozen=True, slots=True)
class Read:
    """What messages are made of: matches by message, listings and headings by id, failing boards by tracker.

    `elsewhere` are the listings of the same role that stand on the card of a match.
    """

    matches: Mapping[int, Sequence[Held]]
    listings: Mapping[int, CardListing]
    elsewhere: Mapping[int, Sequence[int]]
    headings: Mapping[int, Heading]
    failing: Mapping[int, Sequence[FailingBoard]]

    def role(self, match: Held) -> list[CardListing]:
        others = (self.listings.get(one) for one in self.elsewhere.get(match.id, ()))
        return [self.listings[match.listing_id], *(one for one in others if one is not None)]


def compose(
    session: Session, settings: Settings, notifications: Collection[Notification]
) -> dict[int, Callable[[], Digest]]:
    """What writes the digests as they are to be sent now, by notification; of some nothing is left.

    All that they say is read here.
    """
    ids = [notification.id for notification in notifications]
    counts = counted(session, ids)
    changed = changed_cards.compose_each(session, settings, notifications)
    with_changes = {tracker_id for cards in changed.values() for tracker_id in cards.by_tracker}
    read = read_all(session, ids, with_changes)
    return {
        one.id: partial(digest_of, settings, envelope_of(one), counts.get(one.id, 0), told, read)
        for one in notifications
        if (told := changed.get(one.id, ChangedCards())).count or one.id in counts
    }


def envelope_of(one: Notification) -> Envelope:
    return Envelope(one.id, one.message_id, one.token, one.created_at, one.user.email, one.user.time_zone)


def read_all(session: Session, notification_ids: Collection[int], with_changes: Collection[int]) -> Read:
    """`with_changes` are trackers of which something else is told. Leaves out what is removed meanwhile."""
    matches = shown(session, notification_ids)
    others = elsewhere(session, [match.id for match in matches])
    listings = card_listings.read(session, {match.listing_id for match in matches}.union(*others.values()))
    trackers = headings(session, {match.tracker_id for match in matches}.union(with_changes))
    failing = coverage.failing_each(session, {one.id: one.query for one in trackers.values()})
    by_message: dict[int, list[Held]] = {one: [] for one in notification_ids}
    for match in matches:
        if match.listing_id in listings and match.tracker_id in trackers:
            by_message[match.notification_id].append(match)
    return Read(by_message, listings, others, trackers, failing)


def digest_of(
    settings: Settings, envelope: Envelope, count: int, changed: ChangedCards, read: Read
) -> Digest:
    """`count` is of the listings that are shown and of the others."""
    base, zone = settings.base_url, envelope.zone
    matches = read.matches[envelope.id]
    groups = grouped(base, matches, changed, read, envelope.date, zone)
    listed = sum(len(group.cards) for group in groups)
    trackers = {match.tracker_id for match in matches}.union(changed.by_tracker)
    boards = coverage.sorted_boards(board for one in trackers for board in read.failing.get(one, ()))
    return Digest(
        to=envelope.to,
        message_id=envelope.message_id,
        date=envelope.date,
        groups=groups,
        count=count,
        changed=changed.count,
        more=count - listed + changed.more,
        trackers_link=groups[0].link if len(groups) == 1 else f"{base}/trackers",
        stop_link=f"{base}/unsubscribe/{envelope.token}",
        post_link=f"{base}/api/unsubscribe/{envelope.token}",
        host=urlsplit(base).hostname or "localhost",
        failing=tuple(said_of(board, zone) for board in boards[:FAILING_NAMED]),
        more_failing=max(0, len(boards) - FAILING_NAMED),
    )


def counted(session: Session, notification_ids: Collection[int]) -> dict[int | None, int]:
    """How many listings each notification holds, if any."""
    rows = session.execute(
        select(Match.notification_id, func.count(distinct(Match.listing_id)))
        .where(among(session, Match.notification_id, notification_ids))
        .group_by(Match.notification_id)
    )
    return dict(rows.all())


def shown(session: Session, notification_ids: Collection[int]) -> list[Held]:
    """The matches of each one's newest listings, by tracker, then the newest first."""
    place = func.dense_rank().over(partition_by=Match.notification_id, order_by=Match.listing_id.desc())
    columns = Match.id, Match.notification_id, Match.tracker_id, Match.listing_id, place.label("place")
    ranked = select(*columns).where(among(session, Match.notification_id, notification_ids)).subquery()
    rows = session.execute(
        select(ranked.c.id, ranked.c.notification_id, ranked.c.tracker_id, ranked.c.listing_id)
        .join(Tracker, Tracker.id == ranked.c.tracker_id)
        .where(ranked.c.place <= SHOWN)
        .order_by(Tracker.name, Tracker.id, ranked.c.listing_id.desc())
    )
    return [Held(*row) for row in rows]


def elsewhere(session: Session, match_ids: Collection[int]) -> dict[int, list[int]]:
    """The other listings on a match's card, by its id: the same role in other places or on other boards."""
    found: dict[int, list[int]] = {}
    others = select(Match.told_with_id, Match.listing_id).where(among(session, Match.told_with_id, match_ids))
    for match_id, listing_id in session.execute(others.order_by(Match.id)):
        found.setdefault(match_id or 0, []).append(listing_id)
    return found


def headings(session: Session, tracker_ids: Collection[int]) -> dict[int, Heading]:
    columns = select(Tracker.id, Tracker.name, Tracker.token, Tracker.expires_at, SavedQuery.canonical)
    rows = columns.join(SavedQuery, SavedQuery.id == Tracker.query_id)
    chosen = rows.where(among(session, Tracker.id, tracker_ids))
    return {row.id: row for row in map(Heading._make, session.execute(chosen))}


def grouped(
    base: str,
    matches: Sequence[Held],
    changed: ChangedCards,
    read: Read,
    now: datetime,
    zone: str,
) -> tuple[Group, ...]:
    """A listing is shown once, under its first tracker; the others are named beside it."""
    homes: dict[int, int] = {}
    also: dict[int, list[str]] = {}
    by_tracker: dict[int, list[Held]] = {one: [] for one in changed.by_tracker}
    for match in matches:
        here = by_tracker.setdefault(match.tracker_id, [])
        if homes.setdefault(match.listing_id, match.tracker_id) == match.tracker_id:
            here.append(match)
        else:
            also.setdefault(match.listing_id, []).append(read.headings[match.tracker_id].name)
    trackers = [read.headings[one] for one in by_tracker if one in read.headings]
    return tuple(
        Group(
            tracker_id=tracker.id,
            name=tracker.name,
            query=one_line(tracker.query, TITLE_LENGTH),
            ends=day(tracker.expires_at, zone),
            link=f"{base}/trackers/{tracker.id}",
            renew_link=f"{base}/renew/{tracker.token}",
            stop_link=f"{base}/unsubscribe/{tracker.token}",
            cards=tuple(
                card(base, read.role(match), now, zone, tuple(also.get(match.listing_id, ())))
                for match in by_tracker[tracker.id]
            ),
            changed=tuple(changed.by_tracker.get(tracker.id, ())),
        )
        for tracker in sorted(trackers, key=lambda tracker: (tracker.name, tracker.id))
    )


def card(base: str, role: Sequence[CardListing], now: datetime, zone: str, also_in: tuple[str, ...]) -> Card:
    """The card of a role: of its first open listing, with the places of all."""
    still_open = [listing for listing in role if listing.closed_at is None]
    listing = (still_open or role)[0]
    return Card(
        listing_id=listing.id,
        title=one_line(listing.title, TITLE_LENGTH),
        company=one_line(listing.company, TITLE_LENGTH),
        places=places(still_open or role),
        facts=facts(listing),
        age=age(listing, now, zone),
        source=one_line(listing.source, 40),
        link=f"{base}/listings/{listing.id}",
        original=web_link(listing.url),
        closed=listing.closed_at is not None,
        also_in=also_in,
    )


def said_of(board: FailingBoard, zone: str) -> str:
    return f"{one_line(board.company, 80)} ({one_line(board.source, 40)}) since {day(board.since, zone)}"
