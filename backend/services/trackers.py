"""Trackers: made, changed, paused, renewed, ended, deleted and brought back. Only their owner's."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session, joinedload

from backend.domain.one_line import one_line
from backend.models import Cadence, Tracker, User, begin_write
from backend.services import tracker_channel
from backend.services.timetables import move_waiting
from backend.services.tracked_query import TrackerConflict, canonical_of, query_id_of
from backend.services.tracker_life import UNDO, end_of, not_deleted, prolong, refuse_ended, reminded_at
from backend.services.watching import watch
from backend.settings import Settings

LIMIT = 50
NAME_LENGTH = 120


class NoSuchTracker(LookupError):
    """There is none with this id, or it is another user's."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a user asks for. Exactly one of `duration_days` and `last_day` says when it ends.

    `hour` is that of daily and weekly mails in the user's zone (None: DAILY_MAIL_HOUR), `weekday` (0: Monday)
    that of weekly ones.
    """

    query: str
    cadence: Cadence
    name: str = ""
    hour: int | None = None
    weekday: int | None = None
    duration_days: int | None = 30
    last_day: date | None = None
    tells_changes: bool = False
    channel_id: int | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be different; None leaves it. `channel_id` counts unless the channel is kept; None: mail."""

    name: str | None = None
    query: str | None = None
    cadence: Cadence | None = None
    hour: int | None = None
    weekday: int | None = None
    last_day: date | None = None
    tells_changes: bool | None = None
    channel_id: int | None = None
    keep_channel: bool = True


def create(session: Session, user_id: int, wish: Wish, now: datetime) -> Tracker:
    """Make a tracker. Raises TrackerRefused, which names the field."""
    canonical = canonical_of(wish.query)
    begin_write(session)
    user = lock_user(session, user_id)
    refuse_too_many(session, user_id)
    tracker_channel.check(session, user_id, wish.channel_id)
    ends = end_of(wish.duration_days, wish.last_day, user.time_zone, now)
    tracker = Tracker(
        user_id=user_id,
        query_id=query_id_of(session, canonical, now),
        name=one_line(wish.name, NAME_LENGTH) or one_line(canonical, NAME_LENGTH),
        text=wish.query.strip(),
        cadence=wish.cadence,
        hour=wish.hour,
        weekday=wish.weekday,
        tells_changes=wish.tells_changes,
        channel_id=wish.channel_id,
        expires_at=ends,
        reminded_at=reminded_at(ends, now),
        created_at=now,
        active_since=now,
        token=secrets.token_urlsafe(32),
    )
    session.add(tracker)
    session.commit()
    return get(session, user_id, tracker.id)


def list_for(session: Session, user_id: int) -> list[Tracker]:
    """A user's trackers, the newest first."""
    return list(
        session.scalars(
            select(Tracker)
            .where(Tracker.user_id == user_id, not_deleted())
            .options(joinedload(Tracker.query), joinedload(Tracker.channel))
            .order_by(Tracker.id.desc())
        )
    )


def get(session: Session, user_id: int, tracker_id: int, *, deleted: bool = False) -> Tracker:
    """One of the user's own trackers. Raises NoSuchTracker, for another's too."""
    tracker = session.scalar(
        select(Tracker)
        .where(
            Tracker.id == tracker_id,
            Tracker.user_id == user_id,
            Tracker.deleted_at.is_not(None) if deleted else not_deleted(),
        )
        .options(joinedload(Tracker.query), joinedload(Tracker.channel))
    )
    if tracker is None:
        raise NoSuchTracker(tracker_id)
    return tracker


def change(
    session: Session, settings: Settings, user_id: int, tracker_id: int, wanted: Change, now: datetime
) -> Tracker:
    """Change a tracker. With another query it looks only at what is crawled from now on."""
    canonical = None if wanted.query is None else canonical_of(wanted.query)
    begin_write(session)
    tracker = get(session, user_id, tracker_id)
    if wanted.query is not None and canonical is not None:
        if tracker.name == one_line(tracker.query.canonical, NAME_LENGTH):
            tracker.name = one_line(canonical, NAME_LENGTH)
        if canonical != tracker.query.canonical:
            tracker.query_id = query_id_of(session, canonical, now)
            tracker.active_since = now
        tracker.text = wanted.query.strip()
    if wanted.name is not None:
        tracker.name = one_line(wanted.name, NAME_LENGTH) or one_line(
            canonical or tracker.query.canonical, NAME_LENGTH
        )
    change_times(session, settings, tracker, wanted, now)
    if not wanted.keep_channel:
        tracker_channel.move(session, tracker, wanted.channel_id, now)
    if wanted.tells_changes is not None and wanted.tells_changes != tracker.tells_changes:
        tracker.tells_changes = wanted.tells_changes
        watch(session, tracker.id, wanted.tells_changes)
    if wanted.last_day is not None:
        prolong(tracker, end_of(None, wanted.last_day, tracker.user.time_zone, now), now)
    session.commit()
    session.expire(tracker)
    return get(session, user_id, tracker_id)


def pause(session: Session, user_id: int, tracker_id: int, now: datetime) -> Tracker:
    """Collect nothing until it is resumed."""
    begin_write(session)
    tracker = get(session, user_id, tracker_id)
    refuse_ended(tracker, now)
    tracker.paused_at = tracker.paused_at or now
    session.commit()
    return tracker


def resume(session: Session, user_id: int, tracker_id: int, now: datetime) -> Tracker:
    """Collect again, from what is crawled from now on."""
    begin_write(session)
    tracker = get(session, user_id, tracker_id)
    refuse_ended(tracker, now)
    if tracker.paused_at is not None:
        tracker.paused_at = None
        tracker.active_since = now
    session.commit()
    return tracker


def renew(session: Session, user_id: int, tracker_id: int, duration_days: int, now: datetime) -> Tracker:
    """Let it run for so many days from now, never shorter than before."""
    begin_write(session)
    tracker = get(session, user_id, tracker_id)
    prolong(tracker, max(end_of(duration_days, None, "UTC", now), tracker.expires_at), now)
    session.commit()
    return tracker


def remove(session: Session, user_id: int, tracker_id: int, now: datetime) -> None:
    """Delete a tracker; for an hour `restore` brings it back as if nothing had been."""
    begin_write(session)
    get(session, user_id, tracker_id).deleted_at = now
    session.commit()


def restore(session: Session, user_id: int, tracker_id: int, now: datetime) -> Tracker:
    """Undo a deletion. Raises NoSuchTracker when an hour has passed."""
    begin_write(session)
    lock_user(session, user_id)
    tracker = get(session, user_id, tracker_id, deleted=True)
    if tracker.deleted_at is None or tracker.deleted_at <= now - UNDO:
        raise NoSuchTracker(tracker_id)
    refuse_too_many(session, user_id)
    tracker.deleted_at = None
    session.commit()
    return tracker


def expire(session: Session, now: datetime) -> int:
    """Mark trackers whose end has passed. They stopped collecting at that end, however late this comes."""
    begin_write(session)
    ended = session.execute(
        update(Tracker)
        .where(Tracker.expires_at <= now, Tracker.expired_at.is_(None))
        .values(expired_at=Tracker.expires_at)
        .returning(Tracker.id)
    ).all()
    session.commit()
    return len(ended)


def purge_deleted(session: Session, now: datetime) -> int:
    """Remove for good what was deleted more than an hour ago, its matches too."""
    begin_write(session)
    gone = session.execute(
        delete(Tracker).where(Tracker.deleted_at <= now - UNDO).returning(Tracker.id)
    ).all()
    session.commit()
    return len(gone)


def change_times(
    session: Session, settings: Settings, tracker: Tracker, wanted: Change, now: datetime
) -> None:
    """What waits to be told comes when the new times say."""
    before = tracker.cadence, tracker.hour, tracker.weekday
    tracker.cadence = wanted.cadence or tracker.cadence
    tracker.hour = tracker.hour if wanted.hour is None else wanted.hour
    tracker.weekday = tracker.weekday if wanted.weekday is None else wanted.weekday
    if (tracker.cadence, tracker.hour, tracker.weekday) != before:
        move_waiting(session, settings, tracker, now)


def lock_user(session: Session, user_id: int) -> User:
    """Two requests of one user take turns where they count."""
    return session.scalars(select(User).where(User.id == user_id).with_for_update(key_share=True)).one()


def refuse_too_many(session: Session, user_id: int) -> None:
    count = session.scalar(
        select(func.count()).select_from(Tracker).where(Tracker.user_id == user_id, not_deleted())
    )
    if (count or 0) >= LIMIT:
        raise TrackerConflict(
            "query", f"You have {LIMIT} trackers, which is as many as one account may have; delete one first."
        )
