"""The application of a worker process, and a session and a log context for each job."""

from __future__ import annotations

import logging
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import cast

from flask import Flask
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from backend.app import create_app
from backend.fetch import Fetcher, build_fetcher
from backend.logs import configure_logging
from backend.models import db, is_away
from backend.queueing import JobName, started, wake
from backend.services.sweeps import Sweeper
from backend.settings import Settings, load_settings

log = logging.getLogger(__name__)


@lru_cache(maxsize=1)
def worker_app() -> Flask:
    """The process's application, made when first needed."""
    settings = load_settings()
    configure_logging(settings)
    return create_app(settings)


@lru_cache(maxsize=1)
def worker_fetcher() -> Fetcher:
    app = worker_app()
    return build_fetcher(app.config["SETTINGS"], app.extensions["redis"])


@dataclass(frozen=True, slots=True)
class JobContext:
    session: Session
    settings: Settings
    redis: Redis
    app: Flask

    def now(self) -> datetime:
        return datetime.now(UTC)

    def wake(self, name: JobName) -> None:
        """Wake another job; without Redis the next periodic look does it."""
        try:
            wake(self.redis, name)
        except RedisError as error:
            log.warning("Redis is away; %s waits for the next periodic look: %s", name.name, error)

    def sweeper(self) -> Sweeper:
        return Sweeper(
            fetcher=worker_fetcher(),
            settings=self.settings,
            engine=db.engine,
            clock=self.now,
            random=random.Random(),  # noqa: S311 (spreads boards over time; nothing secret)
            call_for_help=lambda: self.wake(JobName.CRAWL_DUE),
        )


@contextmanager
def job_context(name: JobName, *ids: int) -> Iterator[JobContext]:
    """A session for one job. What is committed from its start on needs a new wake-up.

    A job without its database ends with a line in the log: what waits is found by the next periodic look.
    """
    app = worker_app()
    with app.app_context():
        redis = cast(Redis, app.extensions["redis"])
        try:
            started(redis, name, *ids)
        except RedisError as error:
            log.warning("Redis is away as %s starts: %s", name.name, error)
        log.debug("%s %s starts", name.name, ids)
        try:
            yield JobContext(cast(Session, db.session()), app.config["SETTINGS"], redis, app)
        except DBAPIError as error:
            if not is_away(error):
                raise
            words = "the database is away; %s ends, and the next periodic look goes on with what waits: %s"
            log.error(words, name.name, error.orig)
        finally:
            db.session.remove()
