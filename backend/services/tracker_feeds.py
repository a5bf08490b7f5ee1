"""A tracker's feed: whoever knows its address may read it, so the address is random, and can be replaced."""

from __future__ import annotations

import secrets

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from backend.models import Tracker, User, begin_write
from backend.services import trackers
from backend.services.tracker_life import not_deleted


class NoSuchFeed(LookupError):
    """No tracker has a feed at this address, or no more."""


def renew(session: Session, user_id: int, tracker_id: int) -> Tracker:
    """Give the tracker's feed a new address; the one before is gone. Raises NoSuchTracker."""
    begin_write(session)
    tracker = trackers.get(session, user_id, tracker_id)
    tracker.feed_token = secrets.token_urlsafe(32)
    session.commit()
    return tracker


def remove(session: Session, user_id: int, tracker_id: int) -> Tracker:
    """End the tracker's feed. Raises NoSuchTracker."""
    begin_write(session)
    tracker = trackers.get(session, user_id, tracker_id)
    tracker.feed_token = None
    session.commit()
    return tracker


def find(session: Session, token: str) -> Tracker:
    """The tracker whose feed this is, by an index: that takes as long for any guess. Raises NoSuchFeed."""
    tracker = session.scalar(
        select(Tracker)
        .join(User, User.id == Tracker.user_id)
        .where(Tracker.feed_token == token, not_deleted(), User.disabled_at.is_(None))
        .options(joinedload(Tracker.query))
    )
    if tracker is None:
        raise NoSuchFeed
    return tracker
