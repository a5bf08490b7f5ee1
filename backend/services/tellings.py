"""How a match was told, will be told, or why it is not: in one word, with its moment and its message."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from backend.models import Channel, Match, Notification, NotificationKind, Tracker, User


class DeliveryState(StrEnum):
    """Of a notification: handed over now, tried again later, not for now, accepted, or given up."""

    SENDING = "sending"
    RETRYING = "retrying"
    HELD = "held"
    SENT = "sent"
    FAILED = "failed"


class TellingState(StrEnum):
    """Of a match. `added`: its place joined a role that was told before, and is not told by itself."""

    TOLD = "told"
    ADDED = "added"
    WAITING = "waiting"
    HELD = "held"
    SENDING = "sending"
    RETRYING = "retrying"
    FAILED = "failed"


class Holding(StrEnum):
    """Why what is found is not told for now: of the user, of the channel, or of the tracker."""

    UNCONFIRMED = "unconfirmed"
    REFUSED = "refused"
    CHANNEL_UNVERIFIED = "channel_unverified"
    CHANNEL_REFUSED = "channel_refused"
    CHANNEL_OFF = "channel_off"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class View:
    """Who looks and when, and which kinds of channels are spoken here."""

    user: User
    now: datetime
    channel_kinds: Collection[str]


@dataclass(frozen=True, slots=True)
class Telling:
    """`at`: when it, or the role it joined, was told. `until`: when it is to be told or tried next.

    `notification` is the message it belongs to, once there is one.
    """

    state: TellingState
    at: datetime | None = None
    until: datetime | None = None
    held_by: Holding | None = None
    notification: Notification | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How the delivery of a message goes. `next_try_at`: of one that is to be sent again."""

    state: DeliveryState
    next_try_at: datetime | None = None
    held_by: Holding | None = None


def progress_of(notification: Notification, view: View) -> Progress:
    if notification.sent_at is not None:
        return Progress(DeliveryState.SENT)
    if notification.failed_at is not None:
        return Progress(DeliveryState.FAILED)
    claimed_until = notification.claimed_until or notification.next_try_at
    if notification.claimed_until is not None and claimed_until > view.now:
        return Progress(DeliveryState.SENDING)
    is_code = notification.kind == NotificationKind.CODE  # which is what an unverified channel gets
    holding = None if is_code else held_by_way(notification.channel, view)
    if holding is not None:
        return Progress(DeliveryState.HELD, held_by=holding)
    return Progress(DeliveryState.RETRYING, next_try_at=max(notification.next_try_at, claimed_until))


def telling_of(
    match: Match, card: Match, notification: Notification | None, tracker: Tracker, view: View
) -> Telling:
    """`card` is the match on whose card this one stands, mostly itself; `notification` is the card's."""
    if match.told_at is not None:
        return Telling(TellingState.TOLD, at=match.told_at, notification=notification)
    if card.told_at is not None:
        return Telling(TellingState.ADDED, at=card.told_at, notification=notification)
    if notification is not None:
        progress = progress_of(notification, view)
        state = TellingState.TOLD if progress.state is DeliveryState.SENT else TellingState(progress.state)
        return Telling(state, None, progress.next_try_at, progress.held_by, notification)
    holding = held_by(tracker, view)
    if holding is not None:
        return Telling(TellingState.HELD, held_by=holding)
    rests_until = tracker.channel.wait_until if tracker.channel is not None else None
    return Telling(TellingState.WAITING, until=max(card.due_at, rests_until or card.due_at))


def held_by(tracker: Tracker, view: View) -> Holding | None:
    """What keeps a tracker from telling what it has found."""
    if view.user.confirmed_at is None:
        return Holding.UNCONFIRMED
    holding = held_by_way(tracker.channel, view)
    return holding or (Holding.PAUSED if tracker.paused_at is not None else None)


def held_by_way(channel: Channel | None, view: View) -> Holding | None:
    """What keeps a channel, or the account's mail, from taking messages."""
    if channel is None or channel.deleted_at is not None:
        return Holding.REFUSED if view.user.mail_refused_at is not None else None
    if channel.verified_at is None:
        return Holding.CHANNEL_UNVERIFIED
    if channel.refused_at is not None:
        return Holding.CHANNEL_REFUSED
    return None if channel.kind in view.channel_kinds else Holding.CHANNEL_OFF
