"""Many listings at once: which of them meet a query.

Each key is a number with one bit for each listing that emits it, so a query of words and values is a few
ANDs and ORs for all listings together. What the keys cannot decide (phrases, named texts, amounts, ages) is
asked of `matching.matches`, of the few listings that are left.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from backend.domain import keys, matching
from backend.domain.matching import Document
from backend.domain.query import Query
from backend.domain.query_nodes import And, Node, Not, Or, Range, Value, Words


class AnyOf(tuple["Parts", ...]):
    """Alternatives, of which one must hold."""

    __slots__ = ()


class NoneOf(tuple["Part", ...]):
    """Parts that must not all hold."""

    __slots__ = ()


Part = str | AnyOf | NoneOf
Parts = tuple[Part, ...]  # all of them must hold; none: every listing may match


@dataclass(frozen=True, slots=True)
class Sift:
    """A query as the sieve reads it. `rest` is asked of what the parts leave; None: they decide alone.

    Small, because workers keep many of them: a part is a key, or all those of a word with blanks between, and
    equal parts are one text.
    """

    parts: Parts
    rest: Query | None


def sift_of(query: Query) -> Sift:
    parts, decisive = _parts(query.node)
    return Sift(parts, None if decisive else query)


def _parts(node: Node) -> tuple[Parts, bool]:
    """What must hold wherever a query matches, and whether that is all it asks."""
    match node:
        case And(children):
            each = [_parts(child) for child in children]
            return tuple(part for parts, _ in each for part in parts), all(alone for _, alone in each)
        case Or(children):
            each = [_parts(child) for child in children]
            open_to_all = any(not parts for parts, _ in each)
            alternatives = () if open_to_all else (AnyOf(parts for parts, _ in each),)
            return alternatives, all(alone for _, alone in each)
        case Not(child):
            parts, alone = _parts(child)
            return ((NoneOf(parts),) if alone else ()), alone
        case Words():
            return _parts_of_words(node)
        case Value(field, value):
            return (sys.intern(keys.of_value(field, value)),), True
        case Range(field):
            return (sys.intern(keys.of_range(field)),), False
    return (), True


def _parts_of_words(words: Words) -> tuple[Parts, bool]:
    parts = tuple(sys.intern(" ".join(each)) for each in keys.of_words(words))
    return parts, words.field is None and keys.decide(words)


class Sieve:
    """Some listings, ready to meet many queries."""

    def __init__(self, documents: Sequence[Document], now: datetime) -> None:
        self.documents, self.now = documents, now
        self.all = (1 << len(documents)) - 1
        emitted: defaultdict[str, int] = defaultdict(int)
        for position, document in enumerate(documents):
            bit = 1 << position
            for key in document.keys:
                emitted[key] |= bit
        self.masks = _Masks(emitted)

    @property
    def keys(self) -> list[str]:
        """All that the listings emit. Ask before the first query: each leaves its words behind."""
        return list(self.masks)

    def hits(self, sift: Sift) -> list[int]:
        """Which documents the query matches, by position."""
        mask, rest = self._mask(sift.parts), sift.rest
        chosen = []
        while mask:
            bit = mask & -mask
            position = bit.bit_length() - 1
            if rest is None or matching.matches(rest, self.documents[position], self.now):
                chosen.append(position)
            mask ^= bit
        return chosen

    def _mask(self, parts: Parts) -> int:
        mask = self.all
        for part in parts:
            if type(part) is str:
                mask &= self.masks[part]
            elif type(part) is AnyOf:
                mask &= self._any(part)
            else:
                mask &= ~self._mask(part)  # type: ignore[arg-type]
            if not mask:
                break
        return mask

    def _any(self, alternatives: AnyOf) -> int:
        mask = 0
        for parts in alternatives:
            mask |= self._mask(parts)
        return mask


class _Masks(dict[str, int]):
    """Key -> the listings that emit it; several keys of a word together, worked out when first asked."""

    def __missing__(self, several: str) -> int:
        mask = 0
        for key in several.split():
            mask |= self.get(key, 0)
        self[several] = mask
        return mask
