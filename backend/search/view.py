"""An index as it was at one commit, and what was worked out about it since."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import datetime

import tantivy

from backend.domain.query import Status
from backend.domain.query_nodes import Node, Range, RangeField, leaves, text_of
from backend.search import effort
from backend.search.compile import compile_node, only_below, only_from, only_status
from backend.search.remembered import Remembered

_REMEMBERED = 1_000  # pages, counts and facets of so many searches, a few MB
_BUDGET = 150e6  # nanoseconds; a query that would take more looks at the newest listings only
_LOOKS = 1 / 64, 1 / 8  # of all listings: the newest, among which nearly every first page lies
_MANY = 10_000  # listings; of fewer all are looked at
_STEADY_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Asked:
    """A query as the index takes it. `partial`: it would have cost too much, older listings are left out."""

    query: tantivy.Query
    partial: bool


@dataclass(frozen=True, slots=True)
class Newest:
    """Hits in order. `partial`: as in `Asked`."""

    result: tantivy.SearchResult
    partial: bool


@dataclass(frozen=True, slots=True)
class Share:
    """How many listings match, of how many."""

    matching: int
    of: int


@dataclass(frozen=True, slots=True)
class View:
    """For any number of threads. `remembered` ends with it, so it holds what only a commit changes; `steady`
    is of the whole index, and holds what hardly changes.
    """

    searcher: tantivy.Searcher
    steady: Remembered
    remembered: Remembered = field(default_factory=lambda: Remembered(_REMEMBERED))

    def asked(
        self,
        node: Node,
        status: Status,
        now: datetime,
        *,
        scored: tantivy.Query | None = None,
        below: tuple[str, int] | None = None,
    ) -> Asked:
        """`scored` finds the same as the node, and knows how well each listing answers. `below`: a field and
        what its values lie below. The status comes last: bounds inside of it are four times as fast.
        """
        query = scored or compile_node(node, now, self.searcher)
        if below is not None:
            query = only_below(query, *below)
        return self._affordable(query, node, status, now)

    def _affordable(self, query: tantivy.Query, node: Node, status: Status, now: datetime) -> Asked:
        """What is found of a query among as many of the newest listings as can be looked at for the node."""
        share = _BUDGET / (effort.of(node, self.searcher) or 1)
        if share < 1:
            query = only_from(query, "order", self._order_at(2 ** math.floor(math.log2(share)), now))
        return Asked(only_status(query, status, self.searcher), partial=share < 1)

    def share(self, node: Node, status: Status, now: datetime) -> Share:
        """How many listings match, of all, or of the newest where all are too many to look at."""
        matching, every = compile_node(node, now, self.searcher), tantivy.Query.all_query()
        counts = (
            count_of(self.searcher.search(self._affordable(query, node, status, now).query, limit=1))
            for query in (matching, every)
        )
        return Share(*counts)

    def total(self, node: Node, status: Status, now: datetime) -> int:
        """How many listings match."""
        moment = now if tells_age(node) else None

        def count() -> int:
            return count_of(self.searcher.search(self.asked(node, status, now).query, limit=1))

        return self.remembered.get(("total", text_of(node), status, moment), count)

    def remember_total(self, node: Node, status: Status, count: int) -> None:
        """As it was counted beside something else; not of what changes as time goes by."""
        if not tells_age(node):
            self.remembered.get(("total", text_of(node), status, None), lambda: count)

    def newest(self, node: Node, status: Status, now: datetime, limit: int) -> Newest:
        """The newest that match, without looking at all that do: they lie first in the index."""
        query = compile_node(node, now, self.searcher)
        for share in _LOOKS if self.searcher.num_docs > _MANY else ():
            recent = only_from(query, "order", self._order_at(share, now))
            result = self._in_order(only_status(recent, status, self.searcher), limit)
            if len(result.hits) == limit:
                return Newest(result, partial=False)
        asked = self._affordable(query, node, status, now)
        return Newest(self._in_order(asked.query, limit), asked.partial)

    def _in_order(self, query: tantivy.Query, limit: int) -> tantivy.SearchResult:
        return self.searcher.search(query, limit=limit, count=False, order_by_field="order")

    def _order_at(self, share: float, now: datetime) -> int:
        """The order that about this share of all listings lies above."""

        def look() -> int:
            place = int(share * self.searcher.num_docs)
            everything = tantivy.Query.all_query()
            result = self.searcher.search(everything, 1, False, order_by_field="order", offset=place)
            return max((int(order) for order, _ in result.hits), default=0)

        return self.steady.get(("order", share, now.timestamp() // _STEADY_SECONDS), look)


def tells_age(node: Node) -> bool:
    """Whether what matches changes as time goes by."""
    return any(isinstance(leaf, Range) and leaf.field is not RangeField.SALARY for leaf in leaves(node))


def count_of(result: tantivy.SearchResult) -> int:
    return int(result.count)  # type: ignore[attr-defined]  # missing in its stubs only
