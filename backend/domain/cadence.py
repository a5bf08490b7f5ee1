"""When is a board due, when is a notification due."""

from __future__ import annotations

from datetime import datetime, timedelta

LONGEST_PAUSE = timedelta(days=1)


def next_visit(
    now: datetime, interval: timedelta, failures: int, retry_after: float | None, jitter: float
) -> datetime:
    """When a board is visited again.

    `failures` in a row double the pause, up to a day; `retry_after` (seconds) is obeyed; `jitter` in [0, 1)
    spreads boards over a tenth of the pause, so that they do not all come due at once.
    """
    pause = min(interval * 2 ** min(failures, 20), max(LONGEST_PAUSE, interval))
    if retry_after is not None:
        pause = max(pause, min(timedelta(seconds=retry_after), LONGEST_PAUSE))
    return now + pause * (1 + 0.1 * jitter)
