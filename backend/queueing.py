"""The one way to put work on a queue: after the commit, by name, with ids only.

The database is the truth; a queued job is a wake-up call (DESIGN, truth 1). So a wake-up that is already
waiting is not repeated, and Redis being away is logged and never raised: the periodic table asks again.
"""

from __future__ import annotations

import logging
from enum import StrEnum
from typing import Any

from flask import current_app
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.job import Job
from rq.serializers import JSONSerializer
from sqlalchemy import event
from sqlalchemy.orm import Session

log = logging.getLogger(__name__)

WAITING_SECONDS = 30  # a wake-up lost with its worker blocks its like for no longer than this
TIMEOUT_SECONDS = 900
RESULT_SECONDS = 600
FAILURE_SECONDS = 7 * 24 * 3600


class JobName(StrEnum):
    """Every job there is, by the dotted path of its entry point in `workers`."""

    CRAWL_DUE = "workers.jobs.crawl.crawl_due"
    MATCH_CRAWLS = "workers.jobs.match.match_crawls"
    NOTIFY_DUE = "workers.jobs.notify.notify_due"
    SEND_MAIL = "workers.jobs.notify.send_account_mail"
    NOTIFY_CHANNELS = "workers.jobs.channels.notify_channels"
    FILE_QUERIES = "workers.jobs.match.file_queries"
    COUNT = "workers.jobs.count.count"
    HOUSEKEEPING = "workers.jobs.housekeeping.housekeeping"


class QueueName(StrEnum):
    CRAWL = "crawl"
    MATCH = "match"
    MAIL = "mail"
    CHANNEL = "channel"
    PERIODIC = "periodic"


QUEUE_OF = {
    JobName.CRAWL_DUE: QueueName.CRAWL,
    JobName.MATCH_CRAWLS: QueueName.MATCH,
    JobName.NOTIFY_DUE: QueueName.MAIL,
    JobName.SEND_MAIL: QueueName.MAIL,
    JobName.NOTIFY_CHANNELS: QueueName.CHANNEL,
    JobName.FILE_QUERIES: QueueName.PERIODIC,
    JobName.COUNT: QueueName.PERIODIC,
    JobName.HOUSEKEEPING: QueueName.PERIODIC,
}


class JSONJob(Job):
    """A job whose arguments and result are JSON, also where a library forgets to pass the serializer."""

    def __init__(self, id: str | None = None, connection: Any = None, serializer: Any = None) -> None:  # noqa: ARG002
        super().__init__(id, connection, JSONSerializer)


class JSONQueue(Queue):
    """A queue of such jobs, also where a library makes it from a name alone."""

    def __init__(self, name: str, connection: Redis, **options: Any) -> None:
        options |= {"job_class": JSONJob, "serializer": JSONSerializer}
        super().__init__(name, connection=connection, **options)


def waiting_key(name: JobName, ids: tuple[int, ...]) -> str:
    return ":".join(("jobtracker:waiting", name.name.lower(), *map(str, ids)))


def wake(connection: Redis, name: JobName, *ids: int) -> None:
    """Queue a job unless the same one is waiting. Raises RedisError when Redis is away."""
    if connection.set(waiting_key(name, ids), 1, nx=True, ex=WAITING_SECONDS):
        JSONQueue(QUEUE_OF[name].value, connection).enqueue(
            name.value,
            *ids,
            job_timeout=TIMEOUT_SECONDS,
            result_ttl=RESULT_SECONDS,
            failure_ttl=FAILURE_SECONDS,
            description=name.name,
        )


def started(connection: Redis, name: JobName, *ids: int) -> None:
    """Called as a job starts: what is committed from now on needs a new wake-up."""
    connection.delete(waiting_key(name, ids))


def enqueue_after_commit(session: Session, name: JobName, *ids: int) -> None:
    """Wake a job when, and only if, the session's transaction commits."""
    session.info.setdefault("jobs", {})[(name, ids)] = None


@event.listens_for(Session, "after_commit")
def send_pending(session: Session) -> None:
    if session.in_nested_transaction():
        return
    for name, ids in session.info.pop("jobs", {}):
        try:
            wake(current_app.extensions["redis"], name, *ids)
        except RedisError as error:
            log.warning("Redis is away; %s waits for the next periodic look: %s", name.name, error)


@event.listens_for(Session, "after_soft_rollback")
def forget_pending(session: Session, _previous: object) -> None:
    session.info.pop("jobs", None)
