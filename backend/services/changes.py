"""Telling what became of listings: in the same message as new matches, claimed and marked with them.

A change is told once, and only after the listing itself. What was undone before it could be told is no news.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from backend.models import BY_HAND, Listing, ListingEvent, Match, MatchChange
from backend.services.among import among, pairs

Trackers = Select[int]
"""Ids of trackers."""


def waiting() -> ColumnElement[bool]:
    return MatchChange.notification_id.is_(None)


def untold(now: datetime) -> ColumnElement[bool]:
    """To be told now, if the tracker tells. Rows of MatchChange joined with Match."""
    return and_(waiting(), MatchChange.due_at <= now, Match.told_at.is_not(None))


def tellers(session: Session, trackers: Trackers, now: datetime) -> set[int]:
    """Of these trackers those with something to tell now, once what came to nothing is forgotten.

    In the caller's writing transaction, which is to be committed either way.
    """
    mine = select(MatchChange.tracker_id).where(waiting(), MatchChange.tracker_id.in_(trackers))
    if session.scalar(mine.limit(1)) is None:
        return set()
    settle(session, trackers)
    due = mine.join(Match, Match.id == MatchChange.match_id).where(untold(now))
    return set(session.scalars(due.distinct()))


def forget_waiting(session: Session, *chosen: ColumnElement[bool]) -> None:
    """What of these rows is in no message yet is told to nobody. They may also be chosen by their matches."""
    mine = select(MatchChange.id).join(Match, Match.id == MatchChange.match_id).where(waiting(), *chosen)
    session.execute(delete(MatchChange).where(MatchChange.id.in_(mine)), execution_options=BY_HAND)


def settle(session: Session, trackers: Trackers) -> None:
    """Forget what was undone before it could be told."""
    mine = and_(waiting(), MatchChange.tracker_id.in_(trackers))
    whole = (
        select(
            MatchChange.match_id,
            ListingEvent.what,
            func.min(ListingEvent.id).label("first"),
            func.max(ListingEvent.id).label("last"),
        )
        .join(ListingEvent, ListingEvent.id == MatchChange.event_id)
        .where(mine)
        .group_by(MatchChange.match_id, ListingEvent.what)
        .subquery()
    )
    first, last = aliased(ListingEvent), aliased(ListingEvent)
    undone = (
        select(MatchChange.id)
        .join(ListingEvent, ListingEvent.id == MatchChange.event_id)
        .join(Listing, Listing.id == ListingEvent.listing_id)
        .join(whole, and_(whole.c.match_id == MatchChange.match_id, whole.c.what == ListingEvent.what))
        .join(first, first.id == whole.c.first)
        .join(last, last.id == whole.c.last)
        .where(
            mine,
            or_(
                and_(ListingEvent.what == "closed", Listing.closed_at.is_(None)),
                and_(ListingEvent.what != "closed", first.before.is_not_distinct_from(last.after)),
            ),
        )
    )
    session.execute(delete(MatchChange).where(MatchChange.id.in_(undone)), execution_options=BY_HAND)


def put_off(session: Session, trackers: Trackers, now: datetime, until: datetime) -> None:
    session.execute(
        update(MatchChange)
        .where(waiting(), MatchChange.due_at <= now, MatchChange.tracker_id.in_(trackers))
        .values(due_at=until),
        execution_options=BY_HAND,
    )


def claim(session: Session, messages: Mapping[int, int], now: datetime) -> None:
    """Tell what is due; with it what else became of the same listings until now.

    `messages` are notifications by tracker.
    """
    each = pairs(session, messages)
    due = (
        select(MatchChange.match_id)
        .join(Match, Match.id == MatchChange.match_id)
        .where(untold(now), among(session, MatchChange.tracker_id, messages))
    )
    session.execute(
        update(MatchChange)
        .where(waiting(), MatchChange.match_id.in_(due), MatchChange.tracker_id == each.c.key)
        .values(notification_id=each.c.value),
        execution_options=BY_HAND,
    )


def release(session: Session, notification_id: int, trackers: Trackers) -> None:
    """Let what a message held of these trackers wait again."""
    session.execute(
        update(MatchChange)
        .where(MatchChange.notification_id == notification_id, MatchChange.tracker_id.in_(trackers))
        .values(notification_id=None),
        execution_options=BY_HAND,
    )


def forget(session: Session, notification_id: int, trackers: Trackers) -> None:
    """Leave these trackers out of a message for good."""
    session.execute(
        delete(MatchChange).where(
            MatchChange.notification_id == notification_id, MatchChange.tracker_id.in_(trackers)
        ),
        execution_options=BY_HAND,
    )


def mark_told(session: Session, notification_ids: Collection[int], now: datetime) -> None:
    session.execute(
        update(MatchChange)
        .where(among(session, MatchChange.notification_id, notification_ids))
        .values(told_at=now),
        execution_options=BY_HAND,
    )


def trackers_in(notification_id: int) -> Trackers:
    """The trackers of which a message tells changes."""
    return select(MatchChange.tracker_id).where(MatchChange.notification_id == notification_id)
