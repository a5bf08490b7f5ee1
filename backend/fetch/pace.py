"""Politeness: one pace for each host, kept by all workers together in Redis, and holds that hosts ask for."""

from __future__ import annotations

import logging
import threading
import time
from email.utils import parsedate_to_datetime

from redis import ConnectionPool, Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from backend.domain.exchange import Postponed

log = logging.getLogger(__name__)

LONGEST_HOLD = 3600.0
REDIS_REST = 5.0  # after a Redis error, this long without asking Redis again
REDIS_PATIENCE = 2.0
REMEMBERED = 10_000
HOLD_KEY = "fetch:hold:"
SLOT_KEY = "fetch:slot:"
MICRO = 1_000_000

# KEYS: the host's hold, its next free slot. ARGV: the pace, the longest wait (microseconds).
# Answers [0, wait], [1, rest of the hold] or [2, wait too long: no slot was taken]. Redis's clock counts,
# so that workers on several machines agree.
RESERVE = """
local hold = redis.call('PTTL', KEYS[1])
if hold > 0 then return {1, hold * 1000} end
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local slot = math.max(now, tonumber(redis.call('GET', KEYS[2]) or '0'))
if slot - now > tonumber(ARGV[2]) then return {2, slot - now} end
local free = slot + tonumber(ARGV[1])
redis.call('SET', KEYS[2], string.format('%.0f', free), 'PX', math.ceil((free - now) / 1000) + 1)
return {0, slot - now}
"""
TURN, HOLD, BUSY = 0, 1, 2


class Pace:
    """When a host may be asked. Shared by threads; `seconds` lie between two requests to one host (0: none).

    While Redis is away the pace is kept within this process, and that is logged once.
    """

    def __init__(self, redis: Redis, seconds: float) -> None:
        self._redis = _impatient(redis)
        self._seconds = seconds
        self._reserve = self._redis.register_script(RESERVE)
        self._lock = threading.Lock()
        self._holds: dict[str, float] = {}
        self._slots: dict[str, float] = {}
        self._ask_redis_at = 0.0
        self._redis_is_away = False

    def wait_turn(self, host: str, deadline: float) -> None:
        """Sleeps until it is this request's turn.

        Raises Postponed, without waiting, where the host asked for a pause (with `retry_after`) or
        where its turn would come after `deadline` (time.monotonic).
        """
        kind, wait = self._turn(host, max(0.0, deadline - time.monotonic()))
        if kind == TURN and wait > 0:
            time.sleep(wait)
            kind, wait = self._held(host)
        if kind == HOLD:
            raise Postponed(f"{host} asked for a pause: {wait:.0f} s of it are left", wait)
        if kind == BUSY:
            raise Postponed(f"{host} is busy: its pace (HOST_PACE) leaves no turn before the deadline", wait)

    def hold(self, host: str, seconds: float) -> None:
        """Nobody asks `host` for so long (an hour at most)."""
        seconds = min(seconds, LONGEST_HOLD)
        if seconds <= 0:
            return
        with self._lock:
            _forget_past(self._holds)
            self._holds[host] = time.monotonic() + seconds
        if self._redis_answers():
            try:
                self._redis.set(HOLD_KEY + host, 1, px=max(1, int(seconds * 1000)))
            except RedisError as error:
                self._rest_redis(error)

    def _turn(self, host: str, most: float) -> tuple[int, float]:
        if not self._seconds:
            return self._held(host)
        kind, wait = self._held_here(host)
        if kind == HOLD:
            return kind, wait
        if self._redis_answers():
            arguments = [int(self._seconds * MICRO), int(most * MICRO)]
            try:
                kind, wait = self._reserve(keys=[HOLD_KEY + host, SLOT_KEY + host], args=arguments)
            except RedisError as error:
                self._rest_redis(error)
            else:
                self._redis_is_back()
                return int(kind), int(wait) / MICRO
        return self._turn_here(host, most)

    def _turn_here(self, host: str, most: float) -> tuple[int, float]:
        with self._lock:
            now = time.monotonic()
            slot = max(now, self._slots.get(host, 0.0))
            if slot - now > most:
                return BUSY, slot - now
            _forget_past(self._slots)
            self._slots[host] = slot + self._seconds
            return TURN, slot - now

    def _held(self, host: str) -> tuple[int, float]:
        kind, wait = self._held_here(host)
        if kind == TURN and self._redis_answers():
            try:
                left = self._redis.pttl(HOLD_KEY + host)
            except RedisError as error:
                self._rest_redis(error)
            else:
                self._redis_is_back()
                return (HOLD, left / 1000) if left > 0 else (TURN, 0.0)
        return kind, wait

    def _held_here(self, host: str) -> tuple[int, float]:
        left = self._holds.get(host, 0.0) - time.monotonic()
        return (HOLD, left) if left > 0 else (TURN, 0.0)

    def _redis_answers(self) -> bool:
        return time.monotonic() >= self._ask_redis_at

    def _rest_redis(self, error: RedisError) -> None:
        self._ask_redis_at = time.monotonic() + REDIS_REST
        if not self._redis_is_away:
            self._redis_is_away = True
            log.warning("Redis is away: the pace of hosts is kept within this process only (%s)", error)

    def _redis_is_back(self) -> None:
        if self._redis_is_away:
            self._redis_is_away = False
            log.info("Redis is back: the pace of hosts is shared again")


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


def _impatient(redis: Redis) -> Redis:
    """The same server, asked without long retries: a crawl goes on while Redis is away."""
    pool = redis.connection_pool
    options = {**pool.connection_kwargs, "retry": Retry(NoBackoff(), 1), "socket_timeout": REDIS_PATIENCE}
    return Redis(connection_pool=ConnectionPool(pool.connection_class, **options))


def _forget_past(times: dict[str, float]) -> None:
    """Keeps a table of hosts small: a worker meets thousands of them."""
    if len(times) > REMEMBERED:
        now = time.monotonic()
        for host in [host for host, until in times.items() if until <= now]:
            del times[host]
