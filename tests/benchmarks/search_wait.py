"""How long a search waits at most while listings change and are indexed."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from random import Random
from statistics import median

from sqlalchemy import update

from backend.search.reader import SearchIndex
from backend.services.listing_rows import LISTINGS
from tests.benchmarks import memory, servers
from tests.benchmarks.listings_made import NOW
from tests.benchmarks.search_host import Host
from tests.benchmarks.search_questions import FILTERS, RARE, SEVERAL, Question
from tests.benchmarks.table import Table

QUIET, BUSY = 5.0, 20.0  # seconds
CHANGED, EVERY = 100, 0.5
PAGE = 20


def while_indexing(host: Host, limit: float) -> Table:
    """`limit`: milliseconds beyond what the same search usually takes."""
    pace = f"{CHANGED / EVERY:.0f} of them change each second and are indexed"
    table = Table(f"Searching {host.count:,} listings while {pace}")
    asked = [Question(words, "newest") for words in (*RARE, *SEVERAL, *FILTERS)]
    index = host.index()
    usual: dict[str, list[float]] = {question.text: [] for question in asked}
    waits: list[tuple[float, str]] = []
    with memory.running(host.environment, "-m", "workers.indexer"):
        with _Commits(host) as first:
            _change(host, [1])
            servers.wait_until(lambda: first.count > 0, seconds=60)
        for question, seconds in _searching(index, asked, QUIET):
            usual[question.text].append(seconds)
        over = threading.Event()
        changing = threading.Thread(target=_keep_changing, args=(host, over))
        with _Commits(host) as commits:
            changing.start()
            for question, seconds in _searching(index, asked, BUSY):
                waits.append((seconds - median(usual[question.text]), question.text))
            over.set()
            changing.join()
    if not commits.count:
        raise AssertionError("nothing was indexed meanwhile")
    longest, what = max(waits)
    table.row(
        "searches, commits meanwhile",
        f"{len(waits)}, {commits.count}",
        f"the longest wait: {what or 'everything'}",
    )
    table.check("the longest that a search took beyond its usual", longest * 1000, limit, "ms")
    return table


def _searching(
    index: SearchIndex, asked: Sequence[Question], seconds: float
) -> Iterator[tuple[Question, float]]:
    end = time.monotonic() + seconds
    number = 0
    while time.monotonic() < end or number < len(asked):
        question = asked[number % len(asked)]
        begun = time.perf_counter()
        index.search(question.query, status="open", sort="newest", cursor=None, limit=PAGE, now=NOW)
        yield question, time.perf_counter() - begun
        number += 1


def _keep_changing(host: Host, over: threading.Event) -> None:
    random = Random(2)
    while not over.wait(EVERY):
        _change(host, random.sample(range(1, host.count + 1), CHANGED))


def _change(host: Host, ids: Sequence[int]) -> None:
    with host.engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.execute(
            update(LISTINGS).where(LISTINGS.c.id.in_(ids)).values(changed_at=datetime.now(UTC))
        )


class _Commits(threading.Thread):
    """Counts how often the index is replaced by a newer state of itself."""

    def __init__(self, host: Host) -> None:
        super().__init__(daemon=True)
        self.host, self.count = host, 0
        self.over = threading.Event()

    def run(self) -> None:
        seen = self._state()
        while not self.over.wait(0.05):
            state = self._state()
            self.count += state != seen
            seen = state

    def _state(self) -> list[int]:
        return [meta.stat().st_mtime_ns for meta in self.host.directory.glob("*/meta.json")]

    def __enter__(self) -> _Commits:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.join()
