"""The ways by which trackers tell: mail, and the channels of users. What differs between them is here.

Each says what is its own to tell, hands it over with no transaction open, and writes down what that means
for the user or the channel.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, object_session

from backend.domain.undelivered import Undelivered
from backend.mail.outgoing import AddressRefused
from backend.models import AccountMailKind, Channel, Notification, NotificationKind, Tracker, User
from backend.services import account_mail
from backend.services.delivery import GIVE_UP_AFTER, Mailer
from backend.services.messages import Message, Write
from backend.services.recipients import may_be_told, may_be_written_to, open_channels
from backend.services.writing import hand_over_all
from backend.settings import Settings

log = logging.getLogger(__name__)

Delivery = Callable[[], dict[int, Undelivered | None]]
"""What went wrong with each message, by notification; of those not tried there is nothing."""


@dataclass(frozen=True, slots=True)
class Target:
    """A channel as it is spoken to. `secret` signs what a webhook gets."""

    kind: str
    address: str = field(repr=False)
    secret: str = field(repr=False)


class Courier(Protocol):
    """What speaks to channels; `backend.services.couriers.Couriers` is the one."""

    def deliver(self, target: Target, message: Message) -> Undelivered | None:
        """Hand it over. Returns what went wrong."""


class Route(Protocol):
    """One way. So many messages are claimed, and then marked, `at_once`; in one call there are `most`."""

    at_once: int
    most: int

    @property
    def people(self) -> ColumnElement[bool]:
        """Users who may be told by it."""

    def trackers(self, session: Session, now: datetime) -> ColumnElement[bool] | None:
        """Trackers that tell by it now; None: there are none."""

    def notifications(self, now: datetime) -> ColumnElement[bool]:
        """Messages that wait to go by it, and may now."""

    def take(self, notification: Notification) -> None:
        """It is this way's from now on."""

    def delivery(self, said: Sequence[tuple[Notification, Write]]) -> Delivery:
        """What writes the messages and hands them over, and needs no database."""

    def patience(self, notification: Notification) -> timedelta | None:
        """After how long a message is given up; None: never."""

    def accepted(self, session: Session, notification_ids: Sequence[int], now: datetime) -> None:
        """What it says about recipients that these were taken, in the caller's writing transaction."""

    def refused(self, notification: Notification, error: Undelivered, now: datetime) -> None:
        """The same for one that was not."""


class ByMail:
    """To the account's address. A message whose channel was deleted comes here too.

    Those that a slow server leaves no time for are given back well before their claims run out.
    """

    at_once = 250  # so many may be repeated when a worker is killed; more would save little
    most = 1000
    people = may_be_written_to()

    def __init__(self, mailer: Mailer, settings: Settings) -> None:
        self.mailer, self.seconds = mailer, settings.mail_claim_seconds / 4

    def trackers(self, _session: Session, _now: datetime) -> ColumnElement[bool]:
        return Tracker.channel_id.is_(None)

    def notifications(self, _now: datetime) -> ColumnElement[bool]:
        deleted = select(Channel.id).where(Channel.deleted_at.is_not(None))
        return or_(Notification.channel_id.is_(None), Notification.channel_id.in_(deleted))

    def take(self, notification: Notification) -> None:
        notification.channel_id = None

    def delivery(self, said: Sequence[tuple[Notification, Write]]) -> Delivery:
        return partial(hand_over_all, self.mailer, {one.id: write for one, write in said}, self.seconds)

    def patience(self, _notification: Notification) -> timedelta:
        return GIVE_UP_AFTER

    def accepted(self, session: Session, notification_ids: Sequence[int], now: datetime) -> None:
        """Nothing: an address that took a mail may refuse the next."""

    def refused(self, notification: Notification, error: Undelivered, now: datetime) -> None:
        if isinstance(error, AddressRefused):
            notification.user.mail_refused_at = now
            log.warning("user %d: the address was refused for good", notification.user_id)


class ByChannels:
    """To the channels that take messages.

    A channel that fails is left alone for a while, with all its messages; one that fails for days, or for
    good, is refused: what waits for it is held, never dropped.
    """

    at_once = 1  # what one of them takes its time for, another does not wait for
    most = 8
    people = may_be_told()

    def __init__(self, courier: Courier, settings: Settings) -> None:
        self.courier, self.settings = courier, settings

    def trackers(self, session: Session, now: datetime) -> ColumnElement[bool] | None:
        ready = open_channels(self.settings, now)
        if session.scalar(ready.limit(1)) is None:  # spares the database a walk over all that is due
            return None
        return Tracker.channel_id.in_(ready)

    def notifications(self, now: datetime) -> ColumnElement[bool]:
        codes = select(Channel.id).where(
            Channel.deleted_at.is_(None), Channel.kind.in_(self.settings.channel_kinds)
        )
        is_code = Notification.kind == NotificationKind.CODE.value
        return or_(
            Notification.channel_id.in_(open_channels(self.settings, now)),
            is_code & Notification.channel_id.in_(codes),
        )

    def take(self, notification: Notification) -> None:
        """It is already."""

    def delivery(self, said: Sequence[tuple[Notification, Write]]) -> Delivery:
        targets = [(one.id, target_of(one), write) for one, write in said]
        return lambda: {number: self.courier.deliver(target, write()) for number, target, write in targets}

    def patience(self, notification: Notification) -> timedelta | None:
        """A code is tried once: somebody waits for it, and can ask for another."""
        return timedelta(0) if notification.kind == NotificationKind.CODE else None

    def accepted(self, session: Session, notification_ids: Sequence[int], now: datetime) -> None:
        for notification in session.scalars(
            select(Notification).where(Notification.id.in_(notification_ids))
        ):
            if (channel := channel_of(notification)) is None:
                continue
            channel.error = None
            if notification.kind == NotificationKind.CODE:
                channel.code_sent_at = now
            else:
                channel.failing_since = channel.wait_until = None

    def refused(self, notification: Notification, error: Undelivered, now: datetime) -> None:
        if (channel := channel_of(notification)) is None:
            return
        channel.error = str(error)
        if notification.kind == NotificationKind.CODE:
            channel.code_sent_at = None
            return
        channel.failing_since = channel.failing_since or now
        channel.wait_until = notification.next_try_at
        if error.closed or now - channel.failing_since >= GIVE_UP_AFTER:
            channel.refused_at = now
            log.warning("channel %d takes nothing any more: %s", channel.id, error)
            tell_owner(channel, notification.user, now)


def channel_of(notification: Notification) -> Channel | None:
    """None: it was deleted."""
    channel = notification.channel
    return None if channel is None or channel.deleted_at is not None else channel


def tell_owner(channel: Channel, user: User, now: datetime) -> None:
    """By mail: what is told by this channel only would else be missed in silence."""
    session = object_session(channel)
    if session is not None and user.mail_refused_at is None:
        account_mail.request(session, user.email, AccountMailKind.CHANNEL, now)


def target_of(notification: Notification) -> Target:
    channel = notification.channel
    if channel is None or channel.address is None:  # deleted between the look and the claim
        return Target("", "", "")
    return Target(channel.kind, channel.address, channel.secret or "")
