"""Telling by channels: in a process of its own and several at once, so that a slow one holds up no other."""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

from sqlalchemy.orm import Session

from backend.models import db
from backend.queueing import JobName
from backend.services import notifications
from backend.services.couriers import THREADS, Couriers
from backend.services.routes import ByChannels
from workers.bootstrap import job_context, worker_app

SECONDS = 60  # then another job goes on
jitter = random.Random().random  # noqa: S311  (spreads retries; nothing secret)


@lru_cache(maxsize=1)
def worker_couriers() -> Couriers:
    return Couriers(worker_app().config["SETTINGS"])


prepare = worker_couriers


def notify_channels() -> None:
    """Send what is due by channels, each thread what it claims."""
    with job_context(JobName.NOTIFY_CHANNELS) as context, ThreadPoolExecutor(THREADS) as pool:
        route, engine = ByChannels(worker_couriers(), context.settings), db.engine
        until = time.monotonic() + SECONDS

        def send(_number: int) -> bool:
            """Returns whether something may be left."""
            with context.app.app_context(), Session(engine) as session:  # commits wake jobs by it
                while time.monotonic() < until:
                    if not notifications.send_by(
                        session, context.settings, route, context.now(), jitter
                    ).tried:
                        return False
            return True

        if any(list(pool.map(send, range(THREADS)))):
            context.wake(JobName.NOTIFY_CHANNELS)
