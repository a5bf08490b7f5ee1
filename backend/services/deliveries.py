"""The delivery log: each message to a user, what it told of, and how its delivery went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from sqlalchemy import ColumnElement, distinct, exists, func, or_, select, union
from sqlalchemy.orm import Session, joinedload

from backend.models import Listing, ListingEvent, Match, MatchChange, Notification, Tracker
from backend.services import trackers
from backend.services.match_lists import WITH_LISTING
from backend.services.tellings import Progress, View, progress_of


class NoSuchDelivery(LookupError):
    """There is none with this id, or it went to another user."""


@dataclass(slots=True)
class Delivery:
    """A message, of how many new and of how many changed listings it tells, and its trackers by name.

    Trackers that were deleted for good are gone from it, with what they found.
    """

    notification: Notification
    progress: Progress
    listing_count: int = 0
    change_count: int = 0
    trackers: list[Tracker] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Changed:
    """A listing that a tracker had told of before, and what became of it since, in order."""

    match: Match
    events: Sequence[ListingEvent]

    @property
    def listing(self) -> Listing:
        return self.match.listing


def page(
    session: Session, view: View, tracker_id: int | None, before: int | None, limit: int
) -> tuple[list[Delivery], int | None]:
    """The newest first, of one tracker or all, and what to pass as `before` for the next page.

    Raises NoSuchTracker.
    """
    query = select(Notification).where(Notification.user_id == view.user.id)
    if tracker_id is not None:
        trackers.get(session, view.user.id, tracker_id)
        query = query.where(told_of(tracker_id))
    if before is not None:
        query = query.where(Notification.id < before)
    query = query.options(joinedload(Notification.channel)).order_by(Notification.id.desc())
    found = session.scalars(query.limit(limit + 1)).all()
    more = found[limit - 1].id if len(found) > limit else None
    return described(session, view, found[:limit]), more


def get(session: Session, view: View, delivery_id: int) -> Delivery:
    """One to this user. Raises NoSuchDelivery."""
    query = select(Notification).where(Notification.id == delivery_id, Notification.user_id == view.user.id)
    found = session.scalars(query.options(joinedload(Notification.channel))).all()
    if not found:
        raise NoSuchDelivery(delivery_id)
    return described(session, view, found)[0]


def changes_of(
    session: Session, view: View, delivery_id: int, before: int | None, limit: int
) -> tuple[list[Changed], int | None]:
    """What a message told of listings told before, the newest first, and `before` for the next page."""
    page = (
        select(MatchChange.match_id)
        .join(Match, Match.id == MatchChange.match_id)
        .where(MatchChange.notification_id == delivery_id, Match.user_id == view.user.id)
        .distinct()
        .order_by(MatchChange.match_id.desc())
        .limit(limit + 1)
    )
    ids = session.scalars(page if before is None else page.where(MatchChange.match_id < before)).all()
    shown = ids[:limit]
    rows = session.scalars(
        select(MatchChange)
        .where(MatchChange.notification_id == delivery_id, MatchChange.match_id.in_(shown))
        .options(joinedload(MatchChange.event))
        .order_by(MatchChange.match_id.desc(), MatchChange.event_id)
    )
    events = {match_id: [row.event for row in of_one] for match_id, of_one in groupby(rows, key=match_of)}
    loaded = (*WITH_LISTING, joinedload(Match.tracker))
    matches = session.scalars(select(Match).where(Match.id.in_(shown)).options(*loaded))
    found = [Changed(match, events[match.id]) for match in sorted(matches, key=lambda one: -one.id)]
    return found, ids[limit - 1] if len(ids) > limit else None


def match_of(change: MatchChange) -> int:
    return change.match_id


def told_of(tracker_id: int) -> ColumnElement[bool]:
    found = exists().where(Match.notification_id == Notification.id, Match.tracker_id == tracker_id)
    changed = exists().where(
        MatchChange.notification_id == Notification.id, MatchChange.tracker_id == tracker_id
    )
    return or_(Notification.tracker_id == tracker_id, found, changed)


def described(session: Session, view: View, found: Sequence[Notification]) -> list[Delivery]:
    log: dict[int | None, Delivery] = {one.id: Delivery(one, progress_of(one, view)) for one in found}
    ids = [one.id for one in found]
    listings = func.count(distinct(Match.listing_id))
    told = select(Match.notification_id, listings).where(Match.notification_id.in_(ids))
    for notification_id, count in session.execute(told.group_by(Match.notification_id)):
        log[notification_id].listing_count = count
    changed = select(MatchChange.notification_id, listings).join(Match, Match.id == MatchChange.match_id)
    changed = changed.where(MatchChange.notification_id.in_(ids)).group_by(MatchChange.notification_id)
    for notification_id, count in session.execute(changed):
        log[notification_id].change_count = count
    for notification_id, tracker in named(session, ids):
        log[notification_id].trackers.append(tracker)
    return list(log.values())


def named(session: Session, ids: Sequence[int]) -> list[tuple[int, Tracker]]:
    """The trackers of each message: those of its matches and changes, or the one whose end it announces."""
    pairs = union(
        select(Match.notification_id.label("id"), Match.tracker_id).where(Match.notification_id.in_(ids)),
        select(MatchChange.notification_id, MatchChange.tracker_id).where(
            MatchChange.notification_id.in_(ids)
        ),
        select(Notification.id, Notification.tracker_id).where(Notification.id.in_(ids)),
    ).subquery()
    rows = (
        select(pairs.c.id, Tracker)
        .join(Tracker, Tracker.id == pairs.c.tracker_id)
        .order_by(Tracker.name, Tracker.id)
    )
    return [(notification_id, tracker) for notification_id, tracker in session.execute(rows)]
