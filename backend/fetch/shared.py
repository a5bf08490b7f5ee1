"""Redis as the fetch layer uses it: what all workers know together. It is never waited for, nor needed."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from redis import ConnectionPool, Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

log = logging.getLogger(__name__)

REDIS_REST = 5.0  # after a Redis error, this long without asking Redis again
REDIS_PATIENCE = 2.0
REMEMBERED = 10_000

Found = TypeVar("Found")


class SharedRedis:
    """A Redis that may be away: each user then goes by what its own process knows; that is logged once."""

    def __init__(self, redis: Redis) -> None:
        self.client = _impatient(redis)
        self._ask_at = 0.0
        self._is_away = False

    def ask(self, question: Callable[[], Found]) -> Found | None:
        """What Redis answers to `question`, a call of its client; None while it is away."""
        if time.monotonic() < self._ask_at:
            return None
        try:
            found = question()
        except RedisError as error:
            self._ask_at = time.monotonic() + REDIS_REST
            if not self._is_away:
                self._is_away = True
                log.warning("Redis is away: the pace of hosts is kept within this process only (%s)", error)
            return None
        if self._is_away:
            self._is_away = False
            log.info("Redis is back: the pace of hosts is shared again")
        return found


def _impatient(redis: Redis) -> Redis:
    """The same server, asked without long retries: a crawl goes on while Redis is away."""
    pool = redis.connection_pool
    options = {**pool.connection_kwargs, "retry": Retry(NoBackoff(), 1), "socket_timeout": REDIS_PATIENCE}
    return Redis(connection_pool=ConnectionPool(pool.connection_class, **options))


def forget_past(times: dict[str, float]) -> None:
    """Keeps a table of hosts small: a worker meets thousands of them."""
    if len(times) > REMEMBERED:
        now = time.monotonic()
        for host in [host for host, until in times.items() if until <= now]:
            del times[host]
