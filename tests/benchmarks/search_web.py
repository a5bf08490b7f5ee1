"""The search over HTTP: the web process with all of it, asked by one client and by eight."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from random import Random
from urllib.parse import urlencode

import requests

from tests.benchmarks import memory, servers
from tests.benchmarks.search_host import Host
from tests.benchmarks.search_questions import FACETS, FILTERS, TYPED, newest, ranked
from tests.benchmarks.search_speed import FULL, p95, shown
from tests.benchmarks.table import Table

CLIENTS = 8
# The page asks for its rows without their count, then for the count and the facets beside them.
LIMITS = {"newest": 25, "by relevance": 60, "with all facets": 100, "type-ahead": 10}  # ms at p95
LONGEST, LARGEST = 300, 400  # ms, MB
WARM = 10  # requests of each kind


class Clients:
    """Asks as many people do: each request is from another address, each thread keeps its connection."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.number = count(1)
        self.local = threading.local()

    def seconds(self, path: str) -> float:
        if not hasattr(self.local, "session"):
            self.local.session = requests.Session()
            self.local.session.trust_env = False
        number = next(self.number)
        peer = f"100.{64 + number // 65025 % 64}.{number // 255 % 255}.{number % 255}"
        begun = time.perf_counter()
        answer = self.local.session.get(
            f"{self.address}{path}", headers={"X-Forwarded-For": peer}, timeout=60
        )
        taken = time.perf_counter() - begun
        if answer.status_code != 200:
            raise AssertionError(f"{path} answered {answer.status_code}: {answer.text[:200]}")
        if '"partial":true' in answer.text.replace(" ", "")[:2000]:
            raise AssertionError(f"{path} was answered by the database")
        return taken


def over_http(host: Host, port: int) -> Table:
    table = Table(f"The API over {host.count:,} listings, milliseconds at p50, p95, p99")
    environment = host.environment | {"PORT": str(port)}
    _read(host)
    with (
        memory.running(environment, *memory.gunicorn(port)) as web,
        servers.PeakMemory("web", web.pid) as used,
    ):
        address = f"http://127.0.0.1:{port}"
        servers.wait_until(lambda: requests.get(f"{address}/healthz", timeout=5).ok, seconds=120)
        clients = Clients(address)
        asked = {name: list(paths) for name, paths in _paths("open").items()}
        for path in _first(1, "open"):
            clients.seconds(path)
        for name, paths in asked.items():
            taken = [clients.seconds(path) for path in paths]
            table.row(f"1 client, {name} ({len(paths)} requests)", shown(taken))
            if name in LIMITS:
                _limited(table, host, f"1 client, {name}, p95", p95(taken) * 1000, LIMITS[name], "ms")
        mixed = [path for paths in _paths("all").values() for path in paths]
        Random(3).shuffle(mixed)
        with ThreadPoolExecutor(CLIENTS) as pool:
            list(pool.map(clients.seconds, _first(CLIENTS, "all")))
            begun = time.perf_counter()
            taken = list(pool.map(clients.seconds, mixed))
            rate = len(mixed) / (time.perf_counter() - begun)
        table.row(
            f"{CLIENTS} clients, all of it ({len(mixed)} requests)", shown(taken), f"{rate:.0f} a second"
        )
        _limited(table, host, f"{CLIENTS} clients, the longest", max(taken) * 1000, LONGEST, "ms")
    _limited(table, host, "web, largest process", used.largest, LARGEST, "MB")
    return table


def _read(host: Host) -> None:
    """The files come into memory, as they are on a host that is searched: the disk is not measured."""
    for path in (host.folder / "jobtracker.db", *host.directory.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                while file.read(1 << 24):
                    pass


def _limited(table: Table, host: Host, name: str, value: float, limit: float, unit: str) -> None:
    if host.count >= FULL:
        table.check(name, value, limit, unit)
    else:
        table.row(name, f"{value:.2f} {unit}")


def _paths(status: str) -> dict[str, Sequence[str]]:
    """No two the same: what was answered once may be remembered."""
    texts = [question.text for question in newest()]
    return {
        "newest": [_search(text, "newest", status) + "&count=false" for text in texts],
        "newest, counted": [_search(text, "newest", status) for text in texts],
        "by relevance": [_search(question.text, "relevance", status) for question in ranked()],
        "with all facets": [_search(text, "newest", status, facets=True) for text in texts],
        "type-ahead": list(dict.fromkeys(_typing())),
    }


def _first(clients: int, status: str) -> list[str]:
    """Requests that are not counted: a process that has just begun loads what it needs, and what is broad is
    counted once a commit. Each of so many clients asks them, for it may be another process that answers.
    """
    some = [path for paths in _paths("closed").values() for path in paths[:WARM]]
    broad = [_search(text, "newest", status, facets=True) for text in ("", *FILTERS)]
    return [path for path in (*some, *broad) for _ in range(clients)]


def _search(text: str, sort: str, status: str, facets: bool = False) -> str:
    asked = {"q": text, "sort": sort, "status": status, "limit": "20"}
    return "/api/listings?" + urlencode(asked | ({"facets": ",".join(FACETS)} if facets else {}))


def _typing() -> Iterator[str]:
    """Each word letter by letter."""
    for text in TYPED:
        for length in range(1, len(text) + 1):
            if not text[:length].endswith(" "):
                yield "/api/suggestions?" + urlencode({"q": text[:length]})
