"""What a notification says, as it is to be sent now."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from urllib.parse import urlsplit

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from backend.domain.one_line import one_line
from backend.mail import digest, ending
from backend.mail.digest import TITLE_LENGTH, Digest
from backend.mail.ending import Ending
from backend.mail.letter import Letter
from backend.models import Match, Notification, NotificationKind, Tracker, User
from backend.services import card_words, digests
from backend.services.among import among
from backend.services.tracker_life import REMINDER
from backend.settings import Settings


class Unsent(Enum):
    """Why there is nothing to send."""

    STOPPED = "its trackers were stopped before it could be sent"
    NOT_WRITTEN_TO = "mails to this address have been stopped"
    NO_CODE = "another code was asked for, or none is needed any more"
    RENEWED = "the tracker was renewed or stopped before it could be sent"


@dataclass(frozen=True, slots=True)
class Code:
    """What verifies a channel: who gets it there types it in at `link`."""

    message_id: str
    date: datetime
    channel: str
    code: str
    link: str


Message = Digest | Ending | Code
Write = Callable[[], Message]
"""Writes a message of what was read before."""


def compose(
    session: Session, settings: Settings, notification_ids: Collection[int]
) -> list[tuple[Notification, Write | Unsent]]:
    """What each says, still to be written, or why it says nothing. Reads only."""
    user = joinedload(Notification.user).load_only(
        User.email, User.time_zone, User.disabled_at, User.mail_refused_at
    )
    chosen = among(session, Notification.id, notification_ids)
    rows = select(Notification).where(chosen).order_by(Notification.id)
    notifications = session.scalars(rows.options(user, joinedload(Notification.channel))).all()
    alone = {one.id: own for one in notifications if (own := said_alone(session, settings, one)) is not None}
    told = digests.compose(session, settings, [one for one in notifications if one.id not in alone])
    said: dict[int, Write | Unsent] = {**alone, **told}
    return [(one, said.get(one.id, Unsent.STOPPED)) for one in notifications]


def said_alone(session: Session, settings: Settings, notification: Notification) -> Write | Unsent | None:
    """None: it is a digest."""
    user = notification.user
    if user.disabled_at is not None:
        return Unsent.NOT_WRITTEN_TO
    if notification.kind == NotificationKind.CODE:
        code = code_of(settings, notification)
        return Unsent.NO_CODE if code is None else lambda: code
    if notification.channel_id is None and user.mail_refused_at is not None:
        return Unsent.NOT_WRITTEN_TO
    if notification.kind == NotificationKind.ENDING:
        ending = ending_of(session, settings, notification)
        return Unsent.RENEWED if ending is None else lambda: ending
    return None


def letter(message: Message) -> Letter:
    """The mail of a message. Raises ValueError for a code, which is worth nothing but through its channel."""
    if isinstance(message, Code):
        raise ValueError("a code goes through its channel only")
    return digest.letter(message) if isinstance(message, Digest) else ending.letter(message)


def code_of(settings: Settings, notification: Notification) -> Code | None:
    """None: the channel was deleted, is verified by now, or has been given another code since."""
    channel = notification.channel
    if channel is None or channel.code is None or channel.code_asked_at != notification.created_at:
        return None
    link = f"{settings.base_url}/account"
    return Code(notification.message_id, notification.created_at, channel.name, channel.code, link)


def ending_of(session: Session, settings: Settings, notification: Notification) -> Ending | None:
    """None: the tracker goes on, or was stopped."""
    tracker = session.get(Tracker, notification.tracker_id, options=[joinedload(Tracker.query)])
    if tracker is None or tracker.deleted_at is not None or tracker.paused_at is not None:
        return None
    if tracker.expires_at > notification.created_at + REMINDER:
        return None
    base = settings.base_url
    found = session.scalar(select(func.count()).select_from(Match).where(Match.tracker_id == tracker.id))
    return Ending(
        to=notification.user.email,
        message_id=notification.message_id,
        date=notification.created_at,
        tracker_id=tracker.id,
        name=tracker.name,
        query=one_line(tracker.query.canonical, TITLE_LENGTH),
        ends=card_words.day(tracker.expires_at, notification.user.time_zone),
        found=found or 0,
        renew_link=f"{base}/renew/{tracker.token}",
        link=f"{base}/trackers/{tracker.id}",
        stop_link=f"{base}/unsubscribe/{tracker.token}",
        post_link=f"{base}/api/unsubscribe/{notification.token}",
        host=urlsplit(base).hostname or "localhost",
    )
