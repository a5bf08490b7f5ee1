"""The life of a tracker: its states, what they collect, and when it ends."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, and_, or_

from backend.domain.cadence import end_of_day
from backend.models import Tracker
from backend.services.tracked_query import TrackerConflict, TrackerRefused

UNDO = timedelta(hours=1)
LONGEST = timedelta(days=366)
REMINDER = timedelta(days=3)  # before the end
DURATIONS = (7, 30, 90)
Status = Literal["active", "paused", "expired"]


def status_of(tracker: Tracker, now: datetime) -> Status:
    if tracker.expired_at is not None or tracker.expires_at <= now:
        return "expired"
    return "active" if tracker.paused_at is None else "paused"


def not_deleted() -> ColumnElement[bool]:
    return Tracker.deleted_at.is_(None)


def collecting(now: datetime) -> ColumnElement[bool]:
    """Trackers for which matches are kept: not paused; one just deleted goes on, lest an undo has a hole.

    When it ends is not asked here: what a crawl found before the end may be matched after it.
    """
    return and_(Tracker.paused_at.is_(None), or_(not_deleted(), Tracker.deleted_at > now - UNDO))


def end_of(duration_days: int | None, last_day: date | None, zone: str, now: datetime) -> datetime:
    """When a tracker ends: after so many days, or with a day in the user's zone."""
    if last_day is None:
        if duration_days not in DURATIONS:
            raise TrackerRefused("duration_days", "Choose 7, 30 or 90 days, or a date.")
        return now + timedelta(days=duration_days)
    end = end_of_day(last_day, zone)
    if end <= now:
        raise TrackerRefused("expires_at", "This day is over; choose a later one.")
    if end > now + LONGEST:
        raise TrackerRefused("expires_at", "A tracker runs for a year at most; choose an earlier day.")
    return end


def prolong(tracker: Tracker, end: datetime, now: datetime) -> None:
    """Move the end. One that had ended begins anew: what came in between was not collected."""
    if status_of(tracker, now) == "expired":
        tracker.active_since = now
        tracker.expired_at = None
    tracker.expires_at = end
    tracker.reminded_at = reminded_at(end, now)


def reminded_at(end: datetime, now: datetime) -> datetime | None:
    """One that is to run for no longer than the reminder comes before needs none."""
    return now if end <= now + REMINDER else None


def refuse_ended(tracker: Tracker, now: datetime) -> None:
    if status_of(tracker, now) == "expired":
        raise TrackerConflict("expires_at", "This tracker has ended; renew it first.")
