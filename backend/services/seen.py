"""What a user has seen of what their trackers found. A row is seen when every place on it is.

Moments are whole seconds, as the API shows them.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from backend.models import BY_HAND, Match, begin_write
from backend.services import trackers


class NoSuchMatch(LookupError):
    """The tracker has none with this id."""


def mark(session: Session, user_id: int, tracker_id: int, match_ids: Collection[int], now: datetime) -> int:
    """Mark matches, and what stands on their cards, as seen. Returns how many were not yet.

    Raises NoSuchTracker; NoSuchMatch, and marks none, if one is not the tracker's.
    """
    begin_write(session)
    cards = on_cards(session, user_id, tracker_id, match_ids)
    return write(session, tracker_id, now, cards, Match.seen_at.is_(None))


def unmark(session: Session, user_id: int, tracker_id: int, match_ids: Collection[int]) -> int:
    """Take it back. Raises NoSuchTracker, NoSuchMatch."""
    begin_write(session)
    cards = on_cards(session, user_id, tracker_id, match_ids)
    return write(session, tracker_id, None, cards, Match.seen_at.is_not(None))


def mark_until(session: Session, user_id: int, tracker_id: int, until: datetime, now: datetime) -> int:
    """Mark all that was found until the end of a second. Raises NoSuchTracker."""
    begin_write(session)
    trackers.get(session, user_id, tracker_id)
    end = until.replace(microsecond=0) + timedelta(seconds=1)
    return write(session, tracker_id, now, Match.found_at < end, Match.seen_at.is_(None))


def unmark_marked_at(session: Session, user_id: int, tracker_id: int, seen_at: datetime) -> int:
    """Take back all that was marked in a second. Raises NoSuchTracker."""
    begin_write(session)
    trackers.get(session, user_id, tracker_id)
    return write(session, tracker_id, None, Match.seen_at == seen_at.replace(microsecond=0))


def on_cards(
    session: Session, user_id: int, tracker_id: int, match_ids: Collection[int]
) -> ColumnElement[bool]:
    trackers.get(session, user_id, tracker_id)
    theirs = select(Match.id).where(Match.tracker_id == tracker_id, Match.id.in_(match_ids))
    if missing := set(match_ids).difference(session.scalars(theirs)):
        session.rollback()
        raise NoSuchMatch(min(missing))
    return or_(Match.id.in_(match_ids), Match.told_with_id.in_(match_ids))


def write(session: Session, tracker_id: int, seen_at: datetime | None, *chosen: ColumnElement[bool]) -> int:
    changed = session.execute(
        update(Match)
        .where(Match.tracker_id == tracker_id, *chosen)
        .values(seen_at=seen_at and seen_at.replace(microsecond=0)),
        execution_options=BY_HAND,
    )
    session.commit()
    return int(getattr(changed, "rowcount", 0))
