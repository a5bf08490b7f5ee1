"""A circuit breaker for each host, shared by all workers: a host that fails and fails is left in peace.

After some failures in a row (no connection, silence, 5xx) it opens: nobody asks the host for a pause. Then
one request, the probe, is let through: its failure doubles the pause, an answer closes the breaker. The
look costs no round trip of its own: it is a part of the script that gives turns (`pace`).
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from backend.fetch.shared import REMEMBERED, SharedRedis

FAILED_KEY = "fetch:failed:"  # how often in a row
OPEN_KEY = "fetch:open:"  # while it is there, nobody asks
PROBE_KEY = "fetch:probe:"  # somebody is trying
FIRST_PAUSE, LONGEST_PAUSE = 60.0, 3600.0
PROBE_SECONDS = 90.0  # a probe of which nothing is heard (its worker died) gives way to another

# For the script of `pace`, as a function. Answers nil where the host may be asked, else the microseconds
# until it may. Only one of those who ask when the pause is over is let through; the others are told to come
# back after a first pause, for what it learns is known soon.
GATE = """
local function gate(failed, open, probe, failures, patience, pause)
  if tonumber(redis.call('GET', failed) or '0') < tonumber(failures) then return nil end
  local left = redis.call('PTTL', open)
  if left <= 0 and redis.call('SET', probe, 1, 'NX', 'PX', patience) then return nil end
  return math.max(left, math.min(redis.call('PTTL', probe), tonumber(pause)), 1) * 1000
end
"""

# KEYS: failed, open, probe. ARGV: failures that open, first pause, longest pause, memory (milliseconds).
# Requests that were on their way together count once: what ends after the breaker opened says nothing new.
FAILED = """
if redis.call('PTTL', KEYS[2]) > 0 then return 0 end
local failed = redis.call('INCR', KEYS[1])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
redis.call('DEL', KEYS[3])
local over = failed - tonumber(ARGV[1])
if over < 0 then return 0 end
local pause = math.min(tonumber(ARGV[2]) * 2 ^ math.min(over, 30), tonumber(ARGV[3]))
redis.call('SET', KEYS[2], failed, 'PX', math.ceil(pause))
return math.ceil(pause)
"""


@dataclass(frozen=True, slots=True)
class Patience:
    """After how many failures in a row a host is left alone, at first and at the longest (seconds)."""

    failures: int = 5
    first: float = FIRST_PAUSE
    longest: float = LONGEST_PAUSE

    @property
    def memory(self) -> float:
        """Failures longer ago than this are no longer in a row."""
        return max(3 * self.longest, 900.0)


@dataclass(slots=True)
class _Host:
    failed: int = 0
    open_until: float = 0.0
    probe_until: float = 0.0
    forget_at: float = 0.0


class Breaker:
    """What is known of failing hosts: in Redis, and in this process for when Redis is away."""

    def __init__(self, shared: SharedRedis, patience: Patience) -> None:
        self.patience = patience
        self._shared = shared
        self._failed = shared.client.register_script(FAILED)
        self._lock = threading.Lock()
        self._hosts: dict[str, _Host] = {}

    @staticmethod
    def keys(host: str) -> list[str]:
        return [FAILED_KEY + host, OPEN_KEY + host, PROBE_KEY + host]

    def admit(self, host: str) -> float:
        """By this process alone: 0 where `host` may be asked, else the seconds until it may."""
        known = self._hosts.get(host)
        if known is None:
            return 0.0
        with self._lock:
            now = time.monotonic()
            if known.failed < self.patience.failures or now >= known.forget_at:
                return 0.0
            left = max(known.open_until - now, min(known.probe_until - now, self.patience.first))
            if left > 0:
                return left
            known.probe_until = now + PROBE_SECONDS
            return 0.0

    def failed(self, host: str) -> None:
        """The host did not answer as a host should."""
        self._failed_here(host)
        patience = self.patience
        times = [1000 * seconds for seconds in (patience.first, patience.longest, patience.memory)]
        arguments = [patience.failures, *(max(1, round(time)) for time in times)]
        self._shared.ask(lambda: self._failed(keys=self.keys(host), args=arguments))

    def answered(self, host: str, *, troubled: bool) -> None:
        """The host is well. `troubled`: Redis counted failures when the turn was given."""
        here = self._hosts.pop(host, None)
        if here is not None or troubled:
            self._shared.ask(lambda: self._shared.client.delete(*self.keys(host)))

    def _failed_here(self, host: str) -> None:
        with self._lock:
            now = time.monotonic()
            known = self._hosts.setdefault(host, _Host())
            if known.open_until > now:
                return
            if now >= known.forget_at:
                known.failed = 0
            known.failed += 1
            known.forget_at, known.probe_until = now + self.patience.memory, 0.0
            over = known.failed - self.patience.failures
            if over >= 0:
                known.open_until = now + min(self.patience.first * 2 ** min(over, 30), self.patience.longest)
            if len(self._hosts) > REMEMBERED:
                self._hosts = {name: one for name, one in self._hosts.items() if one.forget_at > now}
