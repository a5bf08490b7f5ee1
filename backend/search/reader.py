"""Searching the index: ids in order, exact counts, and a cursor for the rest."""

from __future__ import annotations

import base64
import binascii
import threading
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import tantivy

from backend.domain.query import Query, Sort, Status
from backend.search import generations
from backend.search.compile import compile_node, only_below, only_status
from backend.search.generations import Signature
from backend.search.schema import IndexUnusable, prepare, schema

RANKED_DEPTH = 1000  # nobody reads on; deeper, each page would cost more than the one before
_KEYS: dict[str, str] = {"newest": "order", "salary": "pay_order"}


class BadCursor(ValueError):
    """A cursor that was not given for this search."""


@dataclass(frozen=True, slots=True)
class Hits:
    """A page: listing ids in order, how many listings match in all, and where the next page begins."""

    ids: list[int]
    total: int
    next_cursor: str | None


class SearchIndex:
    """The index of one directory, for any number of threads. It follows commits and rebuilds by itself."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._lock = threading.Lock()
        self._index: tantivy.Index | None = None
        self._folder = directory
        self._seen: tuple[Signature | None, Signature | None] = (None, None)

    def search(
        self, query: Query, *, status: Status, sort: Sort, cursor: str | None, limit: int, now: datetime
    ) -> Hits:
        """Raises IndexUnusable, and BadCursor."""
        after = read_cursor(cursor, sort)
        searcher = self._searcher()
        try:
            asked = only_status(compile_node(query.node, now, sort == "relevance", searcher), status)
            if sort == "relevance":
                return _ranked(searcher, asked, after or 0, limit)
            return _sorted(searcher, asked, sort, after, limit)
        except ValueError as error:
            raise IndexUnusable(f"the search index failed: {str(error)[:300]}") from error

    def count(self) -> int:
        """How many listings it holds. Raises IndexUnusable."""
        return self._searcher().num_docs

    def _searcher(self) -> tantivy.Searcher:
        current = generations.signature(generations.current_file(self.directory))
        with self._lock:
            if self._index is None or current != self._seen[0]:
                self._open(current)
            meta = generations.signature(self._folder / "meta.json")
            if meta is None or self._index is None:
                self._index = None
                raise IndexUnusable(f"the search index {self._folder} is gone")
            try:
                if meta != self._seen[1]:
                    self._index.reload()
                    self._seen = (current, meta)
                return self._index.searcher()
            except ValueError as error:
                self._index = None
                raise IndexUnusable(f"the search index cannot be read: {str(error)[:300]}") from error

    def _open(self, current: Signature | None) -> None:
        self._index = None
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
    searcher: tantivy.Searcher, asked: tantivy.Query, sort: Sort, after: int | None, limit: int
) -> Hits:
    key = _KEYS[sort]
    page = asked if after is None else only_below(asked, key, after)
    result = searcher.search(page, limit=limit + 1, count=after is None, order_by_field=key)
    total = _count(result if after is None else searcher.search(asked, limit=1))
    hits = result.hits
    more = make_cursor(sort, hits[limit - 1][0]) if len(hits) > limit else None
    return Hits(_ids(searcher, hits[:limit]), total, more)


def _ranked(searcher: tantivy.Searcher, asked: tantivy.Query, offset: int, limit: int) -> Hits:
    limit = min(limit, RANKED_DEPTH - offset)
    if limit <= 0:
        raise BadCursor("by relevance, a search goes no deeper")
    result = searcher.search(asked, limit=limit, offset=offset)
    total, end = _count(result), offset + limit
    more = make_cursor("relevance", end) if end < min(total, RANKED_DEPTH) else None
    return Hits(_ids(searcher, result.hits), total, more)


def _count(result: tantivy.SearchResult) -> int:
    return int(result.count)  # type: ignore[attr-defined]  # missing in its stubs only


def _ids(searcher: tantivy.Searcher, hits: list[tuple[object, tantivy.DocAddress]]) -> list[int]:
    return [int(value or 0) for value in searcher.fast_field_values("id", [address for _, address in hits])]


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
