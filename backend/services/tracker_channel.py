"""By which channel a tracker tells, and what becomes of its waiting messages when that changes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from backend.models import Channel, Match, MatchChange, Notification, NotificationKind, Tracker
from backend.services import changes
from backend.services.tracked_query import TrackerConflict, TrackerRefused

TOLD_ANOTHER_WAY = "its trackers tell another way now"


class NoSuchChannel(TrackerRefused):
    """The user has no such channel."""


def check(session: Session, user_id: int, channel_id: int | None) -> None:
    """Raises NoSuchChannel, or TrackerConflict for one that is not verified; None is mail."""
    if channel_id is None:
        return
    channel = session.scalar(
        select(Channel).where(
            Channel.id == channel_id, Channel.user_id == user_id, Channel.deleted_at.is_(None)
        )
    )
    if channel is None:
        session.rollback()
        raise NoSuchChannel("channel_id", "You have no such channel.")
    if channel.verified_at is None or channel.refused_at is not None:
        session.rollback()
        words = f"Verify the channel {channel.name} first, on your account's page."
        raise TrackerConflict("channel_id", words)


def move(session: Session, tracker: Tracker, channel_id: int | None, now: datetime) -> None:
    """Tell by another channel, also what waits to be tried again; but what may have arrived stays as it is.

    In the caller's writing transaction. Raises TrackerRefused.
    """
    if channel_id == tracker.channel_id:
        return
    check(session, tracker.user_id, channel_id)
    tracker.channel_id = channel_id
    session.flush()
    mine = select(Tracker.id).where(Tracker.id == tracker.id)
    holds = exists().where(Match.notification_id == Notification.id, Match.tracker_id == tracker.id)
    waiting = session.scalars(
        select(Notification).where(
            Notification.user_id == tracker.user_id,
            Notification.sent_at.is_(None),
            Notification.failed_at.is_(None),
            Notification.claimed_until.is_(None),
            Notification.refusals == Notification.tries,
            holds | (Notification.tracker_id == tracker.id),
        )
    ).all()
    for notification in waiting:
        if notification.kind == NotificationKind.ENDING:
            notification.channel_id, notification.next_try_at = channel_id, now
            continue
        session.execute(
            update(Match)
            .where(Match.notification_id == notification.id, Match.tracker_id == tracker.id)
            .values(notification_id=None)
        )
        changes.release(session, notification.id, mine)
        if is_empty(session, notification.id):
            notification.failed_at, notification.error = now, TOLD_ANOTHER_WAY


def is_empty(session: Session, notification_id: int) -> bool:
    held = (
        select(Match.id).where(Match.notification_id == notification_id),
        select(MatchChange.id).where(MatchChange.notification_id == notification_id),
    )
    return all(session.scalar(one.limit(1)) is None for one in held)
