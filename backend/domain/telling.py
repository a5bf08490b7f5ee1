"""When is a match told: its tracker's cadence, in its user's time zone, outside the quiet hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from backend.domain.cadence import next_daily, zone_of

HOUR = timedelta(hours=1)
DAYS_OF_A_WEEK = 7


class Cadence(StrEnum):
    INSTANT = "instant"
    HOURLY = "hourly"
    DAILY = "daily"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours of the day (0 to 23) in which nothing is sent: from `start` until `end`, over midnight or not."""

    start: int
    end: int

    def over(self, moment: datetime, zone: str) -> datetime:
        """`moment`, or the end of the quiet hours it lies in."""
        local = moment.astimezone(zone_of(zone))
        if (local.hour - self.start) % 24 >= (self.end - self.start) % 24:
            return moment
        return next_daily(moment, zone, self.end)


@dataclass(frozen=True, slots=True)
class Timetable:
    """When one tracker tells. `hour` is of daily and weekly ones, `weekday` (0: Monday) of weekly ones."""

    cadence: Cadence
    zone: str
    hour: int
    weekday: int = 0
    quiet: Quiet | None = None

    def after(self, now: datetime, wait: timedelta) -> datetime:
        """When a match found at `now` is told; an instant one waits so long for others."""
        moment = self._due(now, wait)
        return self.quiet.over(moment, self.zone) if self.quiet else moment

    def _due(self, now: datetime, wait: timedelta) -> datetime:
        match self.cadence:
            case Cadence.INSTANT:
                return now + wait
            case Cadence.HOURLY:
                return now.replace(minute=0, second=0, microsecond=0) + HOUR
            case Cadence.DAILY:
                return next_daily(now, self.zone, self.hour)
            case Cadence.WEEKLY:
                return self._next_weekly(now)

    def _next_weekly(self, now: datetime) -> datetime:
        moment = next_daily(now, self.zone, self.hour)
        for _ in range(DAYS_OF_A_WEEK):
            if moment.astimezone(zone_of(self.zone)).weekday() == self.weekday:
                break
            moment = next_daily(moment, self.zone, self.hour)
        return moment
