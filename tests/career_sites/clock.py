"""Seconds since the start of the world, on a clock that can be stopped and set forward."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime


@dataclass(slots=True)
class Clock:
    epoch: datetime
    ahead: float = 0.0
    stopped_at: float | None = None

    def now(self) -> float:
        if self.stopped_at is not None:
            return self.stopped_at
        return max(0.0, time.time() - self.epoch.timestamp() + self.ahead)

    def stop(self) -> None:
        self.stopped_at = self.now()

    def go(self) -> None:
        """On from where it stood."""
        if self.stopped_at is not None:
            self.ahead = self.stopped_at - (time.time() - self.epoch.timestamp())
            self.stopped_at = None

    def advance(self, seconds: float) -> None:
        if self.stopped_at is not None:
            self.stopped_at += seconds
        else:
            self.ahead += seconds
