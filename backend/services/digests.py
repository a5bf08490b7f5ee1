"""What a notification says: its matches, grouped by tracker, as the plain values a mail is written from."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import distinct, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from backend.domain.one_line import one_line
from backend.mail.digest import TITLE_LENGTH, Card, Digest, Group, web_link
from backend.models import Listing, Match, Notification, Tracker
from backend.services import changed_cards, coverage
from backend.services.card_words import age, day, facts, places
from backend.services.changed_cards import ChangedCards
from backend.services.coverage import FailingBoard
from backend.settings import Settings

SHOWN = 100
FAILING_NAMED = 5


@dataclass(frozen=True, slots=True)
class Roles:
    """The matches of a mail, and the listings of the same role that stand on their cards."""

    matches: Sequence[Match]
    others: Mapping[int, Sequence[Listing]]

    def listings(self, match: Match) -> list[Listing]:
        return [match.listing, *self.others.get(match.id, ())]


def compose(
    session: Session, settings: Settings, notifications: Collection[Notification]
) -> dict[int, Digest]:
    """Digests as they are to be sent now, by notification; of some nothing is left. Reads only."""
    ids = [notification.id for notification in notifications]
    counts, matches = counted(session, ids), shown(session, ids)
    changed = changed_cards.compose_each(session, settings, notifications)
    held: dict[int, list[Match]] = {one: [] for one in ids}
    for match in matches:
        held[match.notification_id or 0].append(match)
    others = elsewhere(session, matches)
    trackers = {match.tracker_id: match.tracker for match in matches}
    trackers |= {key: value for cards in changed.values() for key, value in cards.trackers.items()}
    failing = coverage.failing_each(session, trackers.values())
    return {
        one.id: digest_of(settings, one, Roles(held[one.id], others), counts.get(one.id, 0), told, failing)
        for one in notifications
        if (told := changed.get(one.id, ChangedCards())).count or one.id in counts
    }


def digest_of(
    settings: Settings,
    notification: Notification,
    roles: Roles,
    count: int,
    changed: ChangedCards,
    failing: Mapping[int, Sequence[FailingBoard]],
) -> Digest:
    """`count` is of the listings of `roles` and of those not shown; `failing` are boards by tracker."""
    user, base = notification.user, settings.base_url
    trackers = {match.tracker_id: match.tracker for match in roles.matches} | changed.trackers
    groups = grouped(settings, roles, changed, notification.created_at, user.time_zone)
    listed = sum(len(group.cards) for group in groups)
    boards = coverage.sorted_boards(board for one in trackers for board in failing.get(one, ()))
    return Digest(
        to=user.email,
        message_id=notification.message_id,
        date=notification.created_at,
        groups=groups,
        count=count,
        changed=changed.count,
        more=count - listed + changed.more,
        trackers_link=groups[0].link if len(groups) == 1 else f"{base}/trackers",
        stop_link=f"{base}/unsubscribe/{notification.token}",
        post_link=f"{base}/api/unsubscribe/{notification.token}",
        host=urlsplit(base).hostname or "localhost",
        failing=tuple(said_of(board, user.time_zone) for board in boards[:FAILING_NAMED]),
        more_failing=max(0, len(boards) - FAILING_NAMED),
    )


def counted(session: Session, notification_ids: Collection[int]) -> dict[int | None, int]:
    """How many listings each notification holds, if any."""
    rows = session.execute(
        select(Match.notification_id, func.count(distinct(Match.listing_id)))
        .where(Match.notification_id.in_(notification_ids))
        .group_by(Match.notification_id)
    )
    return dict(rows.all())


def shown(session: Session, notification_ids: Collection[int]) -> Sequence[Match]:
    """The matches of each one's newest listings, by tracker, then the newest first."""
    place = func.dense_rank().over(partition_by=Match.notification_id, order_by=Match.listing_id.desc())
    ranked = select(Match.id, place.label("place")).where(Match.notification_id.in_(notification_ids))
    newest = ranked.subquery()
    return session.scalars(
        select(Match)
        .join(newest, newest.c.id == Match.id)
        .join(Match.tracker)
        .where(newest.c.place <= SHOWN)
        .options(
            contains_eager(Match.tracker).joinedload(Tracker.query),
            joinedload(Match.listing).joinedload(Listing.company),
            joinedload(Match.listing).joinedload(Listing.board),
        )
        .order_by(Tracker.name, Tracker.id, Match.listing_id.desc())
    ).all()


def elsewhere(session: Session, matches: Sequence[Match]) -> dict[int, list[Listing]]:
    """The other listings on a match's card, by its id: the same role in other places or on other boards."""
    found: dict[int, list[Listing]] = {}
    others = select(Match).where(Match.told_with_id.in_([match.id for match in matches]))
    for match in session.scalars(others.options(joinedload(Match.listing)).order_by(Match.id)):
        found.setdefault(match.told_with_id or 0, []).append(match.listing)
    return found


def grouped(
    settings: Settings, roles: Roles, changed: ChangedCards, now: datetime, zone: str
) -> tuple[Group, ...]:
    """A listing is shown once, under its first tracker; the others are named beside it."""
    matches = roles.matches
    homes: dict[int, int] = {}
    also: dict[int, list[str]] = {}
    by_tracker: dict[int, list[Match]] = {}
    for match in matches:
        by_tracker.setdefault(match.tracker_id, [])
        if homes.setdefault(match.listing_id, match.tracker_id) == match.tracker_id:
            by_tracker[match.tracker_id].append(match)
        else:
            also.setdefault(match.listing_id, []).append(match.tracker.name)
    trackers = {match.tracker_id: match.tracker for match in matches} | changed.trackers
    return tuple(
        Group(
            name=tracker.name,
            query=one_line(tracker.query.canonical, TITLE_LENGTH),
            ends=day(tracker.expires_at, zone),
            link=f"{settings.base_url}/trackers/{tracker.id}",
            renew_link=f"{settings.base_url}/renew/{tracker.token}",
            stop_link=f"{settings.base_url}/unsubscribe/{tracker.token}",
            cards=tuple(
                card(settings, roles.listings(match), now, zone, tuple(also.get(match.listing_id, ())))
                for match in by_tracker.get(tracker.id, ())
            ),
            changed=tuple(changed.by_tracker.get(tracker.id, ())),
        )
        for tracker in sorted(trackers.values(), key=lambda tracker: (tracker.name, tracker.id))
    )


def card(
    settings: Settings, role: Sequence[Listing], now: datetime, zone: str, also_in: tuple[str, ...]
) -> Card:
    """The card of a role: of its first open listing, with the places of all."""
    still_open = [listing for listing in role if listing.closed_at is None]
    listing = (still_open or role)[0]
    return Card(
        title=one_line(listing.title, TITLE_LENGTH),
        company=one_line(listing.company.name, TITLE_LENGTH),
        places=places(still_open or role),
        facts=facts(listing),
        age=age(listing, now, zone),
        source=one_line(listing.board.source, 40),
        link=f"{settings.base_url}/listings/{listing.id}",
        original=web_link(listing.url),
        closed=listing.closed_at is not None,
        also_in=also_in,
    )


def said_of(board: FailingBoard, zone: str) -> str:
    return f"{one_line(board.company, 80)} ({one_line(board.source, 40)}) since {day(board.since, zone)}"
