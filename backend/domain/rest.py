"""What else must hold where an anchor of a query occurs, in a short text that is stored beside the anchor.

A part is a word of which any form may stand there ("engineer"), or a key of `domain/keys`, and each of these
again behind "-": it must not be there, or with "|" between them: one must be. "?" at the end says that the
parts do not decide, and that the query itself must be asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from backend.domain import keys
from backend.domain.inflect import exact, inflects
from backend.domain.query_nodes import And, Node, Not, Or, Range, Value, Words

BETWEEN, NO, OR, ASK = "\n", "-", "|", "?"


@dataclass(frozen=True, slots=True)
class Rest:
    """All the parts must hold; where they do, the query matches if they decide."""

    parts: tuple[str, ...] = ()
    decides: bool = True

    def __str__(self) -> str:
        return BETWEEN.join(self.parts if self.decides else (*self.parts, ASK))


def rest_of(node: Node, without: int | None = None) -> Rest:
    """Of a whole query, or `without` the word of this number."""
    match node:
        case And(children):
            return rest_of_all(map(rest_of, children))
        case Or(children):
            return _one_of([rest_of(child) for child in children])
        case Not(child):
            return _none_of(rest_of(child))
        case Words():
            parts = _parts_of_words(node)
            left = (part for number, part in enumerate(parts) if number != without)
            return Rest(tuple(left), node.field is None and keys.decide(node))
        case Value(field, value):
            return _key(keys.of_value(field, value))
        case Range(field):
            return Rest((keys.of_range(field),), decides=False)
    return Rest()


def _key(key: str) -> Rest:
    return Rest(decides=False) if OR in key or BETWEEN in key else Rest((key,))


def rest_of_all(rests: Iterable[Rest]) -> Rest:
    each = list(rests)
    return Rest(tuple(part for one in each for part in one.parts), all(one.decides for one in each))


def _one_of(rests: Sequence[Rest]) -> Rest:
    if all(_is_plain(rest) for rest in rests):
        return Rest((OR.join(rest.parts[0] for rest in rests),), all(rest.decides for rest in rests))
    return Rest(decides=False)


def _none_of(rest: Rest) -> Rest:
    return Rest((NO + rest.parts[0],)) if _is_plain(rest) and rest.decides else Rest(decides=False)


def _is_plain(rest: Rest) -> bool:
    return len(rest.parts) == 1 and not rest.parts[0].startswith(NO)


def _parts_of_words(words: Words) -> tuple[str, ...]:
    if words.prefix:
        return (keys.of_prefix(words.terms[0]),)
    return tuple(exact(term) if words.exact or not inflects(term) else term for term in words.terms)
