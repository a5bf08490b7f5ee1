"""A tracker that ends soon says so, once, three days before."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from backend.models import Channel, NotificationKind, Tracker, User, begin_write
from backend.services import delivery
from backend.services.recipients import may_be_told, takes_messages
from backend.services.tracker_life import REMINDER, not_deleted
from backend.settings import Settings

AT_ONCE = 200


def remind(session: Session, settings: Settings, now: datetime) -> int:
    """Write a notification for each tracker whose end is near; they are sent like any other."""
    by_mail = and_(Tracker.channel_id.is_(None), User.mail_refused_at.is_(None))
    by_channel = Tracker.channel_id.in_(select(Channel.id).where(takes_messages(settings)))
    begin_write(session)
    ending = session.scalars(
        select(Tracker)
        .join(User, User.id == Tracker.user_id)
        .where(
            Tracker.expires_at > now,
            Tracker.expires_at <= now + REMINDER,
            Tracker.reminded_at.is_(None),
            Tracker.paused_at.is_(None),
            not_deleted(),
            may_be_told(),
            or_(by_mail, by_channel),
        )
        .order_by(Tracker.expires_at)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True, of=Tracker)
    ).all()
    for tracker in ending:
        tracker.reminded_at = now
    delivery.add_notifications(session, settings, map(reminder, ending), now)
    session.commit()
    return len(ending)


def reminder(tracker: Tracker) -> dict[str, Any]:
    return {
        "user_id": tracker.user_id,
        "kind": NotificationKind.ENDING,
        "tracker_id": tracker.id,
        "channel_id": tracker.channel_id,
    }
