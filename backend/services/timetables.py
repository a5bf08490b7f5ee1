"""When trackers tell: their own times and their users', and what already waits when these change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import reduce
from typing import NamedTuple

from sqlalchemy import ColumnElement, FromClause, Text, cast, column, func, select, update, values
from sqlalchemy.orm import Session

from backend.domain.telling import Cadence, Quiet, Timetable
from backend.models import Match, MatchChange, Tracker, User, begin_write
from backend.models.base import UTCDateTime
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


def due_moments(settings: Settings, times: Sequence[Times], now: datetime) -> FromClause:
    """When what is found now is told, for each of these ways of telling: rows of (times, due_at) to join."""
    rows = [("|".join(map(str, each)), due(settings, each, now)) for each in times]
    return values(column("times", Text()), column("due_at", UTCDateTime()), name="moments").data(rows).cte()


def times_key() -> ColumnElement[str]:
    """The times of a tracker and its user in one text, as `due_moments` writes them."""
    first, *others = [func.coalesce(cast(each, Text()), str(None)) for each in COLUMNS]
    return reduce(lambda text, each: text.concat("|").concat(each), others, first)


def move_waiting(session: Session, settings: Settings, tracker: Tracker, now: datetime) -> None:
    """What a tracker has still to tell comes when its times now say, in the caller's transaction."""
    user = tracker.user
    times = Times(
        tracker.cadence, tracker.hour, tracker.weekday, user.time_zone, user.quiet_from, user.quiet_until
    )
    due_at = due(settings, times, now)
    for told in (Match, MatchChange):
        session.execute(
            update(told)
            .where(told.tracker_id == tracker.id, told.notification_id.is_(None))
            .values(due_at=due_at)
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
