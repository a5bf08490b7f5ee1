"""The indexer killed again and again, at any moment of its work, while listings arrive, change and go."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import psutil
import pytest
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from backend.domain.query import parse
from backend.models import Listing
from backend.models.base import begin_write
from backend.search.reader import SearchIndex
from backend.search.schema import IndexUnusable
from backend.settings import Settings
from tests.services.stored import Shelf

KILLS = 50
LIFE = 0.9  # seconds at most from when an indexer begins its work to its end
_STARTS_INDEXERS = """
import os, sys
from workers import indexer
for _ in sys.stdin:  # a fork starts at once, where a new process would import for a second
    child = os.fork()
    if child == 0:
        indexer.main()
    print(child, flush=True)
    os.waitpid(child, 0)
    print("ended", flush=True)
"""


class Indexers:
    """Real processes, one after the other."""

    def __init__(self, starter: subprocess.Popen[str]) -> None:
        assert starter.stdin
        assert starter.stdout
        self.asks, self.answers = starter.stdin, starter.stdout
        self.running: int | None = None

    def start(self) -> int:
        self.asks.write("one more\n")
        self.asks.flush()
        self.running = int(self.answers.readline())
        return self.running

    def kill(self) -> None:
        if self.running is not None:
            os.kill(self.running, signal.SIGKILL)
            self.running = None
            assert self.answers.readline() == "ended\n"


@contextmanager
def indexers(settings: Settings) -> Iterator[Indexers]:
    environment = os.environ | {
        "APP_ENV": "testing",
        "LOG_LEVEL": "ERROR",
        "VAR_DIR": str(settings.var_dir),
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
    }
    command = [sys.executable, "-c", _STARTS_INDEXERS]
    with subprocess.Popen(
        command,
        env=environment,
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as starter:
        each = Indexers(starter)
        try:
            yield each
        finally:
            each.kill()


class Arrivals:
    """Listings arrive; some change their title, some are removed. `titles`: what is stored in the end."""

    def __init__(self, session: Session, random: Random) -> None:
        self.session, self.random = session, random
        self.shelf = Shelf(session, datetime.now(UTC))
        self.titles: dict[int, str] = {}

    def one(self) -> None:
        chance = self.random.random()
        if self.titles and chance < 0.2:
            self._change(self.random.choice(list(self.titles)))
        elif self.titles and chance < 0.25:
            self._remove(self.random.choice(list(self.titles)))
        else:
            listing = self.shelf.add(title="arrived", changed_at=datetime.now(UTC))
            self.titles[listing.id] = "arrived"

    def _change(self, listing_id: int) -> None:
        begin_write(self.session)
        row = update(Listing).where(Listing.id == listing_id)
        self.session.execute(row.values(title="changed", changed_at=datetime.now(UTC)))
        self.session.commit()
        self.titles[listing_id] = "changed"

    def _remove(self, listing_id: int) -> None:
        begin_write(self.session)
        self.session.execute(delete(Listing).where(Listing.id == listing_id))
        self.session.commit()
        del self.titles[listing_id]


def is_at_work(process: int) -> bool:
    """Whether it has taken the lock of the index."""
    return any(file.path.endswith("indexer.lock") for file in psutil.Process(process).open_files())


def found(index: SearchIndex, query: str) -> list[int]:
    """All ids that match, page by page."""
    ids: list[int] = []
    cursor = None
    while True:
        hits = index.search(
            parse(query), status="all", sort="newest", cursor=cursor, limit=100, now=datetime.now(UTC)
        )
        ids += hits.ids
        cursor = hits.next_cursor
        if cursor is None:
            return ids


def state(index: SearchIndex) -> dict[str, list[int]]:
    with suppress(IndexUnusable):
        return {title: sorted(found(index, f"title:{title}")) for title in ("arrived", "changed")}
    return {}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_fifty_killed_indexers_miss_nothing_and_double_nothing(settings: Settings, session: Session) -> None:
    random = Random(4)
    arrivals = Arrivals(session, random)
    index = SearchIndex(settings.var_dir / "search")
    commits: set[int] = set()
    with indexers(settings) as each:
        for _ in range(KILLS):
            process = each.start()
            at_work = False
            ends = time.monotonic() + 10
            while time.monotonic() < ends:
                arrivals.one()
                time.sleep(0.01)
                if not at_work and is_at_work(process):
                    at_work, ends = True, time.monotonic() + random.uniform(0, LIFE)
            assert at_work
            each.kill()
            commits |= {meta.stat().st_mtime_ns for meta in index.directory.glob("*/meta.json")}
        each.start()
        wanted = {
            title: sorted(one for one, is_called in arrivals.titles.items() if is_called == title)
            for title in ("arrived", "changed")
        }
        deadline = time.monotonic() + 30
        while state(index) != wanted and time.monotonic() < deadline:
            time.sleep(0.1)
        assert state(index) == wanted
        assert index.count() == len(arrivals.titles) == len(set(found(index, "")))
    assert len(arrivals.titles) > 5 * KILLS
    assert len(commits) > KILLS / 10, "they were killed before they did anything"
