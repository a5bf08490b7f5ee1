"""Starts a pool of RQ workers: `python -m workers.worker QUEUE... [--processes N]`."""

from __future__ import annotations

import gc
import signal
from collections.abc import Collection
from importlib import import_module
from typing import Any

import click
from redis import Redis
from rq import Worker
from rq.exceptions import StopRequested
from rq.serializers import JSONSerializer
from rq.worker import DequeueStrategy
from rq.worker_pool import WorkerPool
from sqlalchemy.orm import configure_mappers

from backend.lifetime import die_with_parent
from backend.logs import configure_logging
from backend.queueing import QUEUE_OF, JSONJob, JSONQueue, QueueName
from backend.settings import load_settings
from workers.bootstrap import worker_app

DEQUEUE_SECONDS = 2


class PoolWorker(Worker):
    """A worker of the pool. RQ's own scheduler stays off: `workers.scheduler` is the only one.

    Its queues take turns: matching, which every crawl wakes, would else keep the mails waiting for ever.
    """

    def work(self, *args: Any, **options: Any) -> bool:
        die_with_parent(signal.SIGTERM)
        options |= {"with_scheduler": False, "dequeue_strategy": DequeueStrategy.ROUND_ROBIN}
        return bool(super().work(*args, **options))

    def setup_work_horse_signals(self) -> None:
        """The horse leads a process group of its own: it must be told when its worker is killed."""
        super().setup_work_horse_signals()  # type: ignore[no-untyped-call]
        die_with_parent(signal.SIGTERM)

    @property
    def dequeue_timeout(self) -> int:
        """Seconds of one wait for a job: an idle worker may notice the signal to stop only when it ends."""
        return DEQUEUE_SECONDS

    def _shutdown(self) -> None:
        """Stop an idle worker by SystemExit: RQ's own exception is lost when the signal meets a log call,
        because logging catches every Exception."""
        try:
            super()._shutdown()  # type: ignore[no-untyped-call]
        except StopRequested:
            raise SystemExit(0) from None


def load(queues: Collection[str]) -> None:
    """Once, before forking: each job starts warm and shares the memory. Crawling goes without languages.

    The application is made too, but connects to nothing: each process does that for itself.
    """
    names = sorted({name.rpartition(".")[0] for name, queue in QUEUE_OF.items() if queue in queues})
    modules = [import_module(name) for name in names]
    configure_mappers()
    worker_app()
    for module in modules:
        if prepare := getattr(module, "prepare", None):
            prepare()


@click.command()
@click.argument("queues", nargs=-1, required=True, type=click.Choice([name.value for name in QueueName]))
@click.option("--processes", default=1, show_default=True, help="How many workers.")
def main(queues: tuple[str, ...], processes: int) -> None:
    """Work on QUEUES, which take turns."""
    settings = load_settings()
    configure_logging(settings)
    load(queues)
    gc.collect()
    gc.freeze()  # what is loaded stays shared with every process forked from here
    WorkerPool(
        queues,
        connection=Redis.from_url(settings.redis_address),
        num_workers=processes,
        worker_class=PoolWorker,
        job_class=JSONJob,
        queue_class=JSONQueue,
        serializer=JSONSerializer,
    ).start(logging_level=settings.log_level)


if __name__ == "__main__":
    main()
