"""When is a board due, when is a notification due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONGEST_PAUSE = timedelta(days=1)
QUICKER = 0.5  # of the interval, after a visit that found a change
SLOWER = 1.25  # of the interval, after one that found none


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often boards are visited: the interval a board begins with, and between which its own moves."""

    start: timedelta
    shortest: timedelta
    longest: timedelta

    def __post_init__(self) -> None:
        """The start may lie outside: it then is the bound, so that one setting alone says enough."""
        object.__setattr__(self, "shortest", min(self.shortest, self.start))
        object.__setattr__(self, "longest", max(self.longest, self.start))

    def at_least(self, pause: timedelta) -> Rhythm:
        """The same for boards of an endpoint that asks for such a pause between visits."""
        return Rhythm(max(self.start, pause), max(self.shortest, pause), max(self.longest, pause))

    def interval(self, seconds: int | None) -> timedelta:
        """The interval of a board that keeps `seconds`; None: it was never visited."""
        own = self.start if seconds is None else timedelta(seconds=seconds)
        return min(max(own, self.shortest), self.longest)

    def after(self, seconds: int | None, *, changed: bool) -> timedelta:
        """The next interval: half after a change, a quarter longer after none.

        So a board that changes in a third of its visits keeps its interval, roughly, one that changes more
        is visited more, and a quiet one rarely.
        """
        step = QUICKER if changed else SLOWER
        return min(max(self.interval(seconds) * step, self.shortest), self.longest)


def first_return(now: datetime, interval: timedelta, jitter: float) -> datetime:
    """When a board is visited for the second time: at any moment of the interval.

    Boards that were added together, thousands by one file, are so spread evenly from then on.
    """
    return now + interval * (0.1 + 0.9 * jitter)


def next_visit(
    now: datetime,
    interval: timedelta,
    failures: int,
    retry_after: float | None,
    jitter: float,
    longest: timedelta = LONGEST_PAUSE,
) -> datetime:
    """When a board is visited again.

    `failures` in a row double the pause, up to `longest`; `retry_after` (seconds) is obeyed up to a day;
    `jitter` in [0, 1) spreads boards over a tenth of the pause, so that they do not all come due at once.
    """
    pause = min(interval * (1 << min(failures, 20)), max(longest, interval))
    if retry_after is not None:
        pause = max(pause, min(timedelta(seconds=retry_after), LONGEST_PAUSE))
    return now + pause * (1 + 0.1 * jitter)


def after_host(now: datetime, seconds: float, jitter: float) -> datetime:
    """When a board is visited again whose host is not asked for `seconds`.

    Spread over as long again: all boards of the host wait for it together.
    """
    return now + min(timedelta(seconds=seconds), LONGEST_PAUSE) * (1 + jitter)


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
