"""Searching the index: ids in order, exact counts, facets, and a cursor for the rest."""

from __future__ import annotations

import base64
import binascii
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from time import monotonic

import tantivy

from backend.domain.query import Query, Sort, Status
from backend.domain.query_nodes import Node
from backend.search import facets, generations, ranking, spelling
from backend.search.facets import Count
from backend.search.generations import Signature
from backend.search.ranking import DEPTH, Ranked
from backend.search.remembered import Remembered
from backend.search.schema import IndexUnusable, prepare, schema
from backend.search.spelling import Vocabulary
from backend.search.view import Share, View, tells_age

VOCABULARY_SECONDS = 600  # the words of an index hardly change
_STEADY = 5_000  # figures of the whole index, and values by their keys, half a MB
_LETTERS = 40  # whose words are remembered, half a MB each at a million listings
_KEYS: dict[str, str] = {"newest": "order", "salary": "pay_order"}


class BadCursor(ValueError):
    """A cursor that was not given for this search."""


@dataclass(frozen=True, slots=True)
class Hits:
    """A page: listing ids in order, how many listings match in all, and where the next page begins.

    `total` is None where it was not to be counted. `partial`: finding all would have taken too long, only the
    newest listings were looked at.
    """

    ids: list[int]
    total: int | None
    next_cursor: str | None
    partial: bool = False


class SearchIndex:
    """The index of one directory, for any number of threads. It follows commits and rebuilds by itself.

    Every method raises IndexUnusable where there is none or it fails.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._lock = threading.Lock()
        self._index: tantivy.Index | None = None
        self._view: View | None = None
        self._letters, self._steady = Remembered(_LETTERS), Remembered(_STEADY)
        self._folder = directory
        self._seen: tuple[Signature | None, Signature | None] = (None, None)

    def search(
        self,
        query: Query,
        *,
        status: Status,
        sort: Sort,
        cursor: str | None,
        limit: int,
        now: datetime,
        counted: bool = True,
    ) -> Hits:
        """A page. To count all that match takes much longer than to find a page of the newest.

        By relevance later pages shift while listings arrive; see `rank`. Raises BadCursor.
        """
        after = read_cursor(cursor, sort)
        if sort == "relevance":
            return _page_of(self.rank(query, status=status, now=now), after or 0, limit)
        with self._viewed() as view:
            find = partial(_sorted, view, query, status, sort, after, limit, now, counted)
            asked = ("page", query.canonical, status, sort, after, limit, counted)
            return find() if tells_age(query.node) else view.remembered.get(asked, find)

    def rank(self, query: Query, *, status: Status, now: datetime) -> Ranked:
        """The best thousand."""
        with self._viewed() as view:
            find = partial(ranking.rank, view, query, status, now)
            asked = ("ranked", query.canonical, status)
            return find() if tells_age(query.node) else view.remembered.get(asked, find)

    def facets(
        self, query: Query, *, status: Status, names: Sequence[str], now: datetime
    ) -> dict[str, list[Count]]:
        """Of each named facet (facets.NAMES) how many listings have which value."""
        with self._viewed() as view:
            return facets.count(view, query, status, names, now)

    def total(self, query: Query, *, status: Status, now: datetime) -> int:
        """How many listings match."""
        with self._viewed() as view:
            return view.total(query.node, status, now)

    def share(self, query: Query, *, status: Status, now: datetime) -> Share:
        """How many listings match, of how many."""
        with self._viewed() as view:
            return view.share(query.node, status, now)

    def corrected(self, query: Query, *, now: datetime, seconds: float) -> list[Node]:
        """The query with its words put right, the likeliest first; what was found in so many seconds."""
        with self._viewed() as view:
            age = self._folder.name, now.timestamp() // VOCABULARY_SECONDS
            vocabulary = Vocabulary(view.searcher, self._letters, age)
            return list(spelling.corrected(vocabulary, query.node, monotonic() + seconds))

    def count(self) -> int:
        """How many listings it holds."""
        with self._viewed() as view:
            return view.searcher.num_docs

    @contextmanager
    def _viewed(self) -> Iterator[View]:
        view = self._latest()
        try:
            yield view
        except ValueError as error:
            raise IndexUnusable(f"the search index failed: {str(error)[:300]}") from error

    def _latest(self) -> View:
        current = generations.signature(generations.current_file(self.directory))
        with self._lock:
            if self._index is None or current != self._seen[0]:
                self._open(current)
            meta = generations.signature(self._folder / "meta.json")
            if meta is None or self._index is None:
                self._index = None
                raise IndexUnusable(f"the search index {self._folder} is gone")
            try:
                if self._view is None or meta != self._seen[1]:
                    self._index.reload()
                    self._view = View(self._index.searcher(), self._steady)
                    self._seen = (current, meta)
                return self._view
            except ValueError as error:
                self._index = None
                raise IndexUnusable(f"the search index cannot be read: {str(error)[:300]}") from error

    def _open(self, current: Signature | None) -> None:
        self._index = self._view = None
        folder = generations.current_generation(self.directory)
        meta = generations.signature(folder / "meta.json")
        try:
            index = tantivy.Index(schema(), str(folder))
            index.config_reader("Manual")
            self._index = prepare(index)
        except ValueError as error:
            raise IndexUnusable(f"the search index cannot be opened: {str(error)[:300]}") from error
        self._folder, self._seen = folder, (current, meta)


def _sorted(
    view: View,
    query: Query,
    status: Status,
    sort: Sort,
    after: int | None,
    limit: int,
    now: datetime,
    counted: bool,
) -> Hits:
    key = _KEYS[sort]
    if sort == "newest" and after is None:
        newest = view.newest(query.node, status, now, limit + 1)
        result, is_partial = newest.result, newest.partial
    else:
        asked = view.asked(query.node, status, now, below=None if after is None else (key, after))
        result = view.searcher.search(asked.query, limit=limit + 1, count=False, order_by_field=key)
        is_partial = asked.partial
    hits = result.hits
    more = make_cursor(sort, hits[limit - 1][0]) if len(hits) > limit else None
    ids = view.searcher.fast_field_values("id", [address for _, address in hits[:limit]])
    if after is None and more is None:
        total: int | None = len(hits)
    else:
        total = view.total(query.node, status, now) if counted else None
    return Hits([int(value or 0) for value in ids], total, more, is_partial)


def _page_of(ranked: Ranked, offset: int, limit: int) -> Hits:
    if offset >= DEPTH:
        raise BadCursor("by relevance, a search goes no deeper")
    end = offset + limit
    more = make_cursor("relevance", end) if end < len(ranked.ids) else None
    return Hits(list(ranked.ids[offset:end]), ranked.total, more, ranked.partial)


def make_cursor(sort: Sort, place: int) -> str:
    return base64.urlsafe_b64encode(f"{sort[0]}{place:x}".encode()).decode().rstrip("=")


def read_cursor(cursor: str | None, sort: Sort) -> int | None:
    """The place a cursor stands for. Raises BadCursor."""
    if not cursor:
        return None
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        place = int(text[1:], 16)
    except (ValueError, binascii.Error):
        raise BadCursor("this is not a cursor: take `next_cursor` of the page before") from None
    if text[0] != sort[0] or not 0 <= place < 2**63:
        raise BadCursor(f"this cursor is not one of a search by {sort}: begin again without it")
    return place
