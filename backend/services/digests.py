"""What a notification says: its matches, grouped by tracker, as the plain values a mail is written from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import distinct, func, select
from sqlalchemy.orm import Session, joinedload

from backend.domain.cadence import zone_of
from backend.domain.one_line import one_line
from backend.mail.digest import TITLE_LENGTH, Card, Digest, Group, web_link
from backend.models import Board, Company, Listing, Match, Notification, Tracker
from backend.settings import Settings

SHOWN = 100
PLACES = 4
FAILING_NAMED = 5


@dataclass(frozen=True, slots=True)
class Roles:
    """The matches of a mail, and the listings of the same role that stand on their cards."""

    matches: Sequence[Match]
    others: Mapping[int, Sequence[Listing]]

    def listings(self, match: Match) -> list[Listing]:
        return [match.listing, *self.others.get(match.id, ())]


def compose(session: Session, settings: Settings, notification: Notification) -> Digest | None:
    """The digest of a notification, as it is to be sent now; None: nothing is left of it. Reads only."""
    user = notification.user
    count = session.scalar(
        select(func.count(distinct(Match.listing_id))).where(Match.notification_id == notification.id)
    )
    if not count:
        return None
    matches = shown(session, notification.id)
    roles = Roles(matches, elsewhere(session, matches))
    groups = grouped(settings, roles, notification.created_at, user.time_zone)
    listed = sum(len(group.cards) for group in groups)
    base = settings.base_url
    return Digest(
        to=user.email,
        message_id=notification.message_id,
        date=notification.created_at,
        groups=groups,
        count=count,
        more=count - listed,
        trackers_link=groups[0].link if len(groups) == 1 else f"{base}/trackers",
        stop_link=f"{base}/unsubscribe/{notification.token}",
        post_link=f"{base}/api/unsubscribe/{notification.token}",
        host=urlsplit(base).hostname or "localhost",
        failing=failing(session, [match.listing.board_id for match in matches]),
    )


def shown(session: Session, notification_id: int) -> Sequence[Match]:
    """The matches of the newest listings, by tracker, then the newest first."""
    newest = (
        select(Match.listing_id)
        .where(Match.notification_id == notification_id)
        .group_by(Match.listing_id)
        .order_by(Match.listing_id.desc())
        .limit(SHOWN)
    )
    return session.scalars(
        select(Match)
        .join(Match.tracker)
        .where(Match.notification_id == notification_id, Match.listing_id.in_(newest))
        .options(
            joinedload(Match.tracker).joinedload(Tracker.query),
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


def grouped(settings: Settings, roles: Roles, now: datetime, zone: str) -> tuple[Group, ...]:
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
    trackers = {match.tracker_id: match.tracker for match in matches}
    return tuple(
        Group(
            name=trackers[tracker_id].name,
            query=one_line(trackers[tracker_id].query.canonical, TITLE_LENGTH),
            ends=day(trackers[tracker_id].expires_at, zone),
            link=f"{settings.base_url}/trackers/{tracker_id}",
            renew_link=f"{settings.base_url}/renew/{trackers[tracker_id].token}",
            stop_link=f"{settings.base_url}/unsubscribe/{trackers[tracker_id].token}",
            cards=tuple(
                card(settings, roles.listings(match), now, zone, tuple(also.get(match.listing_id, ())))
                for match in theirs
            ),
        )
        for tracker_id, theirs in by_tracker.items()
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


def places(role: Sequence[Listing]) -> str:
    texts = [one_line(str(place.get("text") or ""), 80) for listing in role for place in listing.locations]
    named = [text for text in dict.fromkeys(texts) if text]
    rest = len(named) - PLACES
    return "; ".join(named[:PLACES]) + (f" and {rest} more" if rest > 0 else "")


def facts(listing: Listing) -> tuple[str, ...]:
    words = (pay(listing), listing.work_mode, listing.employment_type, listing.level)
    return tuple(one_line(word.replace("_", " "), 80) for word in words if word)


def pay(listing: Listing) -> str | None:
    """As the listing says it, in its own currency and period: never converted."""
    low, high = listing.salary_min, listing.salary_max
    if low is None and high is None:
        return None
    if low is not None and high is not None and low != high:
        amount = f"{low:,.0f} to {high:,.0f}"
    elif low is not None:
        amount = f"{low:,.0f}" if high is not None else f"from {low:,.0f}"
    else:
        amount = f"up to {high:,.0f}"
    period = f"a {listing.salary_period}" if listing.salary_period else ""
    return " ".join(filter(None, (amount, listing.salary_currency, period)))


def age(listing: Listing, now: datetime, zone: str) -> str:
    verb, moment = ("posted", listing.posted_at) if listing.posted_at else ("found", listing.first_seen_at)
    days = (now.astimezone(zone_of(zone)).date() - moment.astimezone(zone_of(zone)).date()).days
    if days < 1:
        return f"{verb} today"
    return f"{verb} yesterday" if days == 1 else f"{verb} {days} days ago ({day(moment, zone)})"


def day(moment: datetime, zone: str) -> str:
    local = moment.astimezone(zone_of(zone))
    return f"{local.day} {local:%B %Y}"


def failing(session: Session, board_ids: Sequence[int]) -> tuple[str, ...]:
    """Companies whose boards these listings came from and that cannot be read at present."""
    names = session.scalars(
        select(Company.name)
        .join(Board, Board.company_id == Company.id)
        .where(Board.id.in_(set(board_ids)), Board.failing_since.is_not(None))
        .distinct()
        .order_by(Company.name)
        .limit(FAILING_NAMED)
    )
    return tuple(one_line(name, 80) for name in names)
