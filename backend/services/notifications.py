"""Telling: a user's due matches become one notification, which is sent and then marked.

The claim links the matches to the notification, whose Message-ID is fixed by then. From that commit on they
belong to this one message, and no other will tell them.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    and_,
    delete,
    func,
    not_,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from backend.mail.letter import new_message_id
from backend.models import Match, MatchChange, Notification, NotificationKind, Tracker, User, begin_write
from backend.services import changes, delivery, messages
from backend.services.delivery import Mailer, Sent
from backend.services.messages import Unsent
from backend.services.recipients import may_be_told, may_be_written_to, working_channels
from backend.services.routes import ByMail, Route
from backend.services.trackers import UNDO
from backend.settings import Settings

AT_ONCE = 50
BY_HAND = {"synchronize_session": False}  # no loaded row is looked at again before a commit


class Recipient(NamedTuple):
    """A user, and the channel by which they are told; None: by mail."""

    user_id: int
    channel_id: int | None


def send_due(
    session: Session, settings: Settings, mailer: Mailer, now: datetime, jitter: Callable[[], float]
) -> Sent:
    """Send what is due by mail, up to a batch; call again until none was tried."""
    return send_by(session, settings, ByMail(mailer), now, jitter)


def send_by(
    session: Session, settings: Settings, route: Route, now: datetime, jitter: Callable[[], float]
) -> Sent:
    """Send messages that wait, then claim and send new ones, up to a batch; call again until none was tried.

    A mail server that cannot be reached ends the batch.
    """
    done = Sent()
    while done.tried < AT_ONCE and done.reachable:
        notification_id = take_waiting(session, settings, route, now)
        if notification_id is None:
            break
        tell(session, settings, route, notification_id, now, jitter, done)
    if done.tried >= AT_ONCE or not done.reachable:
        return done
    for recipient in due_recipients(session, route, now, AT_ONCE - done.tried):
        notification_id = claim(session, settings, route, recipient, now)
        if notification_id is not None:
            tell(session, settings, route, notification_id, now, jitter, done)
        if not done.reachable:
            break
    return done


def telling() -> ColumnElement[bool]:
    """Trackers whose matches are told. One that has ended still tells what it found before its end."""
    return and_(Tracker.deleted_at.is_(None), Tracker.paused_at.is_(None))


def untold(now: datetime) -> ColumnElement[bool]:
    return and_(Match.notification_id.is_(None), Match.told_with_id.is_(None), Match.due_at <= now)


def due_recipients(session: Session, route: Route, now: datetime, limit: int) -> list[Recipient]:
    """Who is to be told something, who waits longest first. Each counts once, however much it is."""
    ready = route.trackers(session, now)
    if ready is None:
        return []
    waits = all_untold(now, and_(route.people, ready))
    each = waits.c.user_id, waits.c.channel_id
    rows = session.execute(
        select(*each).group_by(*each).order_by(func.min(waits.c.due_at), waits.c.user_id).limit(limit)
    )
    return [Recipient(*row) for row in rows]


def overdue(session: Session, now: datetime) -> tuple[int, datetime | None]:
    """How much is due and in no message yet, and since when the oldest of it is.

    What waits for a channel that fails, or takes nothing, is not late: its owner sees it.
    """
    by_mail = and_(Tracker.channel_id.is_(None), may_be_written_to())
    waits = all_untold(now, or_(by_mail, and_(Tracker.channel_id.in_(working_channels()), may_be_told())))
    count, oldest = session.execute(select(func.count(), func.min(waits.c.due_at)).select_from(waits)).one()
    return count, oldest


def all_untold(now: datetime, chosen: ColumnElement[bool]) -> Subquery:
    """Matches and changes to be told now: (user_id, channel_id, due_at). `chosen`: trackers and users."""
    found = told_to(Match.due_at).where(untold(now), chosen)
    changed = told_to(MatchChange.due_at).join(MatchChange, MatchChange.match_id == Match.id)
    return union_all(found, changed.where(changes.untold(now), chosen)).subquery()


def told_to(due_at: InstrumentedAttribute[datetime]) -> Select[int, int | None, datetime]:
    """Whom matches are told to, by which channel, and since when that is due."""
    found = select(Match.user_id, Tracker.channel_id, due_at.label("due_at")).select_from(Match)
    found = found.join(Tracker, Tracker.id == Match.tracker_id).join(User, User.id == Match.user_id)
    return found.where(telling())


def claim(
    session: Session, settings: Settings, route: Route, recipient: Recipient, now: datetime
) -> int | None:
    """Make one notification of all that they are to be told now. None: another worker was quicker."""
    begin_write(session)
    user_id, channel_id = recipient
    user = session.scalar(
        select(User).where(User.id == user_id, route.people).with_for_update(skip_locked=True, key_share=True)
    )
    ready = route.trackers(session, now)
    if ready is None:
        session.rollback()
        return None
    of_channel = Tracker.channel_id.is_not_distinct_from(channel_id)
    theirs = select(Tracker.id).where(Tracker.user_id == user_id, of_channel, ready, telling())
    found = and_(Match.user_id == user_id, untold(now), Match.tracker_id.in_(theirs))
    if user is None:
        session.rollback()
        return None
    something_changed = changes.anything_due(session, theirs, now)
    if not something_changed and session.scalar(select(Match.id).where(found).limit(1)) is None:
        session.commit()
        return None
    if (later := quiet_until(user, now)) is not None:
        session.execute(update(Match).where(found).values(due_at=later), execution_options=BY_HAND)
        changes.put_off(session, theirs, now, later)
        session.commit()
        return None
    notification = Notification(
        user_id=user_id,
        channel_id=channel_id,
        message_id=new_message_id(settings.mail_sender),
        token=secrets.token_urlsafe(32),
        created_at=now,
        next_try_at=now,
        tries=0,
        refusals=0,
    )
    delivery.claim(notification, settings, now)
    session.add(notification)
    session.flush()
    notification_id = notification.id
    session.execute(
        update(Match).where(found).values(notification_id=notification_id), execution_options=BY_HAND
    )
    if something_changed:
        changes.claim(session, theirs, notification_id, now)
    session.commit()
    return notification_id


def take_waiting(session: Session, settings: Settings, route: Route, now: datetime) -> int | None:
    """Claim a notification that was refused for now, or whose worker died. None: there is none."""
    chosen = route.notifications(now)
    while (notification := delivery.waiting(session, Notification, now, chosen)) is not None:
        route.take(notification)
        leave_out_stopped(session, notification, now)
        wait_until = to_wait_until(session, notification, now)
        if wait_until is None:
            delivery.claim(notification, settings, now)
        else:
            notification.next_try_at = wait_until
        notification_id = notification.id
        session.commit()
        if wait_until is None:
            return notification_id
    session.rollback()
    return None


def to_wait_until(session: Session, notification: Notification, now: datetime) -> datetime | None:
    """When a message may be tried again; None: now. Who asked for a code sits and waits for it."""
    if notification.kind == NotificationKind.CODE:
        return None
    return quiet_until(notification.user, now) or undo_ends(session, notification.id)


def quiet_until(user: User, now: datetime) -> datetime | None:
    """When a user's quiet hours end, if these are some."""
    end = user.quiet.over(now, user.time_zone) if user.quiet else now
    return end if end > now else None


def leave_out_stopped(session: Session, notification: Notification, now: datetime) -> None:
    """What was stopped since the last try, or is to go another way, is not sent now.

    If no try was taken, it is told when its tracker runs again, or that other way. Else it may have
    arrived, and must stay with this message: it goes only with a deletion that is final.
    """
    held = Match.notification_id == notification.id
    gone = select(Tracker.id).where(Tracker.deleted_at <= now - UNDO)
    session.execute(delete(Match).where(held, Match.tracker_id.in_(gone)), execution_options=BY_HAND)
    changes.forget(session, notification.id, gone)
    if delivery.known_unsent(notification):
        elsewhere = Tracker.channel_id.is_distinct_from(notification.channel_id)
        stopped = select(Tracker.id).where(
            Tracker.user_id == notification.user_id, or_(not_(telling()), elsewhere)
        )
        session.execute(
            update(Match).where(held, Match.tracker_id.in_(stopped)).values(notification_id=None),
            execution_options=BY_HAND,
        )
        changes.release(session, notification.id, stopped)


def undo_ends(session: Session, notification_id: int) -> datetime | None:
    """When it is certain what becomes of the deleted trackers of a message; None: there are none."""
    told = select(Match.tracker_id).where(Match.notification_id == notification_id)
    deleted_at = session.scalar(
        select(func.max(Tracker.deleted_at)).where(
            Tracker.id.in_(told.union(changes.trackers_in(notification_id)))
        )
    )
    return None if deleted_at is None else deleted_at + UNDO


def tell(
    session: Session,
    settings: Settings,
    route: Route,
    notification_id: int,
    now: datetime,
    jitter: Callable[[], float],
    done: Sent,
) -> None:
    """Write, send and mark a notification that this worker has claimed."""
    written = messages.compose(session, settings, notification_id)
    deliver = None
    if not isinstance(written, Unsent):
        deliver = route.delivery(session.get_one(Notification, notification_id), written)
    session.rollback()  # nothing is held open while the message is on its way
    error = None if deliver is None else deliver()
    begin_write(session)
    notification = session.get(Notification, notification_id)
    if notification is None:  # the account was deleted meanwhile
        session.rollback()
        return
    if isinstance(written, Unsent):
        delivery.give_up(notification, written.value, now, done)
    else:
        patience = route.patience(notification)
        delivery.mark(notification, error, settings, now, jitter, done, patience)
        route.mark(notification, error, now)
    if notification.sent_at is not None:
        mark_told(session, notification_id, now)
    session.commit()


def mark_told(session: Session, notification_id: int, now: datetime) -> None:
    """All that the message holds, or names as "and N more"."""
    session.execute(
        update(Match).where(Match.notification_id == notification_id).values(told_at=now),
        execution_options=BY_HAND,
    )
    on_their_cards = select(Match.id).where(Match.notification_id == notification_id)
    session.execute(
        update(Match)
        .where(Match.told_with_id.in_(on_their_cards), Match.told_at.is_(None))
        .values(told_at=now),
        execution_options=BY_HAND,
    )
    changes.mark_told(session, notification_id, now)
