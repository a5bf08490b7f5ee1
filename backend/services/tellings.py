"""How a match was told, will be told, or why it is not: in one word, with its moment and its message."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from backend.models import Match, Notification, Tracker, User


class DeliveryState(StrEnum):
    """Of a notification: handed over now, tried again later, accepted, or given up."""

    SENDING = "sending"
    RETRYING = "retrying"
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
    """Why what is found is not told for now."""

    PAUSED = "paused"
    UNCONFIRMED = "unconfirmed"
    REFUSED = "refused"


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


def delivery_state(notification: Notification, now: datetime) -> DeliveryState:
    if notification.sent_at is not None:
        return DeliveryState.SENT
    if notification.failed_at is not None:
        return DeliveryState.FAILED
    claimed = notification.claimed_until is not None and notification.claimed_until > now
    return DeliveryState.SENDING if claimed else DeliveryState.RETRYING


def next_try(notification: Notification) -> datetime:
    """Of one that is to be sent again: a claim whose worker died has to run out first."""
    return max(notification.next_try_at, notification.claimed_until or notification.next_try_at)


def telling_of(
    match: Match, card: Match, notification: Notification | None, tracker: Tracker, user: User, now: datetime
) -> Telling:
    """`card` is the match on whose card this one stands, mostly itself; `notification` is the card's."""
    if match.told_at is not None:
        return Telling(TellingState.TOLD, at=match.told_at, notification=notification)
    if card.told_at is not None:
        return Telling(TellingState.ADDED, at=card.told_at, notification=notification)
    if notification is not None:
        state = TellingState(delivery_state(notification, now).value)
        until = next_try(notification) if state is TellingState.RETRYING else None
        return Telling(state, until=until, notification=notification)
    holding = held_by(tracker, user)
    if holding is not None:
        return Telling(TellingState.HELD, held_by=holding)
    return Telling(TellingState.WAITING, until=card.due_at)


def held_by(tracker: Tracker, user: User) -> Holding | None:
    """What keeps a tracker from telling what it has found."""
    if user.mail_refused_at is not None:
        return Holding.REFUSED
    if user.confirmed_at is None:
        return Holding.UNCONFIRMED
    return Holding.PAUSED if tracker.paused_at is not None else None
