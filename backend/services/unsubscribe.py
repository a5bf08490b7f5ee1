"""Stopping trackers by the link of a mail: who holds the link may stop them, and no more than that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from backend.models import Match, Notification, Tracker, begin_write
from backend.services.trackers import not_deleted


class NoSuchLink(LookupError):
    """No mail of ours held this link."""


@dataclass(frozen=True, slots=True)
class Stoppable:
    """The trackers a link stops. `stopped`: none of them is running."""

    names: list[str]
    stopped: bool


def look(session: Session, token: str) -> Stoppable:
    """What a link would stop; changes nothing. Raises NoSuchLink."""
    return stoppable(trackers_of(session, token))


def stop(session: Session, token: str, now: datetime) -> Stoppable:
    """Pause the tracker of a link, or all trackers of a mail. Doing it again changes nothing."""
    begin_write(session)
    found = trackers_of(session, token)
    for tracker in found:
        tracker.paused_at = tracker.paused_at or now
    stopped = stoppable(found)
    session.commit()
    return stopped


def stoppable(found: Sequence[Tracker]) -> Stoppable:
    return Stoppable(
        [tracker.name for tracker in found], all(tracker.paused_at is not None for tracker in found)
    )


def trackers_of(session: Session, token: str) -> Sequence[Tracker]:
    notification_id = session.scalar(select(Notification.id).where(Notification.token == token))
    own = session.scalar(select(Tracker.id).where(Tracker.token == token))
    if notification_id is None and own is None:
        session.rollback()
        raise NoSuchLink
    of_mail = select(Match.tracker_id).where(Match.notification_id == notification_id)
    return session.scalars(
        select(Tracker)
        .where(or_(Tracker.id == own, Tracker.id.in_(of_mail)), not_deleted())
        .order_by(Tracker.name, Tracker.id)
    ).all()
