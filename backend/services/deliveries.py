"""The delivery log: each message to a user, what it told of, and how its delivery went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, distinct, exists, func, or_, select, union
from sqlalchemy.orm import Session

from backend.models import Match, Notification, Tracker
from backend.services import trackers
from backend.services.tellings import DeliveryState, delivery_state, next_try


class NoSuchDelivery(LookupError):
    """There is none with this id, or it went to another user."""


@dataclass(slots=True)
class Delivery:
    """A message, how many listings it tells of, and its trackers by name, as far as they are kept.

    `next_try_at`: of one that is to be sent again.
    """

    notification: Notification
    state: DeliveryState
    next_try_at: datetime | None
    listing_count: int = 0
    trackers: list[Tracker] = field(default_factory=list)


def page(
    session: Session, user_id: int, tracker_id: int | None, before: int | None, limit: int, now: datetime
) -> tuple[list[Delivery], int | None]:
    """The newest first, of one tracker or all, and what to pass as `before` for the next page.

    Raises NoSuchTracker.
    """
    query = select(Notification).where(Notification.user_id == user_id)
    if tracker_id is not None:
        trackers.get(session, user_id, tracker_id)
        query = query.where(told_of(tracker_id))
    if before is not None:
        query = query.where(Notification.id < before)
    found = session.scalars(query.order_by(Notification.id.desc()).limit(limit + 1)).all()
    more = found[limit - 1].id if len(found) > limit else None
    return described(session, found[:limit], now), more


def get(session: Session, user_id: int, delivery_id: int, now: datetime) -> Delivery:
    """One to this user. Raises NoSuchDelivery."""
    query = select(Notification).where(Notification.id == delivery_id, Notification.user_id == user_id)
    found = session.scalars(query).all()
    if not found:
        raise NoSuchDelivery(delivery_id)
    return described(session, found, now)[0]


def told_of(tracker_id: int) -> ColumnElement[bool]:
    held = exists().where(Match.notification_id == Notification.id, Match.tracker_id == tracker_id)
    return or_(Notification.tracker_id == tracker_id, held)


def described(session: Session, found: Sequence[Notification], now: datetime) -> list[Delivery]:
    log: dict[int | None, Delivery] = {one.id: started(one, now) for one in found}
    ids = [one.id for one in found]
    counts = (
        select(Match.notification_id, func.count(distinct(Match.listing_id)))
        .where(Match.notification_id.in_(ids))
        .group_by(Match.notification_id)
    )
    for notification_id, count in session.execute(counts):
        log[notification_id].listing_count = count
    for notification_id, tracker in named(session, ids):
        log[notification_id].trackers.append(tracker)
    return list(log.values())


def started(notification: Notification, now: datetime) -> Delivery:
    state = delivery_state(notification, now)
    again = next_try(notification) if state is DeliveryState.RETRYING else None
    return Delivery(notification, state, again)


def named(session: Session, ids: Sequence[int]) -> list[tuple[int, Tracker]]:
    """The trackers of each message, by name: those of its matches, or the one whose end it announces."""
    held = select(Match.notification_id.label("id"), Match.tracker_id).where(Match.notification_id.in_(ids))
    about = select(Notification.id, Notification.tracker_id).where(Notification.id.in_(ids))
    pairs = union(held, about).subquery()
    rows = (
        select(pairs.c.id, Tracker)
        .join(Tracker, Tracker.id == pairs.c.tracker_id)
        .order_by(Tracker.name, Tracker.id)
    )
    return [(notification_id, tracker) for notification_id, tracker in session.execute(rows)]
