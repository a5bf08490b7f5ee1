"""The guarded way out, against servers that mean no good: everything ends in time, and says what happened."""

import time

import pytest
import requests

from backend.fetch import AddressRefused, webhook
from backend.fetch.guarded import ANSWER_BYTES, GuardedSession, within
from backend.fetch.transport import GuardedAdapter
from backend.fetch.webhook import NoAnswer, NotTaken, TargetGone
from tests.unit.fetch.servers import raw, serve, text

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
def site():
    with serve() as site:
        yield site


@pytest.fixture
def session(site):
    return GuardedSession(GuardedAdapter(2, site.allowed), "JobTracker/1 (+me)", site.allowed)


def post(session, url):
    webhook.post(session, url, SECRET, "msg_1", b"{}", 1_700_000_000.0)


def test_the_signature_is_the_one_of_the_specifications_example():
    body = b'{"test": 2432232314}'
    signed = webhook.signature(SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_any_success_is_taken_whatever_else_it_says(site, session, status):
    site.answers["/hook"] = text("" if status == 204 else "x" * 3_000_000, status)
    post(session, f"{site.address}/hook")
    assert site.seen[0].headers["user-agent"] == "JobTracker/1 (+me)"


@pytest.mark.parametrize(
    ("status", "kind"),
    [(301, NotTaken), (400, NotTaken), (410, TargetGone), (429, NotTaken), (500, NotTaken)],
)
def test_any_other_answer_is_a_no(site, session, status, kind):
    site.answers["/hook"] = text("<b>their words</b>", status, {"Retry-After": "90", "Location": "/inside"})
    with pytest.raises(kind) as caught:
        post(session, f"{site.address}/hook")
    assert caught.value.known_unsent
    assert "their words" not in str(caught.value)
    assert len(site.seen) == 1
    if kind is NotTaken:
        assert caught.value.wait.total_seconds() == 90


@pytest.mark.parametrize(
    "answer",
    [
        raw(b"HTTP/1.1 200 OK\r\nX: ", b"y", pause=0.05, times=400),
        raw(b"", b"", pause=20),
        raw(b"HTTP/1.1 2"),
    ],
    ids=["a header without end", "silence", "half a line"],
)
def test_who_keeps_us_waiting_may_have_got_it(site, session, answer, mocker):
    mocker.patch.object(webhook, "SECONDS", 0.5)
    site.answers["/hook"] = answer
    begun = time.monotonic()
    with pytest.raises(NoAnswer) as caught:
        post(session, f"{site.address}/hook")
    assert time.monotonic() - begun < 5
    assert not caught.value.known_unsent


def test_who_cannot_be_reached_has_not_got_it(site, session):
    with serve() as gone:
        pass
    allowed = GuardedSession(GuardedAdapter(2, gone.allowed), "me", gone.allowed)
    with pytest.raises(NotTaken) as caught:
        post(allowed, f"{gone.address}/hook")
    assert caught.value.known_unsent


def test_code_of_others_gets_an_answer_of_a_megabyte_at_most_and_no_more_time(site, session):
    site.answers["/short"] = text("x" * 1000)
    site.answers["/long"] = text("x" * (ANSWER_BYTES + 1))
    site.answers["/slow"] = raw(
        b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"y", pause=0.05, times=400
    )
    with within(5):
        assert session.get(f"{site.address}/short", timeout=900, verify=False).text == "x" * 1000
        with pytest.raises(requests.RequestException):
            session.get(f"{site.address}/long")
    begun = time.monotonic()
    with within(0.5), pytest.raises(requests.RequestException):
        session.get(f"{site.address}/slow", timeout=900)
    assert time.monotonic() - begun < 5


def test_no_wish_of_theirs_opens_another_way(site, session, monkeypatch):
    site.answers["/hook"] = text("", 302, {"Location": "http://10.0.0.1/"})
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with within(5):
        answer = session.get(
            f"{site.address}/hook", allow_redirects=True, proxies={"http": "http://127.0.0.1:9"}
        )
        assert answer.status_code == 302
        for url in ("http://10.0.0.1/", "http://localhost/", "ftp://example.org/", "http://example.org:22/"):
            with pytest.raises((AddressRefused, requests.exceptions.InvalidSchema)):
                session.get(url)
