"""Channels: a user's ways to be told beside mail. A code that comes through one verifies it."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from backend.domain.one_line import one_line
from backend.fetch import AddressRefused, check_url
from backend.fetch.webhook import new_secret
from backend.models import Channel, ChannelKind, NotificationKind, Tracker, begin_write
from backend.push.schemes import SCHEMES, scheme_of
from backend.queueing import JobName, enqueue_after_commit
from backend.services import delivery
from backend.services.trackers import lock_user
from backend.settings import Settings

MOST = 10
NAME_LENGTH = 80
CODE_LIFE = timedelta(hours=1)
CODE_PAUSE = timedelta(minutes=1)
CODE_TRIES = 5
WEB_SCHEMES = frozenset({"http", "https"})
State = Literal["unverified", "works", "failing", "refused", "off"]


class NoSuchChannel(LookupError):
    """There is none with this id, or it is another user's."""


class ChannelRefused(ValueError):
    """A channel cannot be as wished. `field` is the one to blame."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class ChannelConflict(ChannelRefused):
    """It could be so, but not now."""


class WrongCode(ChannelRefused):
    """Not the code that was sent."""


def kind_of(settings: Settings, address: str) -> ChannelKind:
    """What speaks to it: http(s) is a webhook, every other scheme is Apprise's. Raises ChannelRefused."""
    scheme = scheme_of(address)
    if scheme is None:
        raise ChannelRefused("address", "Give an address like https://example.org/hook or ntfys://topic.")
    kind = ChannelKind.WEBHOOK if scheme in WEB_SCHEMES else ChannelKind.APPRISE
    if kind not in settings.channel_kinds:
        raise ChannelRefused("address", f"This site does not tell by {scheme}://.")
    if kind is ChannelKind.APPRISE and scheme not in SCHEMES:
        raise ChannelRefused(
            "address", f"{scheme}:// is none of the services of Apprise that are allowed here."
        )
    if kind is ChannelKind.WEBHOOK:
        try:
            check_url(address, settings.allowed_targets)
        except AddressRefused as error:
            raise ChannelRefused("address", str(error)) from None
    return kind


def hint(channel: Channel) -> str:
    """What of its address may be shown: it is as good as a password."""
    if channel.address is None:
        return ""
    if channel.kind == ChannelKind.WEBHOOK:
        parts = urlsplit(channel.address)
        return f"{parts.scheme}://{parts.netloc}/…"
    return f"{scheme_of(channel.address)}://…"


def state_of(channel: Channel, settings: Settings) -> State:
    if channel.kind not in settings.channel_kinds:
        return "off"
    if channel.refused_at is not None:
        return "refused"
    if channel.verified_at is None:
        return "unverified"
    return "works" if channel.failing_since is None else "failing"


def list_for(session: Session, user_id: int) -> Sequence[Channel]:
    """The oldest first."""
    return session.scalars(
        select(Channel).where(Channel.user_id == user_id, Channel.deleted_at.is_(None)).order_by(Channel.id)
    ).all()


def tracker_counts(session: Session, user_id: int) -> dict[int, int]:
    """How many trackers tell by each channel."""
    rows = session.execute(
        select(Tracker.channel_id, func.count())
        .where(Tracker.user_id == user_id, Tracker.channel_id.is_not(None), Tracker.deleted_at.is_(None))
        .group_by(Tracker.channel_id)
    )
    return {channel_id: count for channel_id, count in rows if channel_id is not None}


def get(session: Session, user_id: int, channel_id: int) -> Channel:
    """One of the user's own. Raises NoSuchChannel, for another's too."""
    channel = session.scalar(
        select(Channel).where(
            Channel.id == channel_id, Channel.user_id == user_id, Channel.deleted_at.is_(None)
        )
    )
    if channel is None:
        session.rollback()
        raise NoSuchChannel(channel_id)
    return channel


def create(
    session: Session, settings: Settings, user_id: int, address: str, name: str, now: datetime
) -> Channel:
    """Make a channel and ask for its code. Raises ChannelRefused, ChannelConflict."""
    kind = kind_of(settings, address)
    begin_write(session)
    lock_user(session, user_id)
    if len(list_for(session, user_id)) >= MOST:
        session.rollback()
        words = f"You have {MOST} channels, which is as many as one account may have; delete one first."
        raise ChannelConflict("address", words)
    channel = Channel(
        user_id=user_id,
        kind=kind,
        name=one_line(name, NAME_LENGTH),
        address=address,
        secret=new_secret() if kind is ChannelKind.WEBHOOK else None,
        created_at=now,
    )
    channel.name = channel.name or one_line(hint(channel), NAME_LENGTH)
    session.add(channel)
    session.flush()
    ask(session, settings, channel, now)
    session.commit()
    return channel


def send_code(session: Session, settings: Settings, user_id: int, channel_id: int, now: datetime) -> Channel:
    """Send another code. Raises NoSuchChannel, ChannelConflict."""
    begin_write(session)
    channel = get(session, user_id, channel_id)
    if state_of(channel, settings) in ("works", "failing"):
        session.rollback()
        raise ChannelConflict("code", "This channel is verified already.")
    if channel.code_asked_at is not None and channel.code_asked_at > now - CODE_PAUSE:
        session.rollback()
        raise ChannelConflict("code", "A code was sent less than a minute ago; wait a moment.")
    ask(session, settings, channel, now)
    session.commit()
    return channel


def ask(session: Session, settings: Settings, channel: Channel, now: datetime) -> None:
    """Have a fresh code sent by a worker, in the caller's writing transaction."""
    channel.code = f"{secrets.randbelow(10**6):06d}"
    channel.code_asked_at, channel.code_sent_at = now, None
    channel.code_tries, channel.error = 0, None
    code = {"user_id": channel.user_id, "kind": NotificationKind.CODE, "channel_id": channel.id}
    delivery.add_notifications(session, settings, [code], now)
    enqueue_after_commit(session, JobName.NOTIFY_CHANNELS)


def verify(session: Session, user_id: int, channel_id: int, code: str, now: datetime) -> Channel:
    """The code came through it: from now on it tells. Raises NoSuchChannel, WrongCode, ChannelConflict."""
    begin_write(session)
    channel = get(session, user_id, channel_id)
    known, asked_at = channel.code, channel.code_asked_at
    if known is None or asked_at is None or asked_at <= now - CODE_LIFE or channel.code_tries >= CODE_TRIES:
        session.rollback()
        raise ChannelConflict("code", "No code is good any more; have another one sent.")
    if not hmac.compare_digest(known.encode(), code.encode()):
        channel.code_tries += 1
        left = CODE_TRIES - channel.code_tries
        session.commit()
        words = f"{left} more tries" if left > 1 else "one more try" if left else "have another one sent"
        raise WrongCode("code", f"This is not the code; {words}.")
    channel.code = channel.error = channel.refused_at = channel.failing_since = channel.wait_until = None
    channel.verified_at = now
    enqueue_after_commit(session, JobName.NOTIFY_CHANNELS)  # what was held may go now
    session.commit()
    return channel


def replace_secret(session: Session, user_id: int, channel_id: int) -> str:
    """Another secret for the signatures of a webhook, from the next message on. Raises NoSuchChannel."""
    begin_write(session)
    channel = get(session, user_id, channel_id)
    refuse_unsigned(session, channel)
    channel.secret = secret = new_secret()
    session.commit()
    return secret


def secret_of(session: Session, user_id: int, channel_id: int) -> str:
    """Raises NoSuchChannel."""
    channel = get(session, user_id, channel_id)
    return refuse_unsigned(session, channel)


def refuse_unsigned(session: Session, channel: Channel) -> str:
    """The secret. Raises NoSuchChannel for a channel that has none."""
    if channel.secret is None:
        session.rollback()
        raise NoSuchChannel(channel.id)
    return channel.secret


def remove(session: Session, user_id: int, channel_id: int, now: datetime) -> None:
    """Its trackers tell by mail from now on, and so does what waited for it. Raises NoSuchChannel."""
    begin_write(session)
    channel = get(session, user_id, channel_id)
    channel.deleted_at = now
    channel.address = channel.secret = channel.code = None
    session.execute(update(Tracker).where(Tracker.channel_id == channel_id).values(channel_id=None))
    enqueue_after_commit(session, JobName.NOTIFY_DUE)
    session.commit()
