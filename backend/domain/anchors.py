"""Under which keys a query is filed, so that a listing need only meet the queries that share a key with it.

A listing emits its keys (`domain/keys`); whatever a query matches emits at least one of the query's anchors.
Any choice that keeps this promise is correct; how rare the keys are only sets the price.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from backend.domain import analyse, inflect, keys
from backend.domain.query_nodes import And, Node, Not, Or, Range, RangeField, Value, Words

Anchors = frozenset[str]
Rarity = Callable[[str], float]

_MADE = 1  # raise it whenever keys or anchors change their form
VERSION = _MADE + 100 * (analyse.VERSION + 100 * inflect.VERSION)  # what another has filed is filed anew

_SHARES = {"country": 0.1, "source": 0.1, "mode": 0.3, "level": 0.3, "type": 0.5, "has": 0.5}
_LONGEST_COMMON = 20


def anchors_of(node: Node, rarity: Rarity) -> Anchors | None:
    """The cheapest set of keys of which every match emits one; None: there is none, nearly all may match.

    `rarity` tells the share of listings that emit a key, from 0 to 1.
    """
    return min(_choices(node, rarity), key=lambda anchors: _price(anchors, rarity), default=None)


def possible_anchors(node: Node) -> Anchors:
    """All keys whose rarity may decide."""
    match node:
        case And(children) | Or(children):
            return frozenset().union(*map(possible_anchors, children))
        case Not():
            return frozenset()
    return frozenset().union(*_choices(node, guess))


def guess(key: str) -> float:
    """How rare a key is where no listings have been counted: long words are rarer than short ones."""
    field = key.partition("=")[0].partition(":")[0]
    if field in _SHARES:
        return _SHARES[field]
    return 0.5 ** min(len(key), _LONGEST_COMMON)


def _choices(node: Node, rarity: Rarity) -> Iterator[Anchors]:
    """Of several that must hold one is enough; of alternatives each needs its own."""
    match node:
        case And(children):
            for child in children:
                yield from _choices(child, rarity)
        case Or(children):
            each = [anchors for child in children if (anchors := anchors_of(child, rarity)) is not None]
            if len(each) == len(children):
                yield frozenset().union(*each)
        case Words():
            yield from map(frozenset, keys.of_words(node))
        case Value(field, value):
            yield frozenset([keys.of_value(field, value)])
        case Range(field) if field is not RangeField.SEEN:  # all were seen
            yield frozenset([keys.of_range(field)])


def _price(anchors: Anchors, rarity: Rarity) -> tuple[float, int, list[str]]:
    return sum(map(rarity, anchors)), len(anchors), sorted(anchors)
