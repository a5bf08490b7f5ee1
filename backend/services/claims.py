"""Who is to be told something, and claiming it: the matches of one message are no other's from then on.

A claim links the matches to a notification, whose Message-ID is fixed by then. Claims of several recipients
are one transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    delete,
    func,
    not_,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, load_only

from backend.models import (
    BY_HAND,
    Match,
    MatchChange,
    Notification,
    NotificationKind,
    Tracker,
    User,
    begin_write,
)
from backend.services import changes, delivery
from backend.services.among import among, pairs
from backend.services.recipients import may_be_told, may_be_written_to, working_channels
from backend.services.routes import Route
from backend.services.tracker_life import UNDO
from backend.settings import Settings

LOOKED_AT = 10  # of what is due for each that is to be told, as one may have very much
Waiting = Select[int, int | None, datetime]
"""Rows of (user_id, channel_id, due_at)."""


class Recipient(NamedTuple):
    """A user, and the channel by which they are told; None: by mail."""

    user_id: int
    channel_id: int | None


def telling() -> ColumnElement[bool]:
    """Trackers whose matches are told. One that has ended still tells what it found before its end."""
    return and_(Tracker.deleted_at.is_(None), Tracker.paused_at.is_(None))


def untold(now: datetime) -> ColumnElement[bool]:
    return and_(Match.notification_id.is_(None), Match.told_with_id.is_(None), Match.due_at <= now)


def due_recipients(session: Session, route: Route, now: datetime, limit: int) -> list[Recipient]:
    """Who is to be told something, who waits longest first. Each counts once, however much it is.

    The oldest of all that is due is looked at, by its index, until there are enough: so this takes no longer
    where very much waits.
    """
    ready = route.trackers(session, now)
    if ready is None:
        return []
    recipients: dict[Recipient, None] = {}
    most = limit * LOOKED_AT
    while len(recipients) < limit:
        others = not_(among(session, Match.user_id, {user_id for user_id, _ in recipients}))
        found, changed = all_untold(now, and_(route.people, ready, others))
        found = found.order_by(Match.due_at, Match.user_id).limit(most)
        changed = changed.order_by(MatchChange.due_at, MatchChange.tracker_id).limit(most)
        waits = union_all(select(found.subquery()), select(changed.subquery())).subquery()
        whose = select(waits.c.user_id, waits.c.channel_id, func.count())
        whose = whose.group_by(waits.c.user_id, waits.c.channel_id)
        rows = session.execute(whose.order_by(func.min(waits.c.due_at), waits.c.user_id)).all()
        recipients |= {Recipient(user_id, channel_id): None for user_id, channel_id, _ in rows}
        if sum(count for _, _, count in rows) < most:
            break
    return list(recipients)[:limit]


def overdue(session: Session, now: datetime) -> tuple[int, datetime | None]:
    """How much is due and in no message yet, and since when the oldest of it is.

    What waits for a channel that fails, or takes nothing, is not late: its owner sees it.
    """
    by_mail = and_(Tracker.channel_id.is_(None), may_be_written_to())
    chosen = or_(by_mail, and_(Tracker.channel_id.in_(working_channels()), may_be_told()))
    waits = union_all(*all_untold(now, chosen)).subquery()
    count, oldest = session.execute(select(func.count(), func.min(waits.c.due_at)).select_from(waits)).one()
    return count, oldest


def all_untold(now: datetime, chosen: ColumnElement[bool]) -> tuple[Waiting, Waiting]:
    """Matches, and changes, to be told now. `chosen`: trackers and users."""
    found = told_to(Match.due_at).where(untold(now), chosen)
    changed = told_to(MatchChange.due_at).join(MatchChange, MatchChange.match_id == Match.id)
    return found, changed.where(changes.untold(now), chosen)


def told_to(due_at: InstrumentedAttribute[datetime]) -> Waiting:
    """Whom matches are told to, by which channel, and since when that is due."""
    found = select(Match.user_id, Tracker.channel_id, due_at.label("due_at")).select_from(Match)
    found = found.join(Tracker, Tracker.id == Match.tracker_id).join(User, User.id == Match.user_id)
    return found.where(telling())


def claim(
    session: Session, settings: Settings, route: Route, recipients: Sequence[Recipient], now: datetime
) -> list[int]:
    """Make for each one notification of all that they are to be told now.

    Of whom another worker is at, or has been, there is none; who has quiet hours is told when these end.
    """
    begin_write(session)
    ready = route.trackers(session, now)
    if ready is None:
        session.rollback()
        return []
    ready = and_(ready, of_channels({channel_id for _, channel_id in recipients}), telling())
    users = session.scalars(
        select(User)
        .options(load_only(User.time_zone, User.quiet_from, User.quiet_until))
        .where(among(session, User.id, {user_id for user_id, _ in recipients}), route.people)
        .order_by(User.id)
        .with_for_update(skip_locked=True, key_share=True)
    ).all()
    quiet = {user.id: until for user in users if (until := quiet_until(user, now)) is not None}
    for user_id, until in quiet.items():
        put_off(session, select(Tracker.id).where(Tracker.user_id == user_id, ready), now, until)
    awake = [user.id for user in users if user.id not in quiet]
    theirs = select(Tracker.id).where(among(session, Tracker.user_id, awake), ready)
    claimed = claim_of(session, settings, theirs, now) if awake else []
    session.commit()
    return claimed


def of_channels(channel_ids: Collection[int | None]) -> ColumnElement[bool]:
    by_mail = Tracker.channel_id.is_(None)
    named = Tracker.channel_id.in_([one for one in channel_ids if one is not None])
    return or_(by_mail, named) if None in channel_ids else named


def claim_of(session: Session, settings: Settings, theirs: Select[int], now: datetime) -> list[int]:
    """What these trackers are to tell now, a notification for each recipient."""
    tellers = select(Tracker.id, Tracker.user_id, Tracker.channel_id)
    something = select(Match.id).where(Match.tracker_id == Tracker.id, untold(now)).exists()
    found = session.execute(tellers.where(Tracker.id.in_(theirs), something)).all()
    changed = changes.tellers(session, theirs, now)
    others = session.execute(tellers.where(among(session, Tracker.id, changed))).all() if changed else ()
    to = {tracker_id: Recipient(user_id, channel) for tracker_id, user_id, channel in (*found, *others)}
    claimed = {"claimed_until": delivery.claimed_until(settings, now), "tries": 1}
    own = [recipient._asdict() | claimed for recipient in set(to.values())]
    made = delivery.add_notifications(session, settings, own, now)
    ids = {Recipient(user_id, channel_id): id for id, user_id, channel_id in made}
    messages = {tracker_id: ids[recipient] for tracker_id, recipient in to.items()}
    claim_matches(session, messages, now)
    if changed:
        changes.claim(session, messages, now)
    return list(ids.values())


def claim_matches(session: Session, messages: Mapping[int, int], now: datetime) -> None:
    """`messages` are notifications by tracker."""
    each = pairs(session, messages)
    session.execute(
        update(Match).where(Match.tracker_id == each.c.key, untold(now)).values(notification_id=each.c.value),
        execution_options=BY_HAND,
    )


def put_off(session: Session, theirs: Select[int], now: datetime, until: datetime) -> None:
    found = and_(untold(now), Match.tracker_id.in_(theirs))
    session.execute(update(Match).where(found).values(due_at=until), execution_options=BY_HAND)
    changes.put_off(session, theirs, now, until)


def take_waiting(session: Session, settings: Settings, route: Route, now: datetime) -> list[int]:
    """Claim notifications that were refused for now, or whose worker died, up to a batch."""
    chosen = route.notifications(now)
    claimed: list[int] = []
    while len(claimed) < route.at_once:
        notification = delivery.waiting(session, Notification, now, chosen)
        if notification is None:
            session.rollback()
            break
        route.take(notification)
        leave_out_stopped(session, notification, now)
        wait_until = to_wait_until(session, notification, now)
        if wait_until is None:
            delivery.claim(notification, settings, now)
            claimed.append(notification.id)
        else:
            notification.next_try_at = wait_until
        session.commit()
    return claimed


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
