"""Requests to addresses that users give: public ones only, no redirects, in time, small answers.

The Fetcher is for careers endpoints, which are asked politely and may answer much; this is for telling.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from backend.fetch.addresses import NOTHING, check_url
from backend.fetch.body import ACCEPT_ENCODING, BodyRefused, read_body
from backend.fetch.fetcher import NO_PROXIES, OneRequestSession
from backend.fetch.transport import deadline

ANSWER_BYTES = 2**20
LONGEST_SECONDS = 60.0  # where no block says `within`


@contextmanager
def within(seconds: float) -> Iterator[float]:
    """Whatever is asked in this block must be answered by then, as a time.monotonic value."""
    due = time.monotonic() + seconds
    token = deadline.set(due)
    try:
        yield due
    finally:
        deadline.reset(token)


class GuardedSession(OneRequestSession):
    """A session for one who names any URL, also where code of others sends: use it `within` some seconds.

    Raises AddressRefused for what is not public (`allow` excepts "host:port"), and requests' own errors.
    What proxies, certificates, time-outs and redirects its caller wishes for does not count.
    """

    def __init__(self, adapter: HTTPAdapter, user_agent: str, allow: frozenset[str] = NOTHING) -> None:
        super().__init__(adapter)
        self._allow = allow
        self.headers.update({"User-Agent": user_agent, "Accept-Encoding": ACCEPT_ENCODING})

    def send(self, request: requests.PreparedRequest, **wishes: Any) -> requests.Response:
        check_url(request.url or "", self._allow)
        left = deadline.get() - time.monotonic()
        if left <= 0:
            raise requests.Timeout("the deadline has passed")
        answer = super().send(
            request,
            stream=True,
            timeout=min(left, LONGEST_SECONDS),
            verify=True,
            cert=None,
            proxies=NO_PROXIES,
            allow_redirects=False,
        )
        if not wishes.get("stream"):
            take_body(answer)
        return answer


def take_body(answer: requests.Response) -> None:
    """Read an answer to its end, which must not be far."""
    try:
        answer._content = read_body(answer.raw, ANSWER_BYTES)
    except (BodyRefused, HTTPError) as error:
        raise requests.exceptions.ChunkedEncodingError(f"the answer cannot be read: {error}") from error
    finally:
        answer.raw.close()
    answer._content_consumed = True  # type: ignore[attr-defined]
