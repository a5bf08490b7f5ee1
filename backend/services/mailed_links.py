"""Stopping and renewing trackers by the link of a mail: who holds it may do that, and no more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from backend.models import Match, Notification, Tracker, begin_write
from backend.services import changes
from backend.services.tracker_life import end_of, not_deleted, prolong


class NoSuchLink(LookupError):
    """No mail of ours held this link."""


@dataclass(frozen=True, slots=True)
class Stoppable:
    """The trackers a link stops. `stopped`: none of them is running."""

    names: list[str]
    stopped: bool


@dataclass(frozen=True, slots=True)
class Renewable:
    """A tracker a link renews, and when it ends."""

    name: str
    expires_at: datetime


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


def look_at_ends(session: Session, token: str) -> list[Renewable]:
    """What a link would renew; changes nothing. Raises NoSuchLink."""
    return [Renewable(tracker.name, tracker.expires_at) for tracker in trackers_of(session, token)]


def renew(session: Session, token: str, duration_days: int, now: datetime) -> list[Renewable]:
    """Let the trackers of a link run so many days from now, never shorter than before.

    Raises NoSuchLink, TrackerRefused.
    """
    begin_write(session)
    found = trackers_of(session, token)
    end = end_of(duration_days, None, "UTC", now)
    for tracker in found:
        prolong(tracker, max(end, tracker.expires_at), now)
    renewed = [Renewable(tracker.name, tracker.expires_at) for tracker in found]
    session.commit()
    return renewed


def trackers_of(session: Session, token: str) -> Sequence[Tracker]:
    """The tracker of its own link, or all that a mail told of."""
    mail = session.execute(
        select(Notification.id, Notification.tracker_id).where(Notification.token == token)
    ).first()
    own = session.scalar(select(Tracker.id).where(Tracker.token == token))
    if mail is not None:
        told = select(Match.tracker_id).where(Match.notification_id == mail.id)
        told_of = told.union(changes.trackers_in(mail.id))
        meant = or_(Tracker.id == mail.tracker_id, Tracker.id.in_(told_of))
    elif own is not None:
        meant = Tracker.id == own
    else:
        session.rollback()
        raise NoSuchLink
    return session.scalars(
        select(Tracker).where(meant, not_deleted()).order_by(Tracker.name, Tracker.id)
    ).all()
