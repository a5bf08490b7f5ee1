"""When is a board due, when is a notification due."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONGEST_PAUSE = timedelta(days=1)


def next_visit(
    now: datetime, interval: timedelta, failures: int, retry_after: float | None, jitter: float
) -> datetime:
    """When a board is visited again.

    `failures` in a row double the pause, up to a day; `retry_after` (seconds) is obeyed; `jitter` in [0, 1)
    spreads boards over a tenth of the pause, so that they do not all come due at once.
    """
    pause = min(interval * (1 << min(failures, 20)), max(LONGEST_PAUSE, interval))
    if retry_after is not None:
        pause = max(pause, min(timedelta(seconds=retry_after), LONGEST_PAUSE))
    return now + pause * (1 + 0.1 * jitter)


def next_daily(now: datetime, zone: str, hour: int) -> datetime:
    """The next moment after `now` when clocks in `zone` show `hour`, once a day.

    An hour that clocks skip comes as they jump over it; one that they repeat counts the first time.
    """
    local = zone_of(zone)
    today = now.astimezone(local).date()
    for days in range(3):
        moment = datetime.combine(today + timedelta(days), time(hour), local).astimezone(UTC)
        if moment > now:
            return moment
    raise AssertionError("a day has an hour")  # pragma: no cover


def end_of_day(day: date, zone: str) -> datetime:
    """The last second of a day in a zone."""
    return datetime.combine(day, time(23, 59, 59), zone_of(zone)).astimezone(UTC)


def zone_of(name: str) -> ZoneInfo:
    """A time zone by its name; UTC for one that is not known (any longer)."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")
