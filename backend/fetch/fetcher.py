"""Asks one careers endpoint one thing, politely, within limits, and hands on whatever it answers."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import BinaryIO
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from backend.domain.exchange import Request, Response, SourceUnavailable
from backend.fetch.addresses import NOTHING, AddressRefused, check_url
from backend.fetch.body import ACCEPT_ENCODING, BodyRefused, read_body, spool_body
from backend.fetch.failures import broken_before_answer, what_happened
from backend.fetch.pace import Pace, retry_after_of
from backend.fetch.redirects import MOST_REDIRECTS, redirected
from backend.fetch.robots import Robots
from backend.fetch.transport import deadline as deadline_in_hand
from backend.fetch.transport import give_until

OK, FAULT = 200, 500
SMALL_BODY = 65536  # of a redirect: read, so that the connection may be used again
SHORT_FEED = 4 * 2**20  # what is no longer is kept in memory, and read as any other answer
NO_PROXIES: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds, and bytes of an unpacked body. `whole` is the deadline where the caller names none.

    `feed` and `feed_whole` hold for bodies that go into a file.
    """

    connect: float
    read: float
    whole: float
    body: int
    feed: int = 2**31
    feed_whole: float = 600.0


class OneRequestSession(requests.Session):
    """A session that keeps nothing between requests and follows no redirects (the Fetcher does, checked)."""

    def __init__(self, adapter: HTTPAdapter) -> None:
        super().__init__()
        self.trust_env = False
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.adapters.clear()
        self.mount("http://", adapter)
        self.mount("https://", adapter)

    def get_redirect_target(self, resp: requests.Response) -> None:  # noqa: ARG002
        return None


class Fetcher:
    """Shared by all threads of a process. `pace` None: no pace, nothing outside is asked (replay).

    `allow` ("host:port") excepts addresses from the refusal of private ones. It is for tests: no setting
    reaches it.
    """

    def __init__(
        self,
        adapter: HTTPAdapter,
        pace: Pace | None,
        limits: Limits,
        user_agent: str,
        allow: frozenset[str] = NOTHING,
    ) -> None:
        self._adapter = adapter
        self._pace = pace
        self._limits = limits
        self._headers = {"User-Agent": user_agent, "Accept-Encoding": ACCEPT_ENCODING, "Accept": "*/*"}
        self._allow = allow
        self._of_thread = threading.local()
        self._robots = Robots(pace.shared if pace else None, self.fetch)

    def fetch(
        self,
        request: Request,
        deadline: float | None = None,
        *,
        robots: bool = False,
        spool: BinaryIO | None = None,
    ) -> Response:
        """The answer, of any status, after at most five redirects; `deadline` is a time.monotonic value.

        `robots`: these are pages made for people, so the host's robots.txt is looked at first, at each hop.
        `spool`: an empty file for a body that may be too long for memory; such a one has more time.

        Raises AddressRefused for a URL or address that is not public, and where robots.txt forbids it;
        ReplayMissing for what is not recorded; Postponed where the host is on hold or busy, HostFails
        where it failed again and again; SourceUnavailable where there is no whole answer in time, and for a
        body that is too large, breaks off or cannot be unpacked.
        """
        due = time.monotonic() + self._limits.whole if deadline is None else deadline
        token = deadline_in_hand.set(due)
        asked = request
        try:
            for _ in range(MOST_REDIRECTS + 1):
                if robots and self._pace:
                    self._look_at_robots(asked, due)
                found = self._ask(asked, request, due, spool)
                if isinstance(found, Response):
                    return found
                asked = found
        except AddressRefused as error:
            if asked is request:
                raise
            raise type(error)(f"{request.url}: redirects to {error}") from None
        finally:
            deadline_in_hand.reset(token)
        raise SourceUnavailable(
            f"{request.url}: more than {MOST_REDIRECTS} redirects, the last to {asked.url}"
        )

    def close(self) -> None:
        """Closes the connections that are kept open."""
        self._adapter.close()

    def _ask(self, asked: Request, first: Request, due: float, spool: BinaryIO | None) -> Response | Request:
        """The answer, or what to ask next."""
        check_url(asked.url, self._allow)
        host = host_of(asked.url)
        troubled = self._pace.wait_turn(host, due) if self._pace else False
        begun = time.monotonic()
        try:
            answer = self._send(asked, due)
            try:
                found = self._read(answer, asked, first, host, spool)
                self._note(host, well=answer.status_code < FAULT, troubled=troubled)
                return found
            finally:
                # What was read to its end is back in the pool already; the rest of any other is not wanted.
                answer.raw.close()
        except BodyRefused as error:
            self._note(host, well=True, troubled=troubled)
            raise SourceUnavailable(f"{asked.url}: the answer {error}") from None
        except (requests.RequestException, HTTPError) as error:
            if begun < due and not isinstance(error, ValueError):  # a ValueError is about what was asked
                self._note(host, well=False, troubled=troubled)
            reason = what_happened(error, host, begun, due)
            raise SourceUnavailable(f"{asked.url}: {reason}") from error

    def _look_at_robots(self, asked: Request, due: float) -> None:
        check_url(asked.url, self._allow)
        delay = self._robots.check(asked.url, due)
        if self._pace:
            self._pace.slow_down(host_of(asked.url), delay)

    def _note(self, host: str, *, well: bool, troubled: bool) -> None:
        """Tell the host's breaker how a request ended."""
        if self._pace and well:
            self._pace.breaker.answered(host, troubled=troubled)
        elif self._pace:
            self._pace.breaker.failed(host)

    def _read(
        self, answer: requests.Response, asked: Request, first: Request, host: str, spool: BinaryIO | None
    ) -> Response | Request:
        status, url = answer.status_code, answer.url
        headers = {name.lower(): value for name, value in answer.headers.items()}
        if self._pace and status in {429, 503}:
            self._pace.hold(host, retry_after_of(headers.get("retry-after"), time.time()) or 0)
        following = redirected(asked, url, status, headers)
        if following is None:
            body = self._body(answer, spool)
            is_long = spool is not None and spool.tell() > 0
            return Response(status, body, headers, first, url, spool if is_long else None)
        if headers.get("content-length", "").isdecimal() and int(headers["content-length"]) <= SMALL_BODY:
            with suppress(BodyRefused, HTTPError):
                read_body(answer.raw, SMALL_BODY)
        return following

    def _body(self, answer: requests.Response, spool: BinaryIO | None) -> bytes:
        if spool is None or answer.status_code != OK:
            return read_body(answer.raw, self._limits.body)
        later = time.monotonic() + self._limits.feed_whole
        return spool_body(answer.raw, spool, SHORT_FEED, self._limits.feed, on_long=lambda: give_until(later))

    def _send(self, asked: Request, due: float) -> requests.Response:
        prepared = self._prepare(asked)
        try:
            return self._send_once(prepared, due)
        except requests.ConnectionError as error:
            # A kept connection may be closed by the server just as we use it; a fresh one tells the truth.
            if not broken_before_answer(error):
                raise
        return self._send_once(prepared, due)

    def _send_once(self, prepared: requests.PreparedRequest, due: float) -> requests.Response:
        left = due - time.monotonic()
        if left <= 0:
            raise requests.Timeout("the deadline has passed")
        timeout = (min(self._limits.connect, left), min(self._limits.read, left))
        return self._session().send(
            prepared, stream=True, timeout=timeout, verify=True, cert=None, proxies=NO_PROXIES
        )

    def _prepare(self, asked: Request) -> requests.PreparedRequest:
        headers = {**self._headers, **asked.headers}
        if "@" not in headers["User-Agent"]:  # only the address by which an endpoint knows us is better
            headers["User-Agent"] = self._headers["User-Agent"]
        if asked.body is not None and not any(name.lower() == "content-type" for name in asked.headers):
            headers["Content-Type"] = "application/json"
        prepared = requests.PreparedRequest()
        prepared.prepare(asked.method, asked.url, headers, data=asked.body)
        return prepared

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._of_thread, "session", None)
        if session is None:
            session = self._of_thread.session = OneRequestSession(self._adapter)
        return session


def host_of(url: str) -> str:
    """The host that a request's pace, holds and breaker are kept for."""
    return (urlsplit(url).hostname or "").rstrip(".")
