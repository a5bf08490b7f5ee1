"""An index as it was at one commit, and what was worked out about it since."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import tantivy

from backend.domain.query import Query, Status
from backend.domain.query_nodes import Node, Range, RangeField, leaves, text_of
from backend.search.compile import compile_node, only_status
from backend.search.remembered import Remembered

_REMEMBERED = 1_000  # counts and facets of so many searches, a few MB


@dataclass(frozen=True, slots=True)
class View:
    """For any number of threads. `remembered` ends with it, so it holds what only a commit changes."""

    searcher: tantivy.Searcher
    remembered: Remembered = field(default_factory=lambda: Remembered(_REMEMBERED))

    def asked(self, query: Query, status: Status, now: datetime, ranked: bool = False) -> tantivy.Query:
        return only_status(compile_node(query.node, now, ranked, self.searcher), status, self.searcher)

    def total(self, query: Query, status: Status, now: datetime) -> int:
        """How many listings match."""
        moment = now if tells_age(query.node) else None

        def count() -> int:
            return count_of(self.searcher.search(self.asked(query, status, now), limit=1))

        return self.remembered.get(("total", text_of(query.node), status, moment), count)


def tells_age(node: Node) -> bool:
    """Whether what matches changes as time goes by."""
    return any(isinstance(leaf, Range) and leaf.field is not RangeField.SALARY for leaf in leaves(node))


def count_of(result: tantivy.SearchResult) -> int:
    return int(result.count)  # type: ignore[attr-defined]  # missing in its stubs only
