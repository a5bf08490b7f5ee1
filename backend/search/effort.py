"""What a query would cost, about, so that none is done that holds up the others.

The figures were measured on a million listings; what matters is that the worst queries stand out: phrases of
words that are everywhere, and many of those one after the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tantivy import Searcher

from backend.domain import keys
from backend.domain.query_nodes import And, Everything, Node, Not, Or, Range, TextField, Value, Words
from backend.search.schema import STEMS, TEXT, TITLE_STEMS

_READ, _FOUND, _LOOKED_UP = (
    5.0,
    25.0,
    50.0,
)  # ns: a listing in a word's list, one that matches, one skipped to
_PHRASE, _OFTEN = (
    80.0,
    250.0,
)  # ns: where words stand in a listing, and more for words that all have, and often
_BEGINNING = 120.0  # ns for each listing there is, where a word may go on, by the letters it begins with


@dataclass(frozen=True, slots=True)
class Effort:
    """`listings` to be looked at, and nanoseconds in all."""

    listings: float
    cost: float


def of(node: Node, searcher: Searcher) -> float:
    """Nanoseconds, about, to find and count what matches."""
    effort = _of(node, searcher)
    return effort.cost + _FOUND * effort.listings


def _of(node: Node, searcher: Searcher) -> Effort:
    every = float(searcher.num_docs)
    match node:
        case Everything():
            return Effort(every, 0.0)
        case Words():
            return _of_words(node, searcher)
        case Value(field, value):
            count = searcher.doc_freq(field, value)
            return Effort(count, _READ * count)
        case Range():
            return Effort(every, _READ * every)
        case Not(child):
            return Effort(every, _of(child, searcher).cost)
        case And(children):
            return _of_all([_of(child, searcher) for child in children])
        case Or(children):
            parts = [_of(child, searcher) for child in children]
            return Effort(min(every, sum(one.listings for one in parts)), sum(one.cost for one in parts))


def _of_all(parts: Sequence[Effort]) -> Effort:
    """The rarest leads; of the others only what it leads to is looked up."""
    fewest = min(one.listings for one in parts)
    cost = sum(min(one.cost, one.cost * fewest / (one.listings or 1) + _LOOKED_UP * fewest) for one in parts)
    return Effort(fewest, cost)


def _of_words(words: Words, searcher: Searcher) -> Effort:
    field = words.field or TEXT
    if words.prefix:
        return Effort(searcher.num_docs, _BEGINNING / len(words.terms[0]) * searcher.num_docs)
    if not words.exact:
        stems = TITLE_STEMS if words.field is TextField.TITLE else STEMS
        count = sum(searcher.doc_freq(stems, key) for key in keys.of_term(words.terms[0], is_exact=False))
        return Effort(count, _READ * count)
    count = min(searcher.doc_freq(field, term) for term in words.terms)
    if len(words.terms) == 1:
        return Effort(count, _READ * count)
    return Effort(count, (_PHRASE + _OFTEN * (count / (searcher.num_docs or 1)) ** 2) * count)
