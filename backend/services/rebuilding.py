"""A new search index of all listings. What they say is worked out by several processes side by side."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from sqlalchemy import URL, Engine, and_, create_engine, func, select
from sqlalchemy.orm import Session

from backend.models import Listing
from backend.models.base import prepare_engine
from backend.search import writer
from backend.search.schema import Fields, IndexUnusable
from backend.services.indexing import entries

FEW = 20_000  # listings; so many are done before other processes have begun
_SPAN = 250  # ids, for one process at a time
_MOST = 4  # processes; one more takes in what these give, and can hardly follow
_NICE = 10  # who searches or crawls meanwhile goes first
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def rebuild(session: Session, directory: Path, few: int = FEW) -> int:
    """A new index of all listings, made beside the one in use. How many there are.

    Up to `few` it is done here alone. Raises search.generations.AlreadyHeld if one is being made.
    """
    position, last = session.execute(select(func.max(Listing.changed_at), func.max(Listing.id))).one()
    session.rollback()
    spans = [(low, low + _SPAN) for low in range(0, last or 0, _SPAN)]
    processes = min(os.cpu_count() or 1, _MOST)
    listings: Iterator[Fields]
    if processes == 1 or (last or 0) <= few:
        listings = (fields for span in spans for fields in _between(session, *span))
    else:
        engine = session.get_bind()
        assert isinstance(engine, Engine)
        listings = _side_by_side(engine.url, processes, spans)
    return writer.rebuild(directory, listings, position or _LONG_AGO)


def _between(session: Session, after: int, last: int) -> list[Fields]:
    try:
        return list(writer.all_fields(entries(session, and_(Listing.id > after, Listing.id <= last))))
    finally:
        session.rollback()  # one long reading transaction would keep SQLite's log from shrinking


def _side_by_side(url: URL, processes: int, spans: Iterable[tuple[int, int]]) -> Iterator[Fields]:
    """In the order of the spans; no more is worked out than is soon taken in."""
    context = multiprocessing.get_context("spawn")  # a fork would copy locks that other threads hold
    waiting: deque[Future[list[Fields]]] = deque()
    try:
        with ProcessPoolExecutor(processes, context, _begin) as pool:
            for span in spans:
                waiting.append(pool.submit(_work, url, *span))
                if len(waiting) > 2 * processes:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
    except BrokenProcessPool:
        raise IndexUnusable(
            "a process that read listings for the search index was killed: it may be short of memory"
        ) from None


def _begin() -> None:
    os.nice(_NICE)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all; who began this process ends it
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """It may be killed: then nobody would tell this process to end."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _work(url: URL, after: int, last: int) -> list[Fields]:
    return _between(_session(url), after, last)


@cache
def _session(url: URL) -> Session:
    engine = create_engine(url)
    prepare_engine(engine)
    return Session(engine)
