"""The breaker of a host: opened by failures in a row, shared by all workers, tried by one probe."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from redis import Redis

from backend.domain.exchange import HostFails, Request, SourceUnavailable
from backend.fetch import Fetcher, Limits
from backend.fetch.breaker import FAILED_KEY, OPEN_KEY, PROBE_KEY, Patience
from backend.fetch.pace import Pace
from backend.fetch.transport import GuardedAdapter
from tests.unit.fetch.servers import raw, serve, text

LIMITS = Limits(connect=2, read=0.6, whole=20, body=1000)
HOST = "127.0.0.1"
PATIENCE = Patience(failures=3, first=0.3, longest=1.0)


@pytest.fixture
def site():
    with serve() as site:
        site.answers["/"] = text("here")
        site.answers["/fault"] = text("no", 500)
        yield site


@pytest.fixture
def worker(site, redis_socket, redis_server):
    """Makes what asks for a path, with a Redis client of its own, as each worker process has."""

    def make(seconds=0.0, socket=redis_socket, patience=PATIENCE):
        pace = Pace(Redis(unix_socket_path=socket), seconds, patience)
        fetcher = Fetcher(GuardedAdapter(8, site.allowed), pace, LIMITS, "tests", site.allowed)
        return lambda path="/": fetcher.fetch(Request(site.address + path))

    return make


def fail(ask, times, path="/fault"):
    for _ in range(times):
        with suppress(SourceUnavailable):
            ask(path)


@pytest.mark.parametrize("seconds", [0, 0.001], ids=["without a pace", "with a pace"])
@pytest.mark.parametrize(
    "answer",
    [text("no", 500), text("no", 503), raw(b""), raw(b"", b"", pause=1.5), text("half", length=8)],
    ids=["500", "503", "no answer", "silence", "half a body"],
)
def test_a_host_that_fails_in_a_row_is_left_alone_by_all_workers(site, worker, seconds, answer):
    one, other = worker(seconds), worker(seconds)
    site.answers["/fault"] = answer
    fail(one, 2)
    fail(other, 1)
    asked = len(site.seen)
    for ask in (one, other):
        with pytest.raises(HostFails, match=r"127\.0\.0\.1 fails again and again: it is not asked") as open_:
            ask("/")
        assert 0 < open_.value.retry_after <= 0.3
    assert len(site.seen) == asked


def test_a_connection_that_is_refused_counts(worker, redis_server):
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        address = f"{HOST}:{taken.getsockname()[1]}"
        pace = Pace(redis_server, 0, PATIENCE)
        allow = frozenset({address})
        fetcher = Fetcher(GuardedAdapter(1, allow), pace, LIMITS, "x", allow)
        fail(lambda _: fetcher.fetch(Request(f"http://{address}/")), 3)
        with pytest.raises(HostFails):
            fetcher.fetch(Request(f"http://{address}/"))


@pytest.mark.parametrize("status", [200, 204, 304, 301, 400, 401, 403, 404, 410, 429])
def test_any_answer_below_500_is_no_failure_and_ends_the_row(site, worker, status):
    ask, other = worker(), worker()
    site.answers["/well"] = text("" if status in {204, 304} else "words", status)
    for _ in range(4):
        fail(ask, 2)
        assert other("/well").status == status
    assert ask("/").status == 200


def test_what_is_wrong_with_the_request_or_too_large_is_not_the_hosts_failure(site, worker):
    ask = worker()
    site.answers["/large"] = text(b"x" * 1001)
    for _ in range(5):
        with pytest.raises(SourceUnavailable, match="larger"):
            ask("/large")
    assert ask("/").status == 200


def test_after_the_pause_one_probe_is_let_through_and_an_answer_closes_the_breaker(site, worker):
    ask = worker()
    fail(ask, 3)
    time.sleep(0.35)
    site.answers["/slow"] = raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n", b"", b"x", pause=0.1)

    def attempt(_):
        try:
            return ask("/slow").status
        except HostFails:
            return None

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(attempt, range(6)), key=str) == [200] + [None] * 5
    assert [ask("/").status for _ in range(3)] == [200] * 3


def test_a_probe_that_fails_doubles_the_pause_up_to_the_longest(site, worker, redis_server):
    ask = worker()
    fail(ask, 3)
    for longest in (0.6, 1.0, 1.0):
        redis_server.delete(OPEN_KEY + HOST)
        fail(ask, 1)
        with pytest.raises(HostFails) as open_:
            ask("/")
        assert longest - 0.2 < open_.value.retry_after <= longest


def test_failures_on_their_way_together_count_once(site, worker):
    ask = worker()
    site.answers["/fault"] = raw(b"HTTP/1.1 500 No\r\nContent-Length: 1\r\n\r\n", b"x", pause=0.05)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: ask("/fault"), range(8)))
    with pytest.raises(HostFails) as open_:
        ask("/")
    assert open_.value.retry_after <= 0.3


def test_hosts_fail_each_for_itself(redis_server):
    pace = Pace(redis_server, 0, PATIENCE)
    for _ in range(3):
        pace.breaker.failed("a.example")
    pace.wait_turn("b.example", time.monotonic() + 1)
    with pytest.raises(HostFails):
        pace.wait_turn("a.example", time.monotonic() + 1)


def test_those_who_wait_for_their_turn_leave_when_the_host_fails(redis_server):
    pace = Pace(redis_server, 0.2, Patience(1, 60))
    pace.wait_turn("a.example", time.monotonic() + 1)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(pace.wait_turn, "a.example", time.monotonic() + 1)
        time.sleep(0.05)
        pace.breaker.failed("a.example")
        with pytest.raises(HostFails):
            waiting.result()


def test_a_host_that_is_well_leaves_nothing_in_redis(site, worker, redis_server):
    ask = worker()
    fail(ask, 2)
    assert redis_server.get(FAILED_KEY + HOST) == b"2"
    ask("/")
    assert not redis_server.keys("*")


def test_a_probe_whose_worker_died_gives_way(redis_server):
    pace = Pace(redis_server, 0, PATIENCE)
    for _ in range(3):
        pace.breaker.failed(HOST)
    redis_server.delete(OPEN_KEY + HOST)
    pace.wait_turn(HOST, time.monotonic() + 1)
    with pytest.raises(HostFails) as probed:
        pace.wait_turn(HOST, time.monotonic() + 1)
    assert probed.value.retry_after == PATIENCE.first, "what a probe learns is known long before it gives way"
    assert 80_000 < redis_server.pttl(PROBE_KEY + HOST) <= 90_000
    redis_server.delete(PROBE_KEY + HOST)
    pace.wait_turn(HOST, time.monotonic() + 1)


def test_without_redis_those_who_meet_a_probe_come_back_after_a_first_pause_too(redis_server):
    breaker = Pace(redis_server, 0, PATIENCE).breaker
    for _ in range(3):
        breaker.failed(HOST)
    time.sleep(PATIENCE.first)
    assert breaker.admit(HOST) == 0
    assert 0 < breaker.admit(HOST) <= PATIENCE.first


def test_without_redis_a_process_has_a_breaker_of_its_own(site, worker, tmp_path):
    ask = worker(socket=str(tmp_path / "none.sock"))
    fail(ask, 3)
    with pytest.raises(HostFails):
        ask("/")
    time.sleep(0.35)
    fail(ask, 1)
    with pytest.raises(HostFails) as open_:
        ask("/")
    assert 0.3 < open_.value.retry_after <= 0.6
    time.sleep(0.65)
    assert [ask("/").status for _ in range(3)] == [200] * 3
