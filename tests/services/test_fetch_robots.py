"""robots.txt, asked for from real servers on loopback."""

import time

import pytest
from redis import Redis

from backend.domain.exchange import HostFails, Postponed, Request, SourceUnavailable
from backend.fetch import Fetcher, Limits, RobotsRefused
from backend.fetch.pace import Pace
from backend.fetch.robots import MOST_DELAY, Robots
from backend.fetch.transport import GuardedAdapter
from tests.unit.fetch.servers import raw, serve, text

LIMITS = Limits(connect=2, read=1, whole=20, body=2**20)


@pytest.fixture
def site():
    with serve() as site:
        site.answers |= {"/jobs": text("here"), "/private/jobs": text("here")}
        yield site


@pytest.fixture
def worker(site, redis_socket, redis_server):
    def make():
        pace = Pace(Redis(unix_socket_path=redis_socket), 0)
        fetcher = Fetcher(GuardedAdapter(8, site.allowed), pace, LIMITS, "JobTracker/1", site.allowed)
        return lambda path: fetcher.fetch(Request(site.address + path), robots=True)

    return make


def asked(site, path="/robots.txt"):
    return sum(seen.target == path for seen in site.seen)


@pytest.mark.parametrize(
    ("rules", "allowed"),
    [
        ("", True),
        ("User-agent: *\nDisallow: /private", True),
        ("User-agent: *\nDisallow: /jobs", False),
        ("User-agent: *\nDisallow: /", False),
        ("User-agent: *\nDisallow: /\nAllow: /jobs", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: JobTracker\nAllow: /", True),
        ("User-agent: jobtracker\nDisallow: /*bs$", False),
        ("User-agent: Googlebot\nDisallow: /", True),
        ("<html><body>Welcome</body></html>", True),
        ("\x00\ufffd\n" * 100, True),
    ],
)
def test_the_rules_decide(site, worker, rules, allowed):
    site.answers["/robots.txt"] = text(rules)
    ask = worker()
    if allowed:
        assert ask("/jobs").body == b"here"
    else:
        with pytest.raises(RobotsRefused, match=r"/jobs: refused: http://.*/robots\.txt does not let"):
            ask("/jobs")
        assert asked(site, "/jobs") == 0


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_a_host_without_rules_allows_everything(site, worker, status):
    site.answers["/robots.txt"] = text("User-agent: *\nDisallow: /", status)
    assert worker()("/jobs").status == 200


@pytest.mark.parametrize("status", [429, 500, 503])
def test_while_rules_cannot_be_had_pages_are_not_asked_for(site, worker, status):
    site.answers["/robots.txt"] = text("", status)
    ask = worker()
    with pytest.raises(HostFails, match=rf"robots\.txt answers {status}: pages of this host") as postponed:
        ask("/jobs")
    assert postponed.value.retry_after == 600
    assert asked(site, "/jobs") == 0
    site.answers["/robots.txt"] = text("")
    assert ask("/jobs").status == 200


def test_a_host_that_does_not_answer_is_unavailable(site, worker):
    site.answers["/robots.txt"] = raw(b"")
    with pytest.raises(SourceUnavailable, match=r"robots\.txt: 127\.0\.0\.1 closed the connection"):
        worker()("/jobs")


def test_workers_ask_once_a_day_together(site, worker, redis_server):
    site.answers["/robots.txt"] = text("User-agent: *\nDisallow: /private")
    one, other = worker(), worker()
    for ask in (one, other, one, other):
        ask("/jobs")
        with pytest.raises(RobotsRefused):
            ask("/private/jobs")
    assert asked(site) == 1
    (key,) = redis_server.keys("fetch:robots:*")
    assert 86000 < redis_server.ttl(key) <= 86400


def test_a_redirect_to_a_forbidden_page_is_refused(site, worker):
    site.answers |= {
        "/robots.txt": text("User-agent: *\nDisallow: /private"),
        "/old": text("", 302, {"Location": "/private/jobs"}),
    }
    with pytest.raises(RobotsRefused, match="robots"):
        worker()("/old")
    assert asked(site, "/private/jobs") == 0


def test_a_huge_file_is_read_to_its_limit(site, worker):
    site.answers["/robots.txt"] = text("User-agent: *\nDisallow: /jobs\n" + "# words\n" * 100_000)
    with pytest.raises(RobotsRefused):
        worker()("/jobs")


def test_crawl_delay_lies_between_the_pages_of_a_host_and_of_no_other(site, worker):
    site.answers["/robots.txt"] = text("User-agent: *\nCrawl-delay: 0.2\n\nUser-agent: Other\nCrawl-delay: 9")
    ask = worker()
    begun = time.monotonic()
    for _ in range(4):
        ask("/jobs")
    assert 0.6 <= time.monotonic() - begun < 3


@pytest.mark.parametrize(
    ("told", "seconds"), [("5", 5), ("86400", MOST_DELAY), ("-3", 0), ("soon", 0), ("0", 0)]
)
def test_crawl_delay_is_bounded(site, redis_server, told, seconds):
    site.answers["/robots.txt"] = text(f"User-agent: JobTracker\nCrawl-delay: {told}")
    fetcher = Fetcher(GuardedAdapter(8, site.allowed), Pace(redis_server, 0), LIMITS, "x", site.allowed)
    robots = Robots(None, fetcher.fetch)
    assert robots.check(site.address + "/jobs", time.monotonic() + 5) == seconds


def test_a_page_whose_delay_leaves_no_turn_before_the_deadline_is_postponed(site, worker):
    site.answers["/robots.txt"] = text("User-agent: *\nCrawl-delay: 25")
    ask = worker()
    ask("/jobs")
    begun = time.monotonic()
    with pytest.raises(Postponed, match="no turn before the deadline"):
        ask("/jobs")
    assert time.monotonic() - begun < 1


def test_a_host_that_no_longer_asks_for_a_delay_is_asked_at_the_usual_pace(redis_server):
    pace = Pace(redis_server, 0)
    pace.slow_down("a.example", 20)
    pace.slow_down("a.example", 0)
    begun = time.monotonic()
    for _ in range(3):
        pace.wait_turn("a.example", begun + 30)
    assert time.monotonic() - begun < 1


def test_data_made_for_programs_is_asked_for_without_looking(site, redis_server):
    fetcher = Fetcher(GuardedAdapter(8, site.allowed), Pace(redis_server, 0), LIMITS, "x", site.allowed)
    site.answers["/robots.txt"] = text("User-agent: *\nDisallow: /")
    assert fetcher.fetch(Request(site.address + "/jobs")).status == 200
    assert asked(site) == 0
