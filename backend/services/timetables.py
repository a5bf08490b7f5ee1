"""When trackers tell: their own times and their users', and what already waits when these change."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.domain.telling import Cadence, Quiet, Timetable
from backend.models import Match, Tracker, User, begin_write
from backend.services.users import check_time_zone
from backend.settings import Settings

COLUMNS = (
    Tracker.cadence,
    Tracker.hour,
    Tracker.weekday,
    User.time_zone,
    User.quiet_from,
    User.quiet_until,
)


class Times(NamedTuple):
    """What COLUMNS hold of a tracker and its user."""

    cadence: str
    hour: int | None
    weekday: int | None
    time_zone: str
    quiet_from: int | None
    quiet_until: int | None


class QuietHours(NamedTuple):
    """From which hour of a user's day until which nothing is sent."""

    start: int
    end: int


def due(settings: Settings, times: Times, now: datetime) -> datetime:
    """When a match found at `now` is told."""
    return timetable(settings, times).after(now, timedelta(seconds=settings.instant_mail_seconds))


def timetable(settings: Settings, times: Times) -> Timetable:
    quiet = None
    if times.quiet_from is not None and times.quiet_until is not None:
        quiet = Quiet(times.quiet_from, times.quiet_until)
    hour = settings.daily_mail_hour if times.hour is None else times.hour
    return Timetable(Cadence(times.cadence), times.time_zone, hour, times.weekday or 0, quiet)


def move_waiting(session: Session, settings: Settings, tracker: Tracker, now: datetime) -> None:
    """What a tracker has still to tell comes when its times now say, in the caller's transaction."""
    user = tracker.user
    times = Times(
        tracker.cadence, tracker.hour, tracker.weekday, user.time_zone, user.quiet_from, user.quiet_until
    )
    session.execute(
        update(Match)
        .where(Match.tracker_id == tracker.id, Match.notification_id.is_(None))
        .values(due_at=due(settings, times, now))
    )


def change_users_times(
    session: Session,
    settings: Settings,
    user_id: int,
    time_zone: str | None,
    quiet: QuietHours | None,
    *,
    keep_quiet: bool,
    now: datetime,
) -> User:
    """Another time zone (None leaves it), other quiet hours (None: none, unless they are kept).

    Raises BadTimeZone.
    """
    if time_zone is not None:
        check_time_zone(time_zone)
    begin_write(session)
    user = session.get_one(User, user_id)
    user.time_zone = time_zone or user.time_zone
    if not keep_quiet:
        user.quiet_from, user.quiet_until = quiet or (None, None)
    session.flush()
    for tracker in session.scalars(select(Tracker).where(Tracker.user_id == user_id)):
        move_waiting(session, settings, tracker, now)
    session.commit()
    return user
