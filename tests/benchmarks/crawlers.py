"""Real worker processes and slow sites: boards an hour, memory, scaling, the queue's share."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests
from redis import Redis

from tests.benchmarks import servers
from tests.benchmarks.memory import jobtracker, running
from tests.benchmarks.table import Table

BOARDS = int(os.environ.get("BENCH_SLOW_BOARDS", "2000"))
LISTINGS = 40
LIMITS = {"boards an hour": 50_000, "memory": 500.0, "scaling": 1.8, "queue": 5.0}


@dataclass(frozen=True, slots=True)
class Ran:
    """A sweep by worker processes: seconds from the wake-up to the last report, and what it took."""

    seconds: float
    memory: float
    jobs: int

    @property
    def an_hour(self) -> float:
        return BOARDS / self.seconds * 3600


@dataclass(frozen=True, slots=True)
class House:
    """A migrated database with all boards, a Redis and a simulator."""

    folder: Path
    environment: dict[str, str]
    simulator: str

    @property
    def redis(self) -> Redis:
        return Redis.from_url(self.environment["REDIS_URL"])

    def delay(self, milliseconds: int) -> None:
        requests.post(f"{self.simulator}/_control/delay/{milliseconds}", timeout=10).raise_for_status()

    def read(self, statement: str) -> int:
        with sqlite3.connect(self.folder / "jobtracker.db", timeout=30) as database:
            return int(database.execute(statement).fetchone()[0] or 0)


@contextmanager
def house(port: int) -> Iterator[House]:
    with (
        tempfile.TemporaryDirectory() as name,
        servers.redis_server(Path(name)) as redis_url,
        servers.simulator(port, BOARDS, LISTINGS, Path(name) / "boards.tsv") as url,
    ):
        folder = Path(name)
        environment = servers.environment(folder, redis_url, SIMULATOR_URL=url)
        jobtracker(environment, "db", "upgrade")
        jobtracker(environment, "boards", "import", str(folder / "boards.tsv"))
        yield House(folder, environment, url)


def slow_sites(port: int) -> Iterator[Table]:
    with house(port) as place:
        yield answers_of_200_ms(place)
        yield answers_of_a_second(place)
        yield share_of_the_queue(place)


def answers_of_200_ms(place: House) -> Table:
    table = Table(f"{BOARDS:,} boards of {LISTINGS} listings whose answers take 200 ms, 2 workers")
    place.delay(200)
    for name in ("first ingest", "nothing changed"):
        ran = sweep(place, workers=2)
        table.row(name, f"{ran.seconds:.1f} s", f"{ran.an_hour:,.0f} boards an hour, {ran.jobs} jobs")
        table.check_at_least(f"{name}, boards an hour", ran.an_hour, LIMITS["boards an hour"], "")
        table.check(f"{name}, all crawling processes (sum of PSS, peak)", ran.memory, LIMITS["memory"], "MB")
    table.row("no faster than its threads wait", f"{BOARDS * 0.2 / (2 * 8):.1f} s", "2 x 8 threads")
    return table


def answers_of_a_second(place: House) -> Table:
    table = Table(f"{BOARDS:,} boards whose answers take 1 s: 2 workers, then 4")
    place.delay(1000)
    ran = {workers: sweep(place, workers) for workers in (2, 4)}
    for workers, one in ran.items():
        note = f"its threads wait {BOARDS / (workers * 8):.1f} s; {one.jobs} jobs"
        table.row(f"{workers} workers", f"{one.seconds:.1f} s", note)
    table.check_at_least("4 workers / 2 workers", ran[2].seconds / ran[4].seconds, LIMITS["scaling"])
    place.delay(0)
    return table


def share_of_the_queue(place: House) -> Table:
    table = Table("The queue: what its jobs cost beside the sweep that they start")
    place.delay(0)
    ran = sweep(place, workers=1)
    table.row("a sweep, nothing changed, 1 worker", f"{ran.seconds:.2f} s", f"{ran.jobs} jobs")
    empty = seconds_of_empty_job(place, "workers.jobs.crawl.crawl_due")
    table.row("a job of ours that finds nothing due", f"{1000 * empty:.1f} ms", f"{1 / empty:,.0f} a second")
    bare = seconds_of_empty_job(place, "time.time")
    table.row("an empty job of RQ, a process each", f"{1000 * bare:.1f} ms", f"{1 / bare:,.0f} a second")
    table.check(
        "all jobs of the sweep / the sweep", 100 * ran.jobs * empty / ran.seconds, LIMITS["queue"], "%"
    )
    return table


def sweep(place: House, workers: int) -> Ran:
    """All boards once, by so many worker processes: from the first visit's beginning to the last report."""
    known, jobs = place.read("SELECT max(id) FROM crawls"), finished(place)
    jobtracker(place.environment, "boards", "crawl", "--all")
    crawling = ("-m", "workers.worker", "crawl", "--processes", str(workers))
    with running(place.environment, *crawling) as pool, servers.PeakMemory("crawl", pool.pid) as memory:
        done = f"SELECT count(*) FROM crawls WHERE id > {known}"
        servers.wait_until(lambda: place.read(done) >= BOARDS, seconds=1200)
        servers.wait_until(lambda: place.read("SELECT count(*) FROM boards WHERE lease IS NOT NULL") == 0)
        servers.wait_until(lambda: place.redis.llen("rq:queue:crawl") == 0)
        time.sleep(1)
    span = "86400e3 * (max(julianday(finished_at)) - min(julianday(started_at)))"
    took = f"SELECT {span} FROM crawls WHERE id > {known}"
    return Ran(place.read(took) / 1000, memory.peak_sum, finished(place) - jobs)


def finished(place: House) -> int:
    return int(place.redis.zcard("rq:finished:crawl"))


def seconds_of_empty_job(place: House, function: str, count: int = 40) -> float:
    """Of one of many that wait in the queue, by our worker."""
    code = (
        "import sys; from redis import Redis; from backend.queueing import JSONQueue;"
        "queue = JSONQueue('crawl', Redis.from_url(sys.argv[1]));"
        f"[queue.enqueue({function!r}) for _ in range({count})]"
    )
    before = finished(place)
    subprocess.run(
        [sys.executable, "-c", code, place.environment["REDIS_URL"]],
        cwd=servers.ROOT,
        env=place.environment,
        check=True,
    )
    with running(place.environment, "-m", "workers.worker", "crawl"):
        servers.wait_until(lambda: finished(place) > before, seconds=60)
        begun, first = time.perf_counter(), finished(place)
        servers.wait_until(lambda: finished(place) >= before + count, seconds=120)
        return (time.perf_counter() - begun) / (before + count - first)
