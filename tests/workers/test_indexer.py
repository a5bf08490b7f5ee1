"""The indexer as a process of its own: started, killed, started twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.domain.query import parse
from backend.models import db
from backend.search.reader import SearchIndex
from backend.search.schema import IndexUnusable
from backend.settings import Settings
from tests.services.stored import Shelf

Start = Callable[[], subprocess.Popen[bytes]]
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # these start many processes


@pytest.fixture
def start(settings: Settings) -> Iterator[Start]:
    """Starts an indexer on the test's database; all end with the test."""
    environment = os.environ | {
        "APP_ENV": "testing",
        "VAR_DIR": str(settings.var_dir),
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
    }
    running: list[subprocess.Popen[bytes]] = []

    def start_one() -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "workers.indexer"]
        root = Path(__file__).parents[2]
        running.append(subprocess.Popen(command, env=environment, cwd=root))
        return running[-1]

    yield start_one
    for process in running:
        process.kill()
        process.wait(10)


@pytest.fixture
def shelf(session: Session) -> Shelf:
    return Shelf(session, datetime.now(UTC))


@pytest.fixture
def index(settings: Settings) -> SearchIndex:
    return SearchIndex(settings.var_dir / "search")


def ids(index: SearchIndex, query: str) -> list[int]:
    with suppress(IndexUnusable):
        hits = index.search(
            parse(query), status="all", sort="newest", cursor=None, limit=999, now=datetime.now(UTC)
        )
        return hits.ids
    return []


def wait_for(condition: Callable[[], bool], seconds: float) -> float:
    """How long it took. Fails if it took longer."""
    start = time.monotonic()
    while not condition():
        assert time.monotonic() - start < seconds, f"not so within {seconds} seconds"
        time.sleep(0.02)
    return time.monotonic() - start


def add(shelf: Shelf, title: str) -> int:
    return shelf.add(title=title, changed_at=datetime.now(UTC)).id


def test_a_listing_is_findable_within_two_seconds_and_a_terminated_indexer_ends_well(
    start: Start, shelf: Shelf, index: SearchIndex
) -> None:
    add(shelf, "Before")
    process = start()
    wait_for(lambda: len(ids(index, "before")) == 1, 20)
    add(shelf, "After")
    wait_for(lambda: len(ids(index, "after")) == 1, 2)
    process.terminate()
    assert process.wait(10) == 0


@on_sqlite
def test_killed_indexers_miss_nothing_and_double_nothing(
    start: Start, shelf: Shelf, index: SearchIndex
) -> None:
    wanted = []
    for pause in (1.0, 1.6, 2.2, 2.6):
        process = start()
        ends = time.monotonic() + pause
        while time.monotonic() < ends:
            wanted.append(add(shelf, "Arriving"))
            time.sleep(0.03)
        process.send_signal(signal.SIGKILL)
        process.wait(10)
    start()
    wait_for(lambda: len(ids(index, "")) >= len(wanted), 20)
    assert sorted(ids(index, "")) == sorted(wanted)


@on_sqlite
def test_a_second_indexer_waits_and_takes_over(start: Start, shelf: Shelf, index: SearchIndex) -> None:
    add(shelf, "One")
    first = start()
    wait_for(lambda: len(ids(index, "one")) == 1, 20)
    second = start()
    time.sleep(1.5)
    first.kill()
    add(shelf, "Two")
    wait_for(lambda: len(ids(index, "two")) == 1, 10)
    assert second.poll() is None


@on_sqlite
def test_a_damaged_index_is_built_anew_at_start(start: Start, shelf: Shelf, index: SearchIndex) -> None:
    add(shelf, "One")
    first = start()
    wait_for(lambda: len(ids(index, "one")) == 1, 20)
    first.kill()
    first.wait(10)
    for segment in index.directory.glob("*/*.idx"):
        segment.write_bytes(b"")
    assert ids(SearchIndex(index.directory), "one") == []
    start()
    wait_for(lambda: len(ids(SearchIndex(index.directory), "one")) == 1, 20)


def test_an_indexer_waits_for_a_database_that_is_not_ready(
    start: Start, shelf: Shelf, index: SearchIndex
) -> None:
    add(shelf, "One")
    with db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE listing_texts RENAME TO elsewhere"))
    process = start()
    time.sleep(2.5)
    assert process.poll() is None
    with db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE elsewhere RENAME TO listing_texts"))
    wait_for(lambda: len(ids(index, "one")) == 1, 20)
