"""A worker that is killed in the middle of a crawl: its boards come back by themselves."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from datetime import UTC, datetime

import psutil
import pytest
import requests
from sqlalchemy import func, select

from backend.fetch import build_fetcher
from backend.models import Board, begin_write, db
from backend.queueing import WAITING_SECONDS, JobName, wake
from backend.services import boards
from backend.services.sweeps import Sweeper
from backend.settings import Settings
from backend.sources import registry
from tests.career_sites.simulator import Plan, running
from tests.e2e.system import ROOT, until

LEASE_SECONDS = 4


@pytest.fixture
def simulator():
    with running(
        Plan(companies=3, listings=5, spread=0, events_per_minute=0, sources=("lever",))
    ) as simulator:
        yield simulator


@pytest.fixture
def chosen(settings, simulator):
    return settings.model_copy(
        update={"simulator_url": simulator.url, "host_pace": 0.0, "lease_seconds": LEASE_SECONDS}
    )


@pytest.fixture
def crawler(chosen, redis_server, tmp_path):
    """A pool with one crawling process, and those it forks; killed without a word."""
    environment = os.environ | {
        "VAR_DIR": str(tmp_path),
        "CATALOGUE": "",
        "DATABASE_URL": chosen.database_url,
        "REDIS_URL": chosen.redis_url,
        "SIMULATOR_URL": chosen.simulator_url,
        "HOST_PACE": "0",
        "LEASE_SECONDS": str(LEASE_SECONDS),
    }
    command = [sys.executable, "-m", "workers.worker", "crawl", "--processes", "1"]
    pool = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)

    def kill() -> None:
        root = psutil.Process(pool.pid)
        for process in [root, *root.children(recursive=True)]:
            process.kill()
        pool.wait(10)

    yield kill
    if pool.poll() is None:
        kill()


def rows(simulator):
    return requests.get(f"{simulator.url}/_control/boards", timeout=5).json()


def misbehave(simulator, slug, **fault):
    url = f"{simulator.url}/_control/boards/{slug}/misbehave"
    requests.post(url, json=fault, timeout=5).raise_for_status()


def add_all(session, simulator):
    begin_write(session)
    for row in rows(simulator):
        boards.add(session, registry.source(row["source"]), row["token"], row["company"], datetime.now(UTC))
    session.commit()


def leases(session):
    session.rollback()
    return {lease for lease in session.scalars(select(Board.leased_until)) if lease is not None}


def test_the_boards_of_a_killed_worker_are_soon_crawled_by_another(
    session, app, simulator, chosen, crawler, redis_server
):
    for row in rows(simulator):
        misbehave(simulator, row["slug"], kind="slow", pause=0.05)
    add_all(session, simulator)
    redis_server.flushall()
    wake(redis_server, JobName.CRAWL_DUE)
    first = until(lambda: leases(session), 30, "the claim")
    until(lambda: min(leases(session)) > max(first), 10, "the renewal of the leases of visits that go on")
    crawler()
    killed = time.monotonic()
    requests.post(f"{simulator.url}/_control/heal", timeout=5).raise_for_status()
    engine = db.engine
    sweeper = Sweeper(
        fetcher=build_fetcher(chosen, redis_server),
        settings=chosen,
        engine=engine,
        clock=lambda: datetime.now(UTC),
        random=random.Random(1),
        call_for_help=lambda: None,
    )
    assert sweeper.sweep(session)
    assert session.scalar(select(func.count()).select_from(Board).where(Board.last_crawl_at.is_(None))) == 3

    def all_read() -> bool:
        assert sweeper.sweep(session)
        session.rollback()
        return set(session.scalars(select(Board.last_status))) == {"complete"}

    until(all_read, 10, "the crawl by another")
    assert time.monotonic() - killed < LEASE_SECONDS + 2


def test_the_lease_a_lost_wake_up_and_the_next_look_together_take_no_longer_than_two_minutes():
    settings = Settings(_env_file=None)
    assert settings.lease_seconds + settings.tick_seconds + WAITING_SECONDS <= 120
