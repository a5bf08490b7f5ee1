"""robots.txt (RFC 9309): whether a host lets its web pages be read by programs such as this one."""

from __future__ import annotations

import threading
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from protego import Protego

from backend.domain.exchange import HostFails, Request, Response
from backend.fetch.addresses import AddressRefused
from backend.fetch.shared import SharedRedis

TOKEN = "JobTracker"  # noqa: S105 (the product in our User-Agent, by which robots.txt names us)
KEY = "fetch:robots:"
KEPT_SECONDS = 86400
PAUSE = 600.0  # where robots.txt cannot be had, pages are asked for again after this
MOST_BYTES = 500 * 1024  # RFC 9309, 2.5: this much must be read; no more is
MOST_DELAY = 30.0  # of a Crawl-delay: with more, no visit would read a second page before its deadline
REMEMBERED = 500  # hosts in this process, parsed; Redis holds the others

Ask = Callable[[Request, float], Response]


class RobotsRefused(AddressRefused):
    """The host's robots.txt forbids this page. It names the file, so that an operator can look."""


@dataclass(frozen=True, slots=True)
class _Rules:
    parsed: Protego
    good_until: float


class Robots:
    """The rules of hosts, kept for a day in this process and in Redis, so that workers ask once.

    `ask` fetches; it raises SourceUnavailable and AddressRefused as `Fetcher.fetch` does.
    """

    def __init__(self, shared: SharedRedis | None, ask: Ask) -> None:
        self._shared = shared
        self._ask = ask
        self._lock = threading.Lock()
        self._rules: dict[str, _Rules] = {}

    def check(self, url: str, due: float) -> float:
        """The seconds that are to lie between two pages of the host (its Crawl-delay, bounded).

        Raises RobotsRefused for a page that may not be read; HostFails where robots.txt answers 5xx.
        """
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}".lower()
        rules = self._of(origin, due)
        if not rules.can_fetch(url, TOKEN):
            raise RobotsRefused(f"{url}: refused: {origin}/robots.txt does not let {TOKEN} read it")
        return min(max(rules.crawl_delay(TOKEN) or 0.0, 0.0), MOST_DELAY)

    def _of(self, origin: str, due: float) -> Protego:
        known = self._rules.get(origin)
        if known is not None and time.monotonic() < known.good_until:
            return known.parsed
        text = self._shared_text(origin)
        if text is None:
            text = self._download(origin, due)
            self._share(origin, text)
        rules = _Rules(Protego.parse(text), time.monotonic() + KEPT_SECONDS)
        with self._lock:
            while len(self._rules) >= REMEMBERED:
                del self._rules[next(iter(self._rules))]
            self._rules[origin] = rules
        return rules.parsed

    def _download(self, origin: str, due: float) -> str:
        """The text of a robots.txt; empty, which allows everything, where there is none (4xx)."""
        url = f"{origin}/robots.txt"
        answer = self._ask(Request(url), due)
        if answer.status >= 500 or answer.status == 429:
            raise HostFails(
                f"{url} answers {answer.status}: pages of this host are not asked for until it is there",
                PAUSE,
            )
        return answer.body[:MOST_BYTES].decode("utf-8", "replace") if answer.status == 200 else ""

    def _shared_text(self, origin: str) -> str | None:
        if self._shared is None:
            return None
        client = self._shared.client
        found = self._shared.ask(lambda: client.get(KEY + origin))
        return zlib.decompress(found).decode() if isinstance(found, bytes) else None

    def _share(self, origin: str, text: str) -> None:
        if self._shared is None:
            return
        client, packed = self._shared.client, zlib.compress(text.encode())
        self._shared.ask(lambda: client.set(KEY + origin, packed, ex=KEPT_SECONDS))
