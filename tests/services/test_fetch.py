"""Fetching from real servers on loopback: what comes back, and what every fault is called."""

import gzip
import random
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryFile

import pytest

from backend.domain.exchange import Request, SourceUnavailable
from backend.fetch import AddressRefused, Fetcher, Limits, build_fetcher, fetcher, user_agent
from backend.fetch.transport import GuardedAdapter
from backend.settings import Settings
from tests.unit.fetch import servers
from tests.unit.fetch.servers import raw, serve, text

LIMITS = Limits(connect=2, read=1, whole=20, body=2**20)


@pytest.fixture
def site():
    with serve() as site:
        yield site


def fetcher_for(*sites, limits=LIMITS, names=()):
    allow = frozenset().union(*(site.allowed for site in sites))
    return Fetcher(GuardedAdapter(8, allow), None, limits, "JobTracker/1 (+me)", allow | frozenset(names))


@pytest.fixture
def ask(site):
    fetcher = fetcher_for(site)
    yield lambda path, deadline=None, spool=None, **request: fetcher.fetch(
        Request(site.address + path, **request), deadline, spool=spool
    )
    fetcher.close()


def test_an_answer_holds_status_body_headers_request_and_url(site, ask):
    site.answers["/jobs"] = text("{}", headers={"ETag": '"1"', "X-Odd": "a"})
    answer = ask("/jobs?a=b%20c")
    assert (answer.status, answer.body) == (200, b"{}")
    assert answer.headers["etag"] == '"1"'
    assert answer.headers["x-odd"] == "a"
    assert answer.request.url == answer.url == f"{site.address}/jobs?a=b%20c"
    assert site.seen[0].target == "/jobs?a=b%20c"


@pytest.mark.parametrize("status", [201, 204, 304, 400, 403, 404, 410, 429, 500, 503])
def test_any_status_is_an_answer(site, ask, status):
    site.answers["/"] = text("" if status in {204, 304} else "words", status)
    assert ask("/").status == status


def test_the_request_says_who_asks_and_carries_the_headers_of_the_source(site, ask):
    site.answers["/"] = text("", 304)
    ask("/", headers={"If-None-Match": '"1"', "Accept": "application/xml", "User-Agent": "a browser"})
    sent = site.seen[0].headers
    assert sent["user-agent"] == "JobTracker/1 (+me)"
    assert (sent["if-none-match"], sent["accept"]) == ('"1"', "application/xml")
    assert sent["accept-encoding"] == "gzip, deflate"


def test_an_endpoint_that_knows_us_by_an_address_hears_that_one(site, ask):
    site.answers["/"] = text("here")
    ask("/", headers={"User-Agent": "me@example.org"})
    assert site.seen[0].headers["user-agent"] == "me@example.org"


def test_the_user_agent_names_the_contact_setting():
    assert user_agent("https://example.org/é\r\nX: 1").endswith(" (+https://example.org/X: 1)")
    assert user_agent("me@example.org").startswith("JobTracker/")


def test_a_body_is_sent_as_json(site, ask):
    site.answers["/search"] = text("[]")
    ask("/search", method="POST", body=b'{"offset":0}')
    assert (site.seen[0].method, site.seen[0].body) == ("POST", b'{"offset":0}')
    assert site.seen[0].headers["content-type"] == "application/json"


def test_cookies_are_not_kept(site, ask):
    site.answers["/"] = text("", headers={"Set-Cookie": "a=b; Path=/"})
    ask("/")
    ask("/")
    assert "cookie" not in site.seen[1].headers


def test_proxies_and_passwords_of_the_environment_are_not_used(site, ask, monkeypatch, tmp_path):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    site.answers["/"] = text("here")
    assert ask("/").body == b"here"
    assert "authorization" not in site.seen[0].headers


def test_one_connection_serves_many_requests(site, ask):
    site.answers |= {
        "/": text("x" * 200_000),
        "/304": text("", 304),
        "/404": text("no", 404),
        "/301": text("", 301, {"Location": "/"}),
    }
    for path in ("/", "/304", "/404", "/301", "/"):
        ask(path)
    assert len({seen.client for seen in site.seen}) == 1


def test_threads_share_one_fetcher_and_each_gets_its_own_answer(site, ask):
    for number in range(40):
        site.answers[f"/{number}"] = text(str(number) * 5000)
    with ThreadPoolExecutor(8) as pool:
        bodies = list(pool.map(lambda number: ask(f"/{number}").text(), range(40)))
    assert bodies == [str(number) * 5000 for number in range(40)]
    assert len({seen.client for seen in site.seen}) <= 8


def test_a_kept_connection_that_the_server_closed_is_replaced(site, ask):
    def hang_up_second_time(handler):
        if len([seen for seen in site.seen if seen.client == handler.client_address]) > 1:
            handler.close_connection = True
            return
        text("here")(handler)

    site.answers["/"] = hang_up_second_time
    assert [ask("/").body for _ in range(3)] == [b"here"] * 3


def test_a_server_that_never_answers_is_asked_twice_and_named(site, ask):
    site.answers["/"] = raw(b"")
    with pytest.raises(SourceUnavailable, match=r"/: 127\.0\.0\.1 closed the connection without an answer"):
        ask("/")
    assert len(site.seen) == 2


def test_a_packed_body_is_unpacked(site, ask):
    site.answers["/"] = text(gzip.compress(b"words"), headers={"Content-Encoding": "gzip"})
    assert ask("/").body == b"words"


def test_a_chunked_body_is_put_together(site, ask):
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    site.answers["/"] = raw(head, b"5\r\nwords\r\n", b"1;x=y\r\n!\r\n0\r\n\r\n", pause=0.01)
    assert ask("/").body == b"words!"


HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
PACKED = gzip.compress(random.Random(1).randbytes(3000))
GZIPPED = {"Content-Encoding": "gzip"}
FAULTS = {
    "a body shorter than announced": (text("half", length=8), "breaks off before its end"),
    "a chunked body without its end": (raw(CHUNKED + b"5\r\nwords\r\n"), "breaks off before its end"),
    "a chunk shorter than announced": (raw(CHUNKED + b"50\r\nwords"), "breaks off before its end"),
    "a chunk length that is no number": (raw(CHUNKED + b"zz\r\nwords\r\n"), "breaks off|does not speak"),
    "gzip that is none": (text("words", headers=GZIPPED), "could not be unpacked"),
    "gzip that breaks off": (text(PACKED[:-20], headers=GZIPPED), "could not be unpacked"),
    "an unknown packing": (text(b"\x0b", headers={"Content-Encoding": "br"}), "packed as br"),
    "a body over the limit": (text(b"x" * (2**20 + 1)), r"larger than 1 MB \(MAX_BODY_MB\)"),
    "a bomb": (text(gzip.compress(bytes(2**26)), headers=GZIPPED), "larger than 1 MB"),
    "an endless body": (raw(HEAD + b"\r\n", b"x" * 65536, times=10**9), "larger than 1 MB"),
    "an endless chunked body": (raw(CHUNKED, b"8\r\nxxxxxxxx\r\n" * 5000, times=10**9), "larger than 1 MB"),
    "an endless header": (raw(HEAD, b"X: " + b"x" * 65536, times=10**9), "does not speak HTTP"),
    "endless headers": (raw(HEAD, b"X: x\r\n" * 1000, times=10**9), "does not speak HTTP"),
    "no HTTP at all": (raw(b"220 mail.example ESMTP\r\n" * 3), "does not speak HTTP"),
    "silence": (raw(b"", b"", pause=3), "is silent: no byte"),
    "silence within the body": (raw(HEAD + b"Content-Length: 9\r\n\r\nhalf", b"", pause=3), "is silent"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_broken_answer_is_unavailable_and_says_how(site, ask, fault):
    site.answers["/jobs"], message = FAULTS[fault]
    begun = time.monotonic()
    with pytest.raises(SourceUnavailable, match=message) as failed:
        ask("/jobs")
    assert str(failed.value).startswith(f"{site.address}/jobs: ")
    assert time.monotonic() - begun < 4
    site.answers["/jobs"] = text("well again")
    assert ask("/jobs").body == b"well again"


@pytest.mark.parametrize(
    "answer",
    [
        raw(HEAD + b"Content-Length: 100000\r\n\r\n", b"x", pause=0.1, times=10**5),
        raw(CHUNKED, b"1\r\nx\r\n", pause=0.1, times=10**5),
        raw(CHUNKED, b"0", pause=0.1, times=10**5),
        raw(HEAD, b"X: x\r\n", pause=0.1, times=10**5),
        raw(b"H", b"T", pause=0.1, times=10**5),
    ],
    ids=["body", "chunks", "chunk length", "headers", "status line"],
)
def test_slow_bytes_are_given_up_at_the_deadline(site, ask, answer):
    site.answers["/slow"] = answer
    begun = time.monotonic()
    with pytest.raises(SourceUnavailable, match="no whole answer in time: given up after 0"):
        ask("/slow", begun + 0.6)
    assert 0.5 < time.monotonic() - begun < 1.5


def test_without_a_named_deadline_the_limit_of_a_whole_visit_counts(site):
    site.answers["/slow"] = raw(HEAD, b"X: x\r\n", pause=0.1, times=10**5)
    fetcher = fetcher_for(site, limits=Limits(connect=2, read=1, whole=0.5, body=100))
    with pytest.raises(SourceUnavailable, match="no whole answer in time"):
        fetcher.fetch(Request(f"{site.address}/slow"))


def test_nothing_is_asked_after_the_deadline(site, ask):
    with pytest.raises(SourceUnavailable, match="no whole answer in time"):
        ask("/", time.monotonic() - 1)
    assert not site.seen


def test_a_connection_that_is_refused_is_named(site, ask):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        fetcher = Fetcher(GuardedAdapter(1, frozenset({address})), None, LIMITS, "x", frozenset({address}))
        with pytest.raises(SourceUnavailable, match=r"no connection to 127\.0\.0\.1: .*refused"):
            fetcher.fetch(Request(f"http://{address}/"))


def test_a_name_that_does_not_exist_is_named():
    with pytest.raises(SourceUnavailable, match=r"the name nowhere\.invalid was not found"):
        fetcher_for().fetch(Request("https://nowhere.invalid/jobs"))


def test_plain_bytes_where_tls_is_expected_are_named(site, ask):
    fetcher = fetcher_for(site)
    with pytest.raises(SourceUnavailable, match=r"no secure connection to 127\.0\.0\.1"):
        fetcher.fetch(Request(f"https://127.0.0.1:{site.port}/"))


def test_redirects_are_followed_and_the_last_url_is_told(site, ask):
    site.answers |= {
        "/old": text("moved", 301, {"Location": "/newer?x=1"}),
        "/newer": text("moved", 302, {"Location": f"{site.address}/new"}),
        "/new": text("here"),
    }
    answer = ask("/old")
    assert (answer.body, answer.url) == (b"here", f"{site.address}/new")
    assert answer.request.url == f"{site.address}/old"


def test_a_redirect_loop_ends_after_five(site, ask):
    site.answers["/loop"] = text("", 302, {"Location": "/loop"})
    with pytest.raises(SourceUnavailable, match="more than 5 redirects"):
        ask("/loop")
    assert len(site.seen) == 6


def test_the_body_of_a_redirect_is_not_waited_for(site, ask):
    site.answers |= {
        "/old": raw(b"HTTP/1.1 302 Found\r\nLocation: /new\r\n\r\n", b"x", pause=0.1, times=10**5),
        "/new": text("here"),
    }
    begun = time.monotonic()
    assert ask("/old").body == b"here"
    assert time.monotonic() - begun < 0.5


@pytest.mark.parametrize(
    "location",
    [
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "//localhost/",
        "http://2130706433/",
        "http://user@8.8.8.8/",
        "http://8.8.8.8:8080/",
        "file:///etc/passwd",
        "http:\\\\127.0.0.1/",
    ],
)
def test_a_redirect_to_what_may_not_be_asked_is_refused(site, ask, location):
    site.answers["/old"] = text("", 302, {"Location": location})
    with pytest.raises(AddressRefused, match=r"/old: redirects to .*: refused: "):
        ask("/old")


def test_a_private_address_is_refused_before_anything_is_sent():
    with serve() as site, pytest.raises(AddressRefused, match="loopback"):
        fetcher_for(names=site.allowed).fetch(Request(site.address))
    assert not site.seen


@pytest.fixture
def resolver(monkeypatch):
    """Answers for names under .example, one list of addresses a question; counts the questions."""
    answers, asked = {}, []
    real = socket.getaddrinfo

    def getaddrinfo(host, port, *rest, **options):
        if host not in answers:
            return real(host, port, *rest, **options)
        asked.append(host)
        found = answers[host].pop(0)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in found]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return answers, asked


def test_the_address_that_was_checked_is_the_one_connected_to(site, resolver):
    answers, asked = resolver
    answers["board.example"] = [["127.0.0.1"], ["10.0.0.1"]]
    site.answers["/"] = text("here", headers={"Connection": "close"})
    fetcher = fetcher_for(site, names=[f"board.example:{site.port}"])
    url = f"http://board.example:{site.port}/"
    assert fetcher.fetch(Request(url)).body == b"here"
    assert asked == ["board.example"]
    assert site.seen[0].headers["host"] == f"board.example:{site.port}"
    with pytest.raises(
        AddressRefused, match=r"board\.example: refused: it resolves to 10\.0\.0\.1, a private"
    ):
        fetcher.fetch(Request(url))
    assert len(site.seen) == 1


def test_a_name_with_one_private_address_is_refused_though_another_would_do(site, resolver):
    resolver[0]["board.example"] = [["127.0.0.1", "192.168.0.1"]]
    fetcher = fetcher_for(site, names=[f"board.example:{site.port}"])
    with pytest.raises(AddressRefused, match=r"192\.168\.0\.1"):
        fetcher.fetch(Request(f"http://board.example:{site.port}/"))
    assert not site.seen


TLS = Path(servers.__file__).parent / "tls"


def test_a_certificate_is_checked_against_the_name_though_the_address_is_connected_to(resolver):
    names = []
    with serve(TLS / "board.example.pem", names) as site:
        site.answers["/"] = text("here")
        asked = [f"board.example:{site.port}", f"other.example:{site.port}"]
        adapter = GuardedAdapter(1, site.allowed, str(TLS / "authority.pem"))
        fetcher = Fetcher(adapter, None, LIMITS, "tests", frozenset(asked))
        resolver[0].update({"board.example": [["127.0.0.1"]] * 2, "other.example": [["127.0.0.1"]]})
        assert fetcher.fetch(Request(f"https://{asked[0]}/")).body == b"here"
        with pytest.raises(SourceUnavailable, match=r"no secure connection to other\.example: .*match"):
            fetcher.fetch(Request(f"https://{asked[1]}/"))
        assert names == ["board.example", "other.example"]
        stranger = fetcher_for(site, names=asked)
        with pytest.raises(SourceUnavailable, match=r"no secure connection to board\.example: .*certificate"):
            stranger.fetch(Request(f"https://{asked[0]}/"))
    assert len(site.seen) == 1


def test_a_redirect_to_a_name_that_resolves_to_a_private_address_is_refused(site, resolver):
    resolver[0]["inner.example"] = [["172.16.0.1"]]
    site.answers["/"] = text("", 307, {"Location": "http://inner.example/"})
    with pytest.raises(AddressRefused, match=r"inner\.example: refused: it resolves to 172\.16\.0\.1"):
        fetcher_for(site).fetch(Request(site.address))


def test_a_dead_address_leaves_time_for_the_next(site, resolver):
    resolver[0]["board.example"] = [["127.0.0.2", "127.0.0.1"]]
    site.answers["/"] = text("here")
    fetcher = fetcher_for(site, names=[f"board.example:{site.port}", f"127.0.0.2:{site.port}"])
    fetcher._adapter = GuardedAdapter(1, site.allowed | {f"127.0.0.2:{site.port}"})
    assert fetcher.fetch(Request(f"http://board.example:{site.port}/")).body == b"here"


def test_a_source_header_that_cannot_be_sent_is_named(site, ask):
    with pytest.raises(SourceUnavailable, match="could not be asked"):
        ask("/", headers={"If-None-Match": "a\r\nHost: other"})
    assert not site.seen


def test_the_settings_make_a_fetcher_that_refuses_loopback(redis_server):
    with serve() as site:
        fetcher = build_fetcher(Settings(_env_file=None, app_env="testing"), redis_server)
        with pytest.raises(AddressRefused):
            fetcher.fetch(Request(site.address))
        with pytest.raises(AddressRefused):
            fetcher.fetch(Request("http://127.0.0.1/"))


def test_a_deadline_holds_in_the_thread_that_asked_only(site, ask):
    site.answers |= {"/slow": raw(HEAD, b"X: x\r\n", pause=0.1, times=10**5), "/": text("here")}
    failures = []

    def slowly():
        try:
            ask("/slow", time.monotonic() + 0.5)
        except SourceUnavailable as error:
            failures.append(error)

    thread = threading.Thread(target=slowly)
    thread.start()
    time.sleep(0.1)
    assert ask("/").body == b"here"
    thread.join()
    assert len(failures) == 1


class TestAnAnswerThatMayBeLong:
    BODY = b"<jobs>" + b"x" * (fetcher.SHORT_FEED + 1)

    def test_it_lies_in_the_file_and_may_be_larger_than_others(self, site, ask):
        site.answers["/"] = text(self.BODY)
        with TemporaryFile() as file:
            answer = ask("/", spool=file)
            assert answer.file is file
            assert self.BODY.startswith(answer.body)
            file.seek(0)
            assert file.read() == self.BODY

    def test_a_short_one_is_an_answer_as_any_other(self, site, ask):
        site.answers["/"] = text("<jobs/>")
        with TemporaryFile() as file:
            answer = ask("/", spool=file)
            assert (answer.body, answer.file, file.tell()) == (b"<jobs/>", None, 0)

    def test_only_one_that_is_long_has_more_time_than_others(self, site):
        limits = replace(LIMITS, whole=0.5)
        fetcher = fetcher_for(site, limits=limits)
        rest = [b"y"] * 10
        size = len(self.BODY) + len(rest)
        head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size
        site.answers["/long"] = raw(head + self.BODY, *rest, pause=0.1)
        site.answers["/short"] = raw(head, *rest, pause=0.1)
        with TemporaryFile() as file:
            asked = Request(f"{site.address}/long")
            assert fetcher.fetch(asked, time.monotonic() + 0.5, spool=file).file is file
            assert file.tell() == size
        with TemporaryFile() as file, pytest.raises(SourceUnavailable, match="in time"):
            fetcher.fetch(Request(f"{site.address}/short"), time.monotonic() + 0.5, spool=file)
        fetcher.close()

    def test_one_that_breaks_off_is_no_answer(self, site, ask):
        site.answers["/"] = text(self.BODY, length=len(self.BODY) + 1)
        with TemporaryFile() as file, pytest.raises(SourceUnavailable, match="breaks off"):
            ask("/", spool=file)
