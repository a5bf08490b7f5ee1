"""Telling: a user's due matches become one notification, which is sent and then marked.

The claim links the matches to the notification, whose Message-ID is fixed by then. From that commit on they
belong to this one message, and no other will tell them.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import ColumnElement, Select, Subquery, and_, delete, func, not_, select, union_all, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from backend.mail.letter import new_message_id
from backend.mail.outgoing import AddressRefused
from backend.models import Match, MatchChange, Notification, Tracker, User, begin_write
from backend.services import changes, delivery, messages
from backend.services.delivery import Mailer, Sent
from backend.services.messages import Unsent
from backend.services.recipients import may_be_written_to
from backend.services.trackers import UNDO
from backend.settings import Settings

log = logging.getLogger(__name__)

AT_ONCE = 50
BY_HAND = {"synchronize_session": False}  # no loaded row is looked at again before a commit


def send_due(
    session: Session, settings: Settings, mailer: Mailer, now: datetime, jitter: Callable[[], float]
) -> Sent:
    """Send digests that wait, then claim and send new ones, up to a batch; call again until none was tried.

    A server that cannot be reached ends the batch.
    """
    done = Sent()
    while done.tried < AT_ONCE and done.reachable:
        notification_id = take_waiting(session, settings, now)
        if notification_id is None:
            break
        tell(session, settings, mailer, notification_id, now, jitter, done)
    if done.tried >= AT_ONCE or not done.reachable:
        return done
    for user_id in due_users(session, now, AT_ONCE - done.tried):
        notification_id = claim(session, settings, user_id, now)
        if notification_id is not None:
            tell(session, settings, mailer, notification_id, now, jitter, done)
        if not done.reachable:
            break
    return done


def telling() -> ColumnElement[bool]:
    """Trackers whose matches are told. One that has ended still tells what it found before its end."""
    return and_(Tracker.deleted_at.is_(None), Tracker.paused_at.is_(None))


def untold(now: datetime) -> ColumnElement[bool]:
    return and_(Match.notification_id.is_(None), Match.told_with_id.is_(None), Match.due_at <= now)


def due_users(session: Session, now: datetime, limit: int) -> list[int]:
    """Users with something to be told, who waits longest first. Each counts once, however much it is."""
    waits = all_untold(now)
    return list(
        session.scalars(
            select(waits.c.user_id)
            .group_by(waits.c.user_id)
            .order_by(func.min(waits.c.due_at), waits.c.user_id)
            .limit(limit)
        )
    )


def overdue(session: Session, now: datetime) -> tuple[int, datetime | None]:
    """How much is due and in no message yet, and since when the oldest of it is."""
    waits = all_untold(now)
    count, oldest = session.execute(select(func.count(), func.min(waits.c.due_at)).select_from(waits)).one()
    return count, oldest


def all_untold(now: datetime) -> Subquery:
    """Matches and changes to be told now: (user_id, due_at)."""
    changed = told_to(MatchChange.due_at).join(MatchChange, MatchChange.match_id == Match.id)
    return union_all(told_to(Match.due_at).where(untold(now)), changed.where(changes.untold(now))).subquery()


def told_to(due_at: InstrumentedAttribute[datetime]) -> Select[int, datetime]:
    """Whom matches are told to, and since when that is due."""
    found = select(Match.user_id, due_at.label("due_at")).select_from(Match)
    found = found.join(Tracker, Tracker.id == Match.tracker_id).join(User, User.id == Match.user_id)
    return found.where(telling(), may_be_written_to())


def claim(session: Session, settings: Settings, user_id: int, now: datetime) -> int | None:
    """Make one notification of all that a user is to be told now. None: another worker was quicker."""
    begin_write(session)
    user = session.scalar(
        select(User)
        .where(User.id == user_id, may_be_written_to())
        .with_for_update(skip_locked=True, key_share=True)
    )
    theirs = select(Tracker.id).where(Tracker.user_id == user_id, telling())
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


def take_waiting(session: Session, settings: Settings, now: datetime) -> int | None:
    """Claim a notification that was refused for now, or whose worker died. None: there is none."""
    while (notification := delivery.waiting(session, Notification, now)) is not None:
        leave_out_stopped(session, notification, now)
        wait_until = quiet_until(notification.user, now) or undo_ends(session, notification.id)
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


def quiet_until(user: User, now: datetime) -> datetime | None:
    """When a user's quiet hours end, if these are some."""
    end = user.quiet.over(now, user.time_zone) if user.quiet else now
    return end if end > now else None


def leave_out_stopped(session: Session, notification: Notification, now: datetime) -> None:
    """What was stopped since the last try is not sent now.

    If the server took no try, it is told when its tracker runs again. Else it may have arrived, and must
    stay with this message: it goes only with a deletion that is final.
    """
    held = Match.notification_id == notification.id
    gone = select(Tracker.id).where(Tracker.deleted_at <= now - UNDO)
    session.execute(delete(Match).where(held, Match.tracker_id.in_(gone)), execution_options=BY_HAND)
    changes.forget(session, notification.id, gone)
    if delivery.known_unsent(notification):
        stopped = select(Tracker.id).where(not_(telling()))
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
    mailer: Mailer,
    notification_id: int,
    now: datetime,
    jitter: Callable[[], float],
    done: Sent,
) -> None:
    """Write, send and mark a notification that this worker has claimed."""
    written = messages.compose(session, settings, notification_id)
    session.rollback()  # nothing is held open while the mail is on its way
    error = None if isinstance(written, Unsent) else delivery.hand_over(mailer, messages.letter(written))
    begin_write(session)
    notification = session.get(Notification, notification_id)
    if notification is None:  # the account was deleted meanwhile
        session.rollback()
        return
    if isinstance(written, Unsent):
        delivery.give_up(notification, written.value, now, done)
    else:
        delivery.mark(notification, error, settings, now, jitter, done)
    if isinstance(error, AddressRefused):
        notification.user.mail_refused_at = now
        log.warning("user %d: the address was refused for good", notification.user_id)
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
