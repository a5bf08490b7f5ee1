"""Under which keys a query is filed, so that a listing need only meet the queries that share a key with it.

A listing emits its keys (`domain/keys`); whatever a query matches emits at least one of the query's anchors.
Any choice that keeps this promise is correct; how rare the keys are only sets the price. Beside each anchor
stands what else must hold, in parts that `domain/sieve` reads: most queries are decided without reading them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import chain

from backend.domain import analyse, inflect, keys
from backend.domain.query_nodes import And, Node, Not, Or, Range, RangeField, Value, Words
from backend.domain.rest import Rest, rest_of, rest_of_all

Rarity = Callable[[str], float]
Rules = Mapping[str, Rest]
"""Anchor -> the rest of the query."""

_MADE = 2  # raise it whenever keys, anchors or rests change their form
VERSION = _MADE + 100 * (analyse.VERSION + 100 * inflect.VERSION)  # what another has filed is filed anew

EVERY = keys.of_range(RangeField.SEEN)  # what all listings emit
_SHARES = {"country": 0.1, "source": 0.1, "mode": 0.3, "level": 0.3, "type": 0.5, "has": 0.5}
_LONGEST_COMMON = 20


def rules_of(node: Node, rarity: Rarity) -> Rules | None:
    """The cheapest anchors of which every match emits one; None: there are none, nearly all may match.

    `rarity` tells the share of listings that emit a key, from 0 to 1.
    """
    return min(_choices(node, rarity), key=lambda rules: _price(rules, rarity), default=None)


def rules_or_every(node: Node, rarity: Rarity) -> Rules:
    """A query that could not be saved any more, but once was, is asked of every listing."""
    return rules_of(node, rarity) or {EVERY: rest_of(node)}


def possible_anchors(node: Node) -> frozenset[str]:
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


def _choices(node: Node, rarity: Rarity) -> Iterator[Rules]:
    """Of several that must hold one is enough; of alternatives each needs its own."""
    match node:
        case And(children):
            rests = [rest_of(child) for child in children]
            for number, child in enumerate(children):
                others = rest_of_all(rests[:number] + rests[number + 1 :])
                for rules in _choices(child, rarity):
                    yield {key: rest_of_all([rest, others]) for key, rest in rules.items()}
        case Or(children):
            each = [cheapest for child in children if (cheapest := rules_of(child, rarity)) is not None]
            if len(each) == len(children):
                yield _together(each)
        case Words():
            for number, anchors in enumerate(keys.anchors_of_words(node)):
                yield dict.fromkeys(anchors, rest_of(node, without=number))
        case Value(field, value):
            yield {keys.of_value(field, value): Rest()}
        case Range(field) if field is not RangeField.SEEN:  # all were seen
            yield {keys.of_range(field): Rest(decides=False)}


def _together(each: list[Rules]) -> Rules:
    """Of alternatives with the same anchor only the query itself knows which holds."""
    together: dict[str, Rest] = {}
    for key, rest in chain.from_iterable(rules.items() for rules in each):
        together[key] = rest if together.get(key, rest) == rest else Rest(decides=False)
    return together


def _price(rules: Rules, rarity: Rarity) -> tuple[float, int, list[str]]:
    return sum(map(rarity, rules)), len(rules), sorted(rules)
