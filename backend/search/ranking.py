"""The listings that answer a search best: title before company before text, newer before older.

A listing is scored by BM25 over all its words, scaled so that it does not grow with the index, and gets the
same again and again for each sought word in its title, its company or its places: by BM25 a single rare word
in a title would outdo several common ones. The figures were chosen by the judgements of tests/benchmarks.
"""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from tantivy import Occur, SearchResult
from tantivy import Query as TantivyQuery

from backend.domain.query import Query, Status
from backend.domain.query_nodes import And, Node, Not, Or, TextField, Words, sought_terms
from backend.search.compile import compile_node
from backend.search.schema import ID_BITS, ID_SPACE
from backend.search.view import View, count_of

DEPTH = 1000  # nobody reads on; deeper, each page would cost more than the one before
WORDS, TITLE, COMPANY, PLACE = 8.0, 8.0, 6.0, 3.0
FRESH, HALF_LIFE = 0.05, 30 * 86_400.0  # what a listing of this second has more, and seconds to half of that
_FIELDS = ((TextField.TITLE, TITLE), (TextField.COMPANY, COMPANY), (TextField.LOCATION, PLACE))
_MOST_WORDS = 10  # are looked for in the fields too


@dataclass(frozen=True, slots=True)
class Ranked:
    """The best ids, at most DEPTH, the best first; how many listings match in all, or `partial` if only so
    many of the newest were looked at.
    """

    ids: array[int]
    total: int
    partial: bool


def rank(view: View, query: Query, status: Status, now: datetime) -> Ranked:
    """Where enough listings have all the words in their titles, only those are weighed against each other.

    All that match are still counted, so what is excluded would be looked for twice.
    """
    titled = _in_title(query.node)
    is_short = titled != query.node and not _excludes(query.node)
    if is_short and not view.asked(query.node, status, now).partial:
        result = view.searcher.search(view.asked(titled, status, now).query, limit=DEPTH, count=False)
        if len(result.hits) == DEPTH:
            return Ranked(_in_order(view, result, now), view.total(query.node, status, now), partial=False)
    asked = view.asked(query.node, status, now, scored=_scored(view, query.node, now))
    result = view.searcher.search(asked.query, limit=DEPTH)
    return Ranked(_in_order(view, result, now), count_of(result), asked.partial)


def _in_order(view: View, result: SearchResult, now: datetime) -> array[int]:
    """The ids of the hits, a newer one scored higher; of equal ones the newer first."""
    hits, fades, exp = result.hits, -math.log(2) / HALF_LIFE, math.exp
    orders: list[int] = view.searcher.fast_field_values("order", [address for _, address in hits])  # type: ignore[assignment]
    second = max(now.timestamp(), max(orders, default=0) >> ID_BITS)  # another host's clock may be ahead
    scored = [
        (score * (1 + FRESH * exp(fades * (second - (order >> ID_BITS)))), order)
        for (score, _), order in zip(hits, orders, strict=True)
    ]
    scored.sort(reverse=True)
    return array("I", [order % ID_SPACE for _, order in scored])


def _scored(view: View, node: Node, now: datetime) -> TantivyQuery:
    words = TantivyQuery.boost_query(
        compile_node(node, now, view.searcher), WORDS / math.log(2 + view.searcher.num_docs)
    )
    clauses = [(Occur.Must, words)]
    for sought in islice((one for one in sought_terms(node) if one.field is None), _MOST_WORDS):
        for field, weight in _FIELDS:
            there = compile_node(_in_field(sought, field), now, view.searcher)
            clauses.append((Occur.Should, TantivyQuery.const_score_query(there, weight)))
    return TantivyQuery.boolean_query(clauses)


def _in_title(node: Node) -> Node:
    """The query with each of its words, wherever it may stand, in the title."""
    match node:
        case And(children):
            return And(tuple(map(_in_title, children)))
        case Or(children):
            return Or(tuple(map(_in_title, children)))
        case Words(field=None):
            return _in_field(node, TextField.TITLE)
    return node


def _excludes(node: Node) -> bool:
    return isinstance(node, Not) or (isinstance(node, And | Or) and any(map(_excludes, node.children)))


def _in_field(words: Words, field: TextField) -> Words:
    """Only titles know inflected forms."""
    return replace(words, field=field, exact=words.exact or field is not TextField.TITLE)
