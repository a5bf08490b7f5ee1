"""Where the API reads the clock: once a request, to hand it on as `now`."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    return datetime.now(UTC)
