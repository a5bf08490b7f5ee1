"""How long to wait before what failed is tried again."""

from __future__ import annotations

from datetime import timedelta

FIRST = timedelta(minutes=1)
LONGEST = timedelta(hours=6)


def pause(tries: int, jitter: float) -> timedelta:
    """The pause after the `tries`-th failure: doubled up to six hours; `jitter` in [0, 1) adds up to half."""
    doublings = min(max(tries, 1) - 1, 20)
    return min(FIRST * (1 << doublings), LONGEST) * (1 + 0.5 * jitter)
