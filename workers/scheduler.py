"""Declares the periodic table on rq-scheduler, and keeps it so: the one importer of rq_scheduler.

Start it as often as you like: one of them schedules, the others wait. After a FLUSHALL the entries are back
with the next pass; while Redis is away it waits.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from typing import Any

from redis import Redis
from redis.exceptions import RedisError
from rq_scheduler import Scheduler

from backend.logs import configure_logging
from backend.queueing import JobName, JSONJob, JSONQueue, wake
from backend.settings import load_settings
from workers.periodic import Periodic, wanted

log = logging.getLogger(__name__)

PASS_SECONDS = 1
REDIS_PAUSE_SECONDS = 2


def reconcile(scheduler: Scheduler, table: Sequence[Periodic]) -> None:
    """Make the entries equal the table: others are cancelled, missing ones scheduled."""
    ids = {periodic.id for periodic in table}
    for job in list(scheduler.get_jobs()):
        if job.id not in ids:
            scheduler.cancel(job)
    for periodic in table:
        if periodic.id not in scheduler:
            periodic.schedule_on(scheduler)


class Reconciling(Scheduler):
    """An rq-scheduler whose entries are templates: each time one is due, a job of its own is woken.

    The library would queue the entry's own id, twice when a pass overtakes a slow worker.
    """

    def __init__(self, connection: Redis, table: Sequence[Periodic]) -> None:
        super().__init__(
            connection=connection, interval=PASS_SECONDS, job_class=JSONJob, queue_class=JSONQueue
        )
        self.queue_class_name = None
        self.table = table

    def enqueue_jobs(self) -> Any:
        reconcile(self, self.table)
        return super().enqueue_jobs()

    def enqueue_job(self, job: JSONJob) -> None:
        wake(self.connection, JobName(str(job.func_name)))
        due = time.time() + job.meta["interval"]
        self.connection.zadd(self.scheduled_jobs_key, {job.id: due})


def run(connection: Redis, table: Sequence[Periodic]) -> None:
    """Schedule until told to stop. A lost Redis is waited for."""
    while True:
        try:
            Reconciling(connection, table).run()
        except RedisError as error:
            log.warning("Redis is away; trying again in %s s: %s", REDIS_PAUSE_SECONDS, error)
            time.sleep(REDIS_PAUSE_SECONDS)


def main() -> None:
    settings = load_settings()
    configure_logging(settings)
    run(Redis.from_url(settings.redis_address), wanted(settings))


if __name__ == "__main__":
    main()
