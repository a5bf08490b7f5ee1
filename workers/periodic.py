"""What runs when: the one table of periodic work. Intervals are settings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from backend.queueing import QUEUE_OF, JobName
from backend.settings import Settings

FILING_SECONDS = 3600  # how often the month of the counts is looked at


@dataclass(frozen=True, slots=True)
class Periodic:
    """A job and how often it is woken, in seconds."""

    name: JobName
    seconds: int

    @property
    def id(self) -> str:
        """Name and interval: another interval is another entry. RQ allows no dots and colons."""
        return f"periodic-{self.name.name.lower()}-{self.seconds}"

    def schedule_on(self, scheduler: Any) -> None:
        scheduler.schedule(
            datetime.now(UTC).replace(tzinfo=None),  # rq-scheduler reckons in naive UTC
            self.name.value,
            interval=self.seconds,
            id=self.id,
            queue_name=QUEUE_OF[self.name].value,
            description=self.name.name,
        )


def wanted(settings: Settings) -> tuple[Periodic, ...]:
    every_time = (
        Periodic(JobName.CRAWL_DUE, settings.tick_seconds),
        Periodic(JobName.MATCH_CRAWLS, settings.match_seconds),
        Periodic(JobName.NOTIFY_DUE, settings.notify_seconds),
        Periodic(JobName.COUNT, settings.count_seconds),
        Periodic(JobName.HOUSEKEEPING, settings.housekeeping_seconds),
        Periodic(JobName.FILE_QUERIES, FILING_SECONDS),
    )
    if not settings.channel_kinds:
        return every_time
    return (*every_time, Periodic(JobName.NOTIFY_CHANNELS, settings.notify_seconds))
