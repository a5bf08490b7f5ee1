"""Politeness: one pace for each host, kept by all workers together in Redis, and holds that hosts ask for."""

from __future__ import annotations

import threading
import time
from email.utils import parsedate_to_datetime

from redis import Redis

from backend.domain.exchange import HostFails, Postponed
from backend.fetch.breaker import FAILED_KEY, GATE, OPEN_KEY, PROBE_SECONDS, Breaker, Patience
from backend.fetch.shared import REMEMBERED, SharedRedis, forget_past

LONGEST_HOLD = 3600.0
HOLD_KEY = "fetch:hold:"
SLOT_KEY = "fetch:slot:"
MICRO = 1_000_000

# KEYS: the host's hold, its next free slot, and those of the breaker. ARGV: the pace, the longest wait
# (microseconds), the breaker's failures, its probe's and its first pause's milliseconds. Answers [0, wait,
# failures], [1, rest of the hold], [2, wait too long: no slot was taken] or [3, until the breaker lets
# somebody through]. Redis's clock counts, so that workers on several machines agree.
RESERVE = (
    GATE
    + """
local hold = redis.call('PTTL', KEYS[1])
if hold > 0 then return {1, hold * 1000} end
local pace, now, slot = tonumber(ARGV[1]), 0, 0
if pace > 0 then
  local clock = redis.call('TIME')
  now = clock[1] * 1000000 + clock[2]
  slot = math.max(now, tonumber(redis.call('GET', KEYS[2]) or '0'))
  if slot - now > tonumber(ARGV[2]) then return {2, slot - now} end
end
local failed = tonumber(redis.call('GET', KEYS[3]) or '0')
if failed > 0 then
  local closed = gate(KEYS[3], KEYS[4], KEYS[5], ARGV[3], ARGV[4], ARGV[5])
  if closed then return {3, closed} end
end
if pace > 0 then
  local free = slot + pace
  redis.call('SET', KEYS[2], string.format('%.0f', free), 'PX', math.ceil((free - now) / 1000) + 1)
end
return {0, slot - now, failed}
"""
)
TURN, HOLD, BUSY, OPEN = 0, 1, 2, 3
PATIENCE = Patience()


class Pace:
    """When a host may be asked. Shared by threads; `seconds` lie between two requests to one host (0: none).

    `breaker` is told how each request ended. While Redis is away all this is kept within this process.
    """

    def __init__(self, redis: Redis, seconds: float, patience: Patience = PATIENCE) -> None:
        self.shared = SharedRedis(redis)
        self.breaker = Breaker(self.shared, patience)
        self._seconds = seconds
        self._reserve = self.shared.client.register_script(RESERVE)
        self._patience = [patience.failures, int(PROBE_SECONDS * 1000), int(patience.first * 1000)]
        self._lock = threading.Lock()
        self._holds: dict[str, float] = {}
        self._slots: dict[str, float] = {}
        self._delays: dict[str, float] = {}

    def slow_down(self, host: str, seconds: float) -> None:
        """At least so many seconds lie between two requests of this process to `host` (its robots.txt)."""
        if seconds <= self._seconds:
            self._delays.pop(host, None)
            return
        if len(self._delays) >= REMEMBERED:
            self._delays.clear()  # robots.txt is looked at before each page, which tells them again
        self._delays[host] = seconds

    def wait_turn(self, host: str, deadline: float) -> bool:
        """Sleeps until it is this request's turn. Returns whether the host failed lately.

        Raises Postponed, without waiting, where the host asked for a pause (with `retry_after`) or where its
        turn would come after `deadline` (time.monotonic); HostFails where its breaker is open.
        """
        kind, wait, failed = self._turn(host, max(0.0, deadline - time.monotonic()))
        if kind == TURN and wait > 0:
            time.sleep(wait)
            kind, wait = self._still(host)
        if kind == HOLD:
            raise Postponed(f"{host} asked for a pause: {wait:.0f} s of it are left", wait)
        if kind == BUSY:
            raise Postponed(f"{host} is busy: its pace (HOST_PACE) leaves no turn before the deadline", wait)
        if kind == OPEN:
            raise HostFails(f"{host} fails again and again: it is not asked for {wait:.0f} s", wait)
        return failed > 0

    def hold(self, host: str, seconds: float) -> None:
        """Nobody asks `host` for so long (an hour at most)."""
        seconds = min(seconds, LONGEST_HOLD)
        if seconds <= 0:
            return
        with self._lock:
            forget_past(self._holds)
            self._holds[host] = time.monotonic() + seconds
        self.shared.ask(lambda: self.shared.client.set(HOLD_KEY + host, 1, px=max(1, int(seconds * 1000))))

    def _turn(self, host: str, most: float) -> tuple[int, float, int]:
        kind, wait = self._held_here(host)
        if kind == HOLD:
            return kind, wait, 0
        seconds = max(self._seconds, self._delays.get(host, 0.0))
        if not seconds and self._nothing_known(host):
            return TURN, 0.0, 0
        keys = [HOLD_KEY + host, SLOT_KEY + host, *self.breaker.keys(host)]
        arguments = [int(seconds * MICRO), int(most * MICRO), *self._patience]
        found = self.shared.ask(lambda: self._reserve(keys=keys, args=arguments))
        if found is None:
            return (*self._turn_here(host, most, seconds), 0)
        return int(found[0]), int(found[1]) / MICRO, int(found[2]) if len(found) > 2 else 0

    def _nothing_known(self, host: str) -> bool:
        """Whether no worker was asked for a pause or met a failure: all there is to know without a pace.

        It costs half of what the script does, and is the answer nearly always.
        """
        keys = [HOLD_KEY + host, FAILED_KEY + host]
        return self.shared.ask(lambda: self.shared.client.mget(keys)) == [None, None]

    def _turn_here(self, host: str, most: float, seconds: float) -> tuple[int, float]:
        with self._lock:
            now = time.monotonic()
            slot = max(now, self._slots.get(host, 0.0))
            if slot - now > most:
                return BUSY, slot - now
            closed = self.breaker.admit(host)
            if closed:
                return OPEN, closed
            if seconds:
                forget_past(self._slots)
                self._slots[host] = slot + seconds
            return TURN, slot - now

    def _still(self, host: str) -> tuple[int, float]:
        """Whether the turn still holds after it was waited for."""
        kind, wait = self._held_here(host)
        if kind == HOLD:
            return kind, wait
        left = self.shared.ask(lambda: self._rests(host)) or [0, 0]
        for kind, rest in zip((HOLD, OPEN), left, strict=True):
            if rest > 0:
                return kind, rest / 1000
        return TURN, 0.0

    def _rests(self, host: str) -> list[int]:
        pipeline = self.shared.client.pipeline(transaction=False)
        pipeline.pttl(HOLD_KEY + host)
        pipeline.pttl(OPEN_KEY + host)
        rests: list[int] = pipeline.execute()
        return rests

    def _held_here(self, host: str) -> tuple[int, float]:
        left = self._holds.get(host, 0.0) - time.monotonic()
        return (HOLD, left) if left > 0 else (TURN, 0.0)


def retry_after_of(value: str | None, now: float) -> float | None:
    """The seconds that a Retry-After header (RFC 9110, 10.2.3) names, or None. `now` is a Unix time."""
    if not value:
        return None
    value = value.strip()
    if value.isascii() and value.isdecimal():
        return float(value[:9])
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - now)
    except (ValueError, OverflowError):
        return None
